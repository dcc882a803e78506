// Package fixes turns findings into changes: a recipe plans, the server's dry
// run previews, the journal remembers, undo takes back.
package fixes

import (
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"kiln/kube"
	"kiln/scanners"
)

// Plan is what a recipe wants to change for one finding: objects by name, in
// the order in which they are written.
type Plan struct {
	Finding scanners.Finding
	// Title says what the plan does, in the imperative.
	Title   string
	Changes []Change
	// Questions are what the recipe asked, with the answers that the plan was
	// made with.
	Questions []Question
	// inventory is what the effects on others are worked out from; nil for
	// none.
	inventory *kube.Inventory
	// left are the fields that stay with their managers.
	left []string
	// Notes are for the person who decides: what may break, what stays to do.
	Notes []string
}

// Mechanism is how a change is written.
type Mechanism string

const (
	// ServerSideApply sends the few fields of Change.Apply; the rest of the
	// object stays its owners'.
	ServerSideApply Mechanism = "server-side apply"
	// JSONPatch sends Change.Patch, whose first operations test that the
	// object is what the plan was made for.
	JSONPatch Mechanism = "json patch"
	// Create makes the object of Change.Apply, and fails if it exists.
	Create Mechanism = "create"
	// Restore writes earlier values back, and then the fields' earlier owners.
	Restore Mechanism = "restore"
	// Delete removes the object. What isn't secret of it can be made anew.
	Delete Mechanism = "delete"
)

// Change is one write to one object.
type Change struct {
	Target kube.Ref
	// UID is the live object's; empty for Create. A re-created object of the
	// same name is refused.
	UID       types.UID
	Mechanism Mechanism
	// Apply is the apply configuration, or the whole object for Create.
	Apply *unstructured.Unstructured
	Patch []PatchOperation
	// Moved says where the secret value is kept that the change takes out of
	// its object, for undo to find it; nil if it takes none.
	Moved *SecretKey
	// Lasting is a clause that says why the change can't be taken back; empty
	// where it can.
	Lasting string
}

// SecretKey is one value of a Secret.
type SecretKey struct {
	Secret kube.Ref `json:"secret"`
	Key    string   `json:"key"`
}

// PatchOperation is one step of a JSON patch (RFC 6902).
type PatchOperation struct {
	Op    string `json:"op"`
	Path  string `json:"path"`
	Value any    `json:"value,omitempty"`
}
