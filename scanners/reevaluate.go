package scanners

import (
	"reflect"
	"slices"

	"kiln/kube"
)

// Reevaluate judges a changed Inventory: the checks that look at something
// that has changed are evaluated anew, the results of the others stay. It
// returns all results, in the order of those before, and the places of those
// that differ. What was found alike keeps its old result.
func Reevaluate(before []CheckResult, inv *kube.Inventory, changed []kube.Resource) (results []CheckResult, differ []int) {
	results = slices.Clone(before)
	for i, r := range before {
		if !r.Check.looksAt(changed) {
			continue
		}
		if fresh := evaluate(r.Check, inv); !sameResult(r, fresh) {
			results[i] = fresh
			differ = append(differ, i)
		}
	}
	return results, differ
}

// looksAt says whether the check's result may hang on one of the resources.
func (c Check) looksAt(resources []kube.Resource) bool {
	for _, looked := range [][]kube.Resource{c.Needs, c.Reads, c.Hints} {
		for _, r := range looked {
			if slices.Contains(resources, r) {
				return true
			}
			// Whether an account is a component's goes by the workloads.
			if r == kube.ServiceAccounts && slices.ContainsFunc(kube.WorkloadResources(), func(w kube.Resource) bool { return slices.Contains(resources, w) }) {
				return true
			}
		}
	}
	return false
}

func sameResult(a, b CheckResult) bool {
	return a.Status == b.Status && a.Reason == b.Reason && a.Incomplete == b.Incomplete &&
		slices.EqualFunc(a.Findings, b.Findings, func(f, g Finding) bool { return f.ID == g.ID && reflect.DeepEqual(f, g) })
}
