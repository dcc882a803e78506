package fixes

import (
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/kube"
	"kiln/scanners"
)

// Recipe plans the fix for the findings of one check. It is pure: all that it
// looks at is handed to it.
type Recipe struct {
	// Check is the check's id.
	Check string
	// Reads names further live objects that Plan looks at; may be nil.
	Reads func(finding scanners.Finding, inv *kube.Inventory) []kube.Ref
	// Questions are what it can't find out; may be nil. It may look at the
	// answers so far in Situation.Answers, and is asked again when they change.
	Questions func(Situation) []Question
	// Plan returns the title, the changes and the notes; a ManualError where
	// this object needs a person.
	Plan func(Situation) (Plan, error)
}

// asking is the recipe with questions.
func (r Recipe) asking(questions func(Situation) []Question) Recipe {
	r.Questions = questions
	return r
}

// Situation is what a recipe plans for.
type Situation struct {
	Finding scanners.Finding
	// Live is the finding's object as it is now.
	Live *unstructured.Unstructured
	// Others are the objects of Recipe.Reads that exist.
	Others map[kube.Ref]*unstructured.Unstructured
	// Evidence is what probes saw of the finding's container, the oldest
	// first; empty where nobody looked.
	Evidence []kube.Evidence
	// Workloads are what probes saw of all containers: of the finding's
	// workload, or of those in its namespace.
	Workloads map[kube.Ref][]kube.Evidence
	// Now is when it is planned, for the age of evidence.
	Now time.Time
	// Answers has one for each of the recipe's questions.
	Answers Answers
	// Inventory is that of the scan which found it; never nil.
	Inventory *kube.Inventory
}
