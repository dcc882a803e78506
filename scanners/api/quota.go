package api

import (
	"fmt"

	"kiln/kube"
	"kiln/scanners"
)

func noQuota() scanners.Check {
	return perNamespace(scanners.Check{
		ID: "api/no-quota", Severity: scanners.Low, Title: "A namespace may use up the whole cluster",
		References: []string{"NSA", "KSV040"}, Needs: []kube.Resource{kube.Namespaces, kube.ResourceQuotas},
	}, "ResourceQuota", func(inv *kube.Inventory) map[string]bool {
		has := map[string]bool{}
		for _, q := range inv.ResourceQuotas {
			has[q.Namespace] = has[q.Namespace] || len(q.Spec.Hard) > 0
		}
		return has
	})
}

func noLimitRange() scanners.Check {
	return perNamespace(scanners.Check{
		ID: "api/no-limit-range", Severity: scanners.Info, Title: "A namespace has no default limits for containers",
		References: []string{"NSA", "KSV039"}, Needs: []kube.Resource{kube.Namespaces, kube.LimitRanges},
	}, "LimitRange", func(inv *kube.Inventory) map[string]bool {
		has := map[string]bool{}
		for _, l := range inv.LimitRanges {
			has[l.Namespace] = has[l.Namespace] || len(l.Spec.Limits) > 0
		}
		return has
	})
}

// perNamespace completes a check that each namespace with workloads has an
// object of a kind.
func perNamespace(c scanners.Check, kind string, present func(*kube.Inventory) map[string]bool) scanners.Check {
	c.Layer, c.Fix, c.Reads = scanners.API, scanners.Guided, kube.WorkloadResources()
	c.Find = func(inv *kube.Inventory) scanners.Result {
		busy, has := workloadsByNamespace(inv), present(inv)
		var result scanners.Result
		for _, ns := range inv.Namespaces {
			if busy[ns.Name] > 0 && !has[ns.Name] {
				result.Hits = append(result.Hits, scanners.Hit{Object: ns, Message: fmt.Sprintf("has %s and no %s", count(busy[ns.Name], "workload"), kind)})
			}
		}
		if absent := absentNamespaces(inv, busy); len(absent) > 0 {
			result.Unknown = "these namespaces of workloads were not read: " + words(absent)
		}
		return result
	}
	return c
}
