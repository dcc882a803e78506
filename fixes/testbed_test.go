package fixes

import (
	"context"
	"strings"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/wait"

	"kiln/kube"
	"kiln/kube/kubetest"
	"kiln/scanners"
)

// bench is a namespace of the real cluster with a fixer that works on it.
type bench struct {
	*testing.T
	testbed   *kubetest.Testbed
	cluster   *kube.Cluster
	fixer     *Fixer
	namespace string
	dir       string
}

func newBench(t *testing.T) *bench {
	t.Helper()
	t.Parallel()
	testbed := kubetest.Cluster(t)
	cluster, err := kube.NewCluster(testbed.Config(), "testbed")
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{T: t, testbed: testbed, cluster: cluster, namespace: testbed.Namespace(t, "fix"), dir: t.TempDir()}
	b.fixer = b.newFixer()
	return b
}

// newFixer is a fixer as a new process would make it: only the journal's
// folder is the same.
func (b *bench) newFixer() *Fixer {
	b.Helper()
	journal, err := OpenJournal(b.dir)
	if err != nil {
		b.Fatal(err)
	}
	return &Fixer{Cluster: b.cluster, Journal: journal}
}

func (b *bench) as(kubeconfig string) *Fixer {
	b.Helper()
	cluster, err := kube.NewCluster(loadConfig(b.T, kubeconfig), "other")
	if err != nil {
		b.Fatal(err)
	}
	return &Fixer{Cluster: cluster, Journal: b.fixer.Journal}
}

func (b *bench) read(ref kube.Ref) *unstructured.Unstructured {
	b.Helper()
	live, err := b.cluster.Read(b.Context(), ref)
	if err != nil {
		b.Fatal(err)
	}
	return live
}

func (b *bench) inventory() *kube.Inventory {
	b.Helper()
	inv, err := kube.Collect(b.Context(), b.cluster, kube.CollectOptions{Namespace: b.namespace}, nil)
	if err != nil {
		b.Fatal(err)
	}
	return inv
}

func (b *bench) ref(apiVersion, kind, name string) kube.Ref {
	ref := kube.Ref{APIVersion: apiVersion, Kind: kind, Name: name, Namespace: b.namespace}
	if kind == "Namespace" || strings.HasPrefix(kind, "Cluster") {
		ref.Namespace = ""
	}
	return ref
}

func (b *bench) preview(finding scanners.Finding) Preview {
	b.Helper()
	return b.previewAnswering(finding, nil)
}

func (b *bench) previewAnswering(finding scanners.Finding, answers Answers) Preview {
	b.Helper()
	preview := b.previewOf(b.plan(finding, answers))
	if err := preview.Err(); err != nil {
		b.Fatalf("the preview of %s: %v", finding.Check, err)
	}
	return preview
}

func (b *bench) plan(finding scanners.Finding, answers Answers) Plan {
	b.Helper()
	plan, err := b.fixer.Plan(b.Context(), finding, b.inventory(), answers)
	if err != nil {
		b.Fatal(err)
	}
	return plan
}

// previewOf may be one that says no.
func (b *bench) previewOf(plan Plan) Preview {
	b.Helper()
	preview, err := b.fixer.Preview(b.Context(), plan)
	if err != nil {
		b.Fatal(err)
	}
	return preview
}

func (b *bench) apply(finding scanners.Finding) Entry {
	b.Helper()
	return b.applyAnswering(finding, nil)
}

func (b *bench) applyAnswering(finding scanners.Finding, answers Answers) Entry {
	b.Helper()
	entry, err := b.fixer.Apply(b.Context(), b.previewAnswering(finding, answers), Options{})
	if err != nil {
		b.Fatal(err)
	}
	if entry.State != Applied {
		b.Fatalf("the entry is %s", entry.State)
	}
	return entry
}

// remove deletes an object, which controllers may be changing, and sees it gone.
func (b *bench) remove(ref kube.Ref) {
	b.Helper()
	gone := func(ctx context.Context) (bool, error) {
		live, err := b.cluster.Read(ctx, ref)
		if err == nil {
			_ = b.cluster.Delete(ctx, live, kube.ForReal)
		}
		return apierrors.IsNotFound(err), nil
	}
	if err := wait.PollUntilContextTimeout(b.Context(), 20*time.Millisecond, time.Minute, true, gone); err != nil {
		b.Fatal(err)
	}
}

// letTimePass makes times in managedFields differ, which count seconds.
func (b *bench) letTimePass() { time.Sleep(1100 * time.Millisecond) }

// patchAs changes an object as somebody else.
func (b *bench) patchAs(manager string, ref kube.Ref, patch string) {
	b.Helper()
	b.patch(manager, ref, patch, false)
}

// declareAs applies fields as somebody else does who declares them.
func (b *bench) declareAs(manager string, ref kube.Ref, config string) {
	b.Helper()
	b.patch(manager, ref, config, true)
}

func (b *bench) patch(manager string, ref kube.Ref, body string, declared bool) {
	b.Helper()
	if err := patchAs(b.Context(), b.cluster, manager, ref, body, declared); err != nil {
		b.Fatal(err)
	}
}

func patchAs(ctx context.Context, c *kube.Cluster, manager string, ref kube.Ref, body string, declared bool) error {
	gvk := unstructured.Unstructured{Object: map[string]any{"apiVersion": ref.APIVersion, "kind": ref.Kind}}
	mapping, err := c.Mapper.RESTMapping(gvk.GroupVersionKind().GroupKind(), gvk.GroupVersionKind().Version)
	if err != nil {
		return err
	}
	options, kind := metav1.PatchOptions{FieldManager: manager}, mergePatch
	if declared {
		force := true
		options.Force, kind = &force, applyPatch
	}
	_, err = c.Dynamic.Resource(mapping.Resource).Namespace(ref.Namespace).Patch(ctx, ref.Name, kind, []byte(body), options)
	return err
}
