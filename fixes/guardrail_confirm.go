package fixes

import (
	"context"
	"fmt"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/wait"

	"kiln/kube"
)

const (
	// guardPatience is how long the API server may take to look at a new
	// policy, and to put it into force.
	guardPatience = 20 * time.Second
	guardPace     = 300 * time.Millisecond
	// guardSamples is how many objects are tried on the server.
	guardSamples = 3
)

// GuardCheck is what the API server says of a guardrail that was made.
type GuardCheck struct {
	// Warnings are what it finds wrong with the expressions; Checked is false
	// if it didn't look at them in time.
	Warnings []string
	Checked  bool
	// Tried are the objects whose copies were sent as dry runs; Missed are those
	// that the server, other than expected, had nothing against, or that could
	// not be tried, with the reason.
	Tried, Missed []Refusal
}

// CheckGuard waits until the API server has checked a policy's expressions,
// and tries the rule with dry runs of objects that break it.
func (f *Fixer) CheckGuard(ctx context.Context, name string, refusals []Refusal) (GuardCheck, error) {
	var check GuardCheck
	if strings.HasPrefix(name, labelGuardName) {
		check.Checked = true
		return check, nil
	}
	err := wait.PollUntilContextTimeout(ctx, guardPace, guardPatience, true, func(ctx context.Context) (bool, error) {
		policy, err := f.Cluster.Client.AdmissionregistrationV1().ValidatingAdmissionPolicies().Get(ctx, name, metav1.GetOptions{})
		if err != nil {
			return false, fmt.Errorf("reading the guardrail %s: %w", name, err)
		}
		check.Warnings, check.Checked = typeWarnings(*policy)
		return check.Checked, nil
	})
	if err != nil && !wait.Interrupted(err) || ctx.Err() != nil {
		return check, err
	}
	for _, refusal := range refusals[:min(len(refusals), guardSamples)] {
		tried := f.tryOnServer(ctx, name, refusal.Object)
		if tried.Why == "" {
			check.Tried = append(check.Tried, tried)
		} else {
			check.Missed = append(check.Missed, tried)
		}
	}
	return check, ctx.Err()
}

// tryOnServer sends the copy of an object as a dry run until the guardrail
// speaks up. Why is empty once it does.
func (f *Fixer) tryOnServer(ctx context.Context, name string, ref kube.Ref) Refusal {
	live, err := f.Cluster.Read(ctx, ref)
	if err != nil {
		return Refusal{ref, "it can't be read: " + kube.Explain(err)}
	}
	copied := copyOf(live)
	why := "the server has nothing against it"
	_ = wait.PollUntilContextTimeout(ctx, guardPace, guardPatience, true, func(ctx context.Context) (bool, error) {
		ctx, warnings := kube.WithWarnings(ctx)
		_, err := f.Cluster.Create(ctx, copied, kube.DryRun)
		spoken := strings.Join(warnings.List(), "\n")
		if err != nil {
			spoken += err.Error()
		}
		switch {
		case strings.Contains(spoken, "'"+name+"'"):
			why = ""
			return true, nil
		case apierrors.IsForbidden(err):
			why = "its copy can't be tried: " + kube.Explain(err)
			return true, nil
		case err != nil:
			why = "its copy can't be tried: " + kube.Explain(err)
		}
		return false, nil
	})
	return Refusal{ref, why}
}

// copyOf is an object as somebody would create another one like it.
func copyOf(live *unstructured.Unstructured) *unstructured.Unstructured {
	copied := kube.Essence(live)
	copied.SetName("")
	copied.SetGenerateName("kiln-try-")
	copied.SetOwnerReferences(nil)
	copied.SetFinalizers(nil)
	for _, given := range [][]string{{"spec", "nodeName"}, {"spec", "clusterIP"}, {"spec", "clusterIPs"}, {"spec", "healthCheckNodePort"}} {
		unstructured.RemoveNestedField(copied.Object, given...)
	}
	if copied.GetKind() == "Job" {
		unstructured.RemoveNestedField(copied.Object, "spec", "selector")
		unstructured.RemoveNestedField(copied.Object, "spec", "template", "metadata", "labels")
	}
	ports, _, _ := unstructured.NestedSlice(copied.Object, "spec", "ports")
	for _, port := range ports {
		if fields, ok := port.(map[string]any); ok {
			delete(fields, "nodePort")
		}
	}
	if ports != nil {
		_ = unstructured.SetNestedSlice(copied.Object, ports, "spec", "ports")
	}
	return copied
}
