package fixes

import (
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/kube"
)

// Preview is a Plan as the API server would carry it out, from its dry run.
type Preview struct {
	Plan    Plan
	Targets []TargetPreview
}

// TargetPreview is what would happen to one object.
type TargetPreview struct {
	Change Change
	// Before and After are the object as YAML, without managedFields, with
	// secret values masked by marks that differ where the values differ.
	// Before is empty for a new object, After for one that is deleted.
	Before, After string
	// Takeovers are the fields that would change hands.
	Takeovers []Takeover
	// Warnings are the API server's.
	Warnings []string
	// Owner is the tool that will put its own values back, if any.
	Owner kube.Owner
	// Restarts says which pods the change replaces: "restarts 3 pods of
	// Deployment/api, one at a time"; empty if none.
	Restarts string
	// Effects are what it does to others than the object, pods that restart
	// first.
	Effects []Effect
	// Err is why the server gives no preview, or refuses the change. Nothing
	// of a Plan is applied if a target has one.
	Err error

	// fields are the changed fields, unmasked, and so never shown; live and
	// after the object with and without them.
	fields      []kube.FieldChange
	live, after *unstructured.Unstructured
}

// Takeover is a field that belongs to another field manager today.
type Takeover struct {
	// Field is the path in the server's notation:
	// .spec.template.spec.containers[name="api"].securityContext.privileged
	Field   string
	Manager string
	// Declared means that the manager holds the field by an apply of its own
	// and will conflict, or take it back, at its next one. Fields that were
	// merely written (operation Update) are not.
	Declared bool
}

// Conflicts lists the takeovers from managers that declared the field: they
// need the user's explicit word.
func (p Preview) Conflicts() []Takeover {
	var all []Takeover
	for _, t := range p.Targets {
		for _, o := range t.Takeovers {
			if o.Declared {
				all = append(all, o)
			}
		}
	}
	return all
}

// Stopgap names the owners whose source of truth will overwrite this fix.
func (p Preview) Stopgap() []kube.Owner {
	var owners []kube.Owner
	for _, t := range p.Targets {
		if t.stopgap() {
			owners = append(owners, t.Owner)
		}
	}
	return owners
}

func (t TargetPreview) stopgap() bool {
	return t.Owner.Reconciles() && t.Change.Mechanism != Create
}

// Err is the first target's reason why nothing can be applied.
func (p Preview) Err() error {
	for _, t := range p.Targets {
		if t.Err != nil {
			return t.Err
		}
	}
	return nil
}
