package fixes

import (
	"context"
	"fmt"
	"slices"
	"time"

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
	Field   string `json:"field"`
	Manager string `json:"manager"`
	// Declared means that the manager holds the field by an apply of its own
	// and will conflict, or take it back, at its next one. Fields that were
	// merely written (operation Update) are not.
	Declared bool `json:"declared"`
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

// Preview asks the API server what the plan would do, by dry runs. What is
// wrong with one target stands in its Err; the error is for a preview that was
// broken off.
func (f *Fixer) Preview(ctx context.Context, plan Plan) (Preview, error) {
	preview := Preview{Plan: plan}
	masker := maskerFor(plan)
	for _, change := range plan.Changes {
		target, err := f.previewTarget(ctx, change, masker)
		if ctx.Err() != nil {
			return Preview{}, fmt.Errorf("previewing %q: %w", plan.Title, ctx.Err())
		}
		if err == nil && len(plan.left) > 0 && change.Target == plan.Finding.Object {
			err = stillFound(plan.Finding, target.after, plan.left)
		}
		target.Err = withoutSecrets(err, masker)
		preview.Targets = append(preview.Targets, target)
	}
	preview.foresee(plan.inventory, f.Cluster.User)
	return preview, nil
}

// maskerFor knows the secrets that the plan moves about.
func maskerFor(plan Plan) *kube.Masker {
	masker := &kube.Masker{}
	for _, change := range plan.Changes {
		if change.Apply != nil && change.Target.Kind == "Secret" {
			for _, secret := range secretValues(change.Apply) {
				masker.Know(secret)
			}
		}
	}
	return masker
}

func (f *Fixer) previewTarget(ctx context.Context, change Change, masker *kube.Masker) (TargetPreview, error) {
	target := TargetPreview{Change: change}
	if err := f.Cluster.Allowed(ctx, verbOf(change.Mechanism), change.Target); err != nil {
		return target, err
	}
	ctx, warnings := kube.WithWarnings(ctx)
	run, err := f.dryRun(ctx, change)
	target.Warnings = maskAll(warnings.List(), masker)
	if run.live != nil {
		target.Owner = ownerOf(run.live)
		if since := run.live.GetDeletionTimestamp(); since != nil && change.Mechanism != Delete {
			target.Warnings = append(target.Warnings, "it is being deleted, since "+since.UTC().Format(time.DateTime)+" UTC: what is changed now goes with it")
		}
	}
	if err != nil {
		return target, err
	}
	return target, target.show(run, masker)
}

// ownerOf is the tool that takes a live change back. What controls a pod
// doesn't: all that can be changed of a pod is what it is known by.
func ownerOf(live *unstructured.Unstructured) kube.Owner {
	owner := kube.OwnerOf(live)
	if live.GetKind() == "Pod" && !slices.Contains([]string{kube.Helm, kube.ArgoCD, kube.Flux}, owner.Manager) {
		return kube.Owner{}
	}
	return owner
}

// show fills in what a person sees of a dry run.
func (t *TargetPreview) show(run dryRun, masker *kube.Masker) error {
	t.fields, t.Takeovers = run.fields, run.takeovers
	t.live, t.after = run.live, run.after
	t.Restarts = restarts(run.live, run.fields)
	var err error
	if t.Before, err = asYAML(run.live, masker); err != nil {
		return err
	}
	if t.After, err = asYAML(run.after, masker); err != nil {
		return err
	}
	if len(run.fields) == 0 && t.Change.Mechanism != Delete {
		return fmt.Errorf("%w: %s has the wanted values already", ErrNothingToDo, t.Change.Target)
	}
	return nil
}

// asYAML is an object for people: masked, clean, without what the server keeps
// about it; empty for none.
func asYAML(obj *unstructured.Unstructured, masker *kube.Masker) (string, error) {
	if obj == nil {
		return "", nil
	}
	text, err := kube.MarshalYAML(masker.Object(kube.Essence(obj)).Object)
	if err != nil {
		return "", fmt.Errorf("writing %s as YAML: %w", kube.RefOf(obj), err)
	}
	return kube.CleanBlock(string(text)), nil
}
