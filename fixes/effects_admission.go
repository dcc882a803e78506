package fixes

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"

	"kiln/kube"
)

// effectsOnAdmission are the workloads whose pods a namespace's new Pod
// Security level refuses, with what the server says of the running ones.
func effectsOnAdmission(targets []TargetPreview, inv *kube.Inventory) []Effect {
	var effects []Effect
	for _, t := range targets {
		if t.Change.Target.Kind != "Namespace" || t.Err != nil || t.after == nil {
			continue
		}
		before, after := enforced(t.live, inv), enforced(t.after, inv)
		if before == after {
			continue
		}
		effects = append(effects, unread(inv, "pods that the level refuses", kube.WorkloadResources()...)...)
		effects = append(effects, refusedPods(t, inv, before, after)...)
	}
	return effects
}

// enforced is the level that a namespace enforces, as the API server reads its
// labels.
func enforced(namespace *unstructured.Unstructured, inv *kube.Inventory) api.LevelVersion {
	standard := api.LevelVersion{Level: api.LevelPrivileged, Version: api.LatestVersion()}
	if namespace == nil {
		return standard
	}
	all, _ := api.PolicyToEvaluate(namespace.GetLabels(), api.Policy{Enforce: standard, Audit: standard, Warn: standard})
	if all.Enforce.Version == api.LatestVersion() {
		all.Enforce.Version = serverVersion(inv.Source.Version)
	}
	return all.Enforce
}

func refusedPods(t TargetPreview, inv *kube.Inventory, before, after api.LevelVersion) []Effect {
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		return []Effect{{Kind: UnknownEffect, Summary: "pods that the level refuses are not known: " + err.Error()}}
	}
	namespace := t.Change.Target.Name
	_, refusedBefore := missing(inv, namespace, evaluator, before)
	workloads, refused := missing(inv, namespace, evaluator, after)
	refused = slices.DeleteFunc(refused, func(name string) bool { return slices.Contains(refusedBefore, name) })
	confirmed := serverNames(t.Warnings)
	e := Effect{Kind: AdmissionEffect, Names: refused}
	switch {
	case len(refused) > 0:
		e.Summary = fmt.Sprintf("%d of %s would be refused at level %s when their pods start again", len(refused), counted(workloads, "workload"), after.Level)
	case len(confirmed) > 0:
		e.Summary, e.Names = "the API server finds running pods that the level refuses", confirmed
		return []Effect{e}
	default:
		return []Effect{{Kind: AdmissionEffect, Summary: fmt.Sprintf("none of %s is refused at level %s", counted(workloads, "workload"), after.Level)}}
	}
	if len(confirmed) > 0 {
		return []Effect{e, {Kind: AdmissionEffect, Summary: "the API server confirms it for running pods", Names: confirmed}}
	}
	e.Summary += "; the API server names none of the running pods"
	return []Effect{e}
}

// serverNames are the running pods that the API server warns of: one for each
// reason, "and 2 other pods".
func serverNames(warnings []string) []string {
	at := slices.IndexFunc(warnings, func(w string) bool { return strings.Contains(w, "violate the new PodSecurity enforce level") })
	if at < 0 {
		return nil
	}
	return warnings[at+1:]
}
