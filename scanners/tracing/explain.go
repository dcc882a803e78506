// Package tracing explains how the API server handled a request: it joins what
// the server said (kube.Trace) with the roles and bindings that are behind the
// answer and with the server's flags.
package tracing

import (
	"kiln/kube"
	"kiln/scanners/rbac"
)

// Outcome is how a step ended.
type Outcome string

// The outcomes. NotReached is for steps after a refusal, Skipped for those that
// a request of this kind has no need of, Unknown for those that can't be seen.
const (
	Passed     Outcome = "passed"
	Refused    Outcome = "refused"
	Skipped    Outcome = "skipped"
	NotReached Outcome = "not reached"
	Unknown    Outcome = "unknown"
)

// Step is one stop on a request's way. Texts are clean for a terminal, and no
// secret is in them.
type Step struct {
	Name    string  `json:"step"`
	Outcome Outcome `json:"outcome"`
	// Title is the outcome in a sentence.
	Title string `json:"title"`
	// Says is what is known besides.
	Says []string `json:"says,omitempty"`
	// Changes are the fields that the server has set or changed.
	Changes []Change `json:"changes,omitempty"`
	// Warnings are the server's.
	Warnings []string `json:"warnings,omitempty"`
	// Before and After are the object as it came and as it would be stored, as
	// YAML with secrets masked; empty where there is none.
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
	// Why explains the step to somebody who is new to it.
	Why string `json:"why"`
}

// Change is a field that the server has set or changed.
type Change struct {
	Path   string `json:"path"`
	Before any    `json:"before"`
	After  any    `json:"after"`
	// By is who did it, as far as that can be told from the outside.
	By string `json:"by"`
}

// Resources are what Explain looks at in an Inventory, besides the server's
// answers.
func Resources() []kube.Resource {
	return append(rbac.Resources(), kube.ServiceAccounts, kube.APIServerFlags)
}

// Explain makes the four steps of a trace. The Inventory may have gaps.
func Explain(t kube.Trace, inv *kube.Inventory) []Step {
	return []Step{identity(t, inv), access(t, inv), admission(t), storage(t, inv)}
}

// Allowed says that a request would go through, as far as could be seen:
// nothing refuses it.
func Allowed(steps []Step) bool {
	for _, s := range steps {
		if s.Outcome == Refused {
			return false
		}
	}
	return true
}
