package fixes

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"

	"kiln/kube"
)

// psaMissing labels a namespace: it enforces the strictest Pod Security level
// that all its workloads meet, and warns of what misses the strictest of all.
func psaMissing() Recipe {
	return Recipe{Check: "api/psa-missing", Plan: func(s Situation) (Plan, error) {
		namespace := s.Live.GetName()
		level, notes, err := enforceable(s.Inventory, namespace)
		if err != nil {
			return Plan{}, err
		}
		labels := map[string]string{
			api.WarnLevelLabel:  string(api.LevelRestricted),
			api.AuditLevelLabel: string(api.LevelRestricted),
		}
		title := fmt.Sprintf("Warn of pods in namespace %s that miss the restricted level", namespace)
		if level != "" {
			labels[api.EnforceLevelLabel] = string(level)
			title = fmt.Sprintf("Enforce the Pod Security level %s in namespace %s", level, namespace)
			notes = append(notes, "Running pods stay; new ones that violate the level are refused, debug containers for pods that do, too.")
		}
		change := applyTo(s.Live)
		change.Apply.SetLabels(labels)
		return Plan{Title: title, Changes: []Change{change}, Notes: notes}, nil
	}}
}

// enforceable is the strictest level that every workload of the namespace
// meets; none if not even the baseline, or if not all could be read. The notes
// name what is in the way.
func enforceable(inv *kube.Inventory, namespace string) (api.Level, []string, error) {
	for _, r := range kube.WorkloadResources() {
		gap, missed := inv.Gap(r)
		if missed || !inv.Settled(r) {
			return "", []string{fmt.Sprintf("No level is enforced: not all workloads could be read (%s), and some might be locked out.",
				cmp.Or(gap.Reason, string(r)))}, nil
		}
	}
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		return "", nil, fmt.Errorf("preparing the Pod Security Standards: %w", err)
	}
	var notes []string
	for _, level := range []api.Level{api.LevelRestricted, api.LevelBaseline} {
		lv := api.LevelVersion{Level: level, Version: serverVersion(inv.Source.Version)}
		misses := missing(inv, namespace, evaluator, lv)
		if len(misses) == 0 {
			return level, notes, nil
		}
		notes = append(notes, fmt.Sprintf("Not %s, for %s.", level, strings.Join(misses, "; ")))
	}
	return "", notes, nil
}

// missing lists the workloads of the namespace that miss the level, and why.
func missing(inv *kube.Inventory, namespace string, evaluator policy.Evaluator, lv api.LevelVersion) []string {
	var misses []string
	for _, w := range inv.Workloads {
		if w.Namespace() != namespace {
			continue
		}
		verdict := policy.AggregateCheckResults(evaluator.EvaluatePod(lv, w.Meta, w.Spec))
		if !verdict.Allowed {
			misses = append(misses, fmt.Sprintf("%s/%s (%s)", w.Ref().Kind, w.Ref().Name, strings.Join(verdict.ForbiddenReasons, ", ")))
		}
	}
	slices.Sort(misses)
	return misses
}

// serverVersion is the version of the standard that a server such as v1.36.3
// judges by; the latest if it isn't known.
func serverVersion(server string) api.Version {
	if minor := regexp.MustCompile(`^v1\.\d+`).FindString(server); minor != "" {
		if version, err := api.ParseVersion(minor); err == nil {
			return version
		}
	}
	return api.LatestVersion()
}
