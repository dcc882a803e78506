package fixes

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/kube"
)

// dryRun is what the API server says a change would do.
type dryRun struct {
	// live is nil for a new object, after for one that is deleted.
	live, after *unstructured.Unstructured
	fields      []kube.FieldChange
	takeovers   []Takeover
}

// dryRun starts again if the object moves on between the read and the dry run.
func (f *Fixer) dryRun(ctx context.Context, change Change) (run dryRun, err error) {
	for range attempts {
		if run, err = f.tryDryRun(ctx, change); err == nil || !f.movedOn(ctx, run.live, err) {
			break
		}
	}
	if err != nil {
		err = refusal(change, err)
	}
	return run, err
}

func (f *Fixer) tryDryRun(ctx context.Context, change Change) (dryRun, error) {
	var run dryRun
	var err error
	if change.Mechanism != Create {
		if run.live, err = f.readFor(ctx, change); err != nil {
			return run, err
		}
	}
	var conflicts []kube.FieldOwner
	if run.after, err = f.write(ctx, change, run.live, false, kube.DryRun); err != nil {
		if conflicts = kube.Conflicts(err); len(conflicts) == 0 {
			return run, err
		}
		if run.after, err = f.write(ctx, change, run.live, true, kube.DryRun); err != nil {
			return run, err
		}
	}
	if run.fields, err = kube.CompareFields(beforeOf(change, run.live), afterOf(change, run.after)); err != nil || run.after == nil {
		return run, err
	}
	run.takeovers, err = takeovers(run.live, run.fields, conflicts)
	return run, err
}

// readFor fetches the live object that a change was planned for.
func (f *Fixer) readFor(ctx context.Context, change Change) (*unstructured.Unstructured, error) {
	live, err := f.read(ctx, change.Target)
	if err == nil && live.GetUID() != change.UID {
		return live, fmt.Errorf("%w the plan: %s was deleted and made anew; scan again", ErrChanged, change.Target)
	}
	return live, err
}

// write carries a change out on exactly the live state that was read. Nothing
// is left of an object that it deletes.
func (f *Fixer) write(ctx context.Context, change Change, live *unstructured.Unstructured, force bool, mode kube.WriteMode) (*unstructured.Unstructured, error) {
	switch change.Mechanism {
	case Create:
		return f.Cluster.Create(ctx, change.Apply, mode)
	case Delete:
		return nil, f.Cluster.Delete(ctx, live, mode)
	case JSONPatch:
		operations := append(testState(live), change.Patch...)
		if err := tryLocally(live, operations); err != nil {
			return nil, err
		}
		return f.Cluster.PatchJSON(ctx, change.Target, operations, mode)
	case ServerSideApply:
		config, err := kube.WithApplied(change.Apply, live)
		if err != nil {
			return nil, err
		}
		config.SetResourceVersion(live.GetResourceVersion())
		return f.Cluster.Apply(ctx, config, force, mode)
	}
	return nil, fmt.Errorf("%s can't be written by %s", change.Target, change.Mechanism)
}

func testState(live *unstructured.Unstructured) []PatchOperation {
	return []PatchOperation{
		{Op: "test", Path: "/metadata/uid", Value: string(live.GetUID())},
		{Op: "test", Path: "/metadata/resourceVersion", Value: live.GetResourceVersion()},
	}
}

// tryLocally finds a test that fails, which the API server would report
// without saying which.
func tryLocally(live *unstructured.Unstructured, operations []PatchOperation) error {
	object, err := json.Marshal(live.Object)
	if err != nil {
		return fmt.Errorf("encoding %s: %w", kube.RefOf(live), err)
	}
	encoded, err := json.Marshal(operations)
	if err != nil {
		return fmt.Errorf("encoding the patch for %s: %w", kube.RefOf(live), err)
	}
	patch, err := jsonpatch.DecodePatch(encoded)
	if err != nil {
		return fmt.Errorf("encoding the patch for %s: %w", kube.RefOf(live), err)
	}
	if _, err := patch.Apply(object); err != nil {
		return fmt.Errorf("%w the plan: %s: %w", ErrChanged, kube.RefOf(live), err)
	}
	return nil
}

// refusal makes the API server's no a sentence.
func refusal(change Change, err error) error {
	switch {
	case err == nil, errors.Is(err, ErrChanged), !isStatus(err):
		return err
	case apierrors.IsAlreadyExists(err):
		return fmt.Errorf("%w the plan: %s exists by now", ErrChanged, change.Target)
	case strings.Contains(err.Error(), "does not support dry run"):
		return fmt.Errorf("no preview of %s: an admission webhook can't do dry runs: %w", change.Target, err)
	}
	return fmt.Errorf("the API server refuses the change of %s: %w", change.Target, err)
}

// isStatus says that an error is the API server's answer.
func isStatus(err error) bool {
	var status apierrors.APIStatus
	return errors.As(err, &status)
}

// beforeOf is what a change starts from: for a new object, nothing but its
// name.
func beforeOf(change Change, live *unstructured.Unstructured) *unstructured.Unstructured {
	if live != nil {
		return live
	}
	return nameOnly(change.Target)
}

// afterOf is what a change ends with: for an object that it deletes, nothing
// but its name.
func afterOf(change Change, after *unstructured.Unstructured) *unstructured.Unstructured {
	if after != nil {
		return after
	}
	return nameOnly(change.Target)
}

func nameOnly(ref kube.Ref) *unstructured.Unstructured {
	obj := &unstructured.Unstructured{Object: map[string]any{}}
	obj.SetAPIVersion(ref.APIVersion)
	obj.SetKind(ref.Kind)
	obj.SetNamespace(ref.Namespace)
	obj.SetName(ref.Name)
	return obj
}

// takeovers lists whose fields would change; a conflict that the server
// reports counts, even if the field's managers don't show why.
func takeovers(live *unstructured.Unstructured, fields []kube.FieldChange, conflicts []kube.FieldOwner) ([]Takeover, error) {
	if live == nil {
		return nil, nil
	}
	owners, err := kube.OwnersOfFields(live, fields)
	if err != nil {
		return nil, err
	}
	var all []Takeover
	known := map[string]bool{}
	for _, o := range owners {
		all = append(all, Takeover(o))
		known[o.Field] = true
	}
	for _, c := range conflicts {
		if !known[c.Field] {
			all = append(all, Takeover{Field: c.Field, Manager: c.Manager, Declared: true})
		}
	}
	return all, nil
}

// verbOf is the right that a mechanism needs.
func verbOf(m Mechanism) string {
	switch m {
	case Create:
		return "create"
	case Delete:
		return "delete"
	}
	return "patch"
}
