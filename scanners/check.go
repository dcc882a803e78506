// Package scanners judges an Inventory: it holds what a check and a finding
// are, and the engine that runs them. The checks themselves live in one
// folder per layer, each in a small file with its lesson beside it.
//
// Checks are pure functions of the Inventory: no clock, no network, no order.
package scanners

import (
	"kiln/kube"
)

// Layer is one of the six layers of a cluster that kiln hardens.
type Layer string

// The layers, from the outside in.
const (
	Node    Layer = "node"
	API     Layer = "api"
	Network Layer = "network"
	Pod     Layer = "pod"
	Data    Layer = "data"
	Audit   Layer = "audit"
)

// Layers lists them in the order in which they are shown.
func Layers() []Layer { return []Layer{Node, API, Network, Pod, Data, Audit} }

// FixKind says what kiln can do about a finding.
type FixKind string

const (
	// Safe fixes don't break a workload by themselves.
	Safe FixKind = "safe"
	// Guided fixes may break something: preview, evidence, questions.
	Guided FixKind = "guided"
	// Manual means steps for a person to take.
	Manual FixKind = "manual"
)

// Check looks for one thing that is wrong.
type Check struct {
	// ID is layer/name and says what is wrong, not what is checked. It is
	// stable for ever.
	ID       string
	Layer    Layer
	Severity Severity
	// Title is a short sentence about what is wrong, without a full stop.
	Title string
	// References names the controls that ask for it: "CIS 5.2.2", "C-0057",
	// "PSS baseline", "NSA", "KSV017".
	References []string
	Fix        FixKind

	// Needs are the resources without which the check can't judge anything:
	// with a gap in one of them it isn't run, and is unknown.
	Needs []kube.Resource
	// Reads are further resources that it looks at: with a gap in one of
	// them the check still runs and may fail, but can't pass.
	Reads []kube.Resource
	// Hints are resources that refine its judgement: it waits for them, but
	// judges without those that have a gap.
	Hints []kube.Resource

	// Find does the work.
	Find func(*kube.Inventory) Result

	// Lesson is Markdown: what it is, how it is abused, how to see it with
	// kubectl, what the fix changes and may break, references.
	Lesson string

	// exceptions and fixedSeverity come from the configuration.
	exceptions    []Exception
	fixedSeverity bool
}

// Result is what a check found out.
type Result struct {
	Hits []Hit
	// Unknown is set when the check could not see what it judges; a clause
	// for people: "no flags of kube-apiserver are visible".
	Unknown string
	// Note tells what a check saw that passed, where that is worth knowing; a
	// clause for people.
	Note string
}

// Found wraps hits into a Result.
func Found(hits []Hit) Result { return Result{Hits: hits} }

// Unknown is the Result of a check that couldn't see.
func Unknown(why string) Result { return Result{Unknown: why} }

// Hit is one thing that a check found, on one object.
type Hit struct {
	Object kube.Object
	// Container is the container's name where there is one.
	Container string
	// Path is the field at fault, in the object: "spec.containers[0].image".
	// It may name a field that is missing.
	Path string
	// Key tells hits on the same object and container apart by something
	// that lasts: a subject, a variable's name, a port. Never an index.
	Key string
	// Message says what is wrong with this very object. It never holds a
	// secret's value.
	Message string
	// Severity differs from the check's where it is set.
	Severity Severity
}
