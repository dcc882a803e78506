package api

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	podsecurity "k8s.io/pod-security-admission/api"

	"kiln/kube"
	"kiln/scanners"
)

func psaMissing() scanners.Check {
	return scanners.Check{
		ID: "api/psa-missing", Layer: scanners.API, Severity: scanners.Medium,
		Title:      "A namespace admits privileged pods",
		References: []string{"CIS 5.2.1", "C-0192", "NSA"},
		Fix:        scanners.Guided,
		Needs:      []kube.Resource{kube.Namespaces},
		Reads:      kube.WorkloadResources(),
		Hints:      []kube.Resource{kube.APIServerFlags},
		Find:       findUnguarded,
	}
}

// findUnguarded reports namespaces with workloads that don't enforce at least
// the baseline. Where the API server's own configuration may hold a default,
// a missing label tells nothing.
func findUnguarded(inv *kube.Inventory) scanners.Result {
	var hits []scanners.Hit
	defaults := inv.APIServer.Flags["admission-control-config-file"] != ""
	var unread []string
	busy := workloadsByNamespace(inv)
	for _, ns := range inv.Namespaces {
		if busy[ns.Name] == 0 {
			continue
		}
		level, labelled := ns.Labels[podsecurity.EnforceLevelLabel]
		switch {
		case !labelled && defaults:
			unread = append(unread, ns.Name)
		case !labelled:
			hits = append(hits, unguarded(ns, fmt.Sprintf("enforces no Pod Security level on its %s", count(busy[ns.Name], "workload"))))
		case level == string(podsecurity.LevelPrivileged):
			hits = append(hits, unguarded(ns, fmt.Sprintf("enforces the level privileged on its %s, which forbids nothing", count(busy[ns.Name], "workload"))))
		}
	}
	result := scanners.Found(hits)
	if len(unread) > 0 {
		result.Unknown = fmt.Sprintf("namespaces without the label (%s) get the default level of kube-apiserver's --admission-control-config-file, which can't be seen", words(unread))
	} else if absent := absentNamespaces(inv, busy); len(absent) > 0 {
		result.Unknown = "these namespaces of workloads were not read: " + words(absent)
	}
	return result
}

func unguarded(ns *corev1.Namespace, message string) scanners.Hit {
	return scanners.Hit{Object: ns, Path: "metadata.labels[" + podsecurity.EnforceLevelLabel + "]", Message: message}
}

// absentNamespaces lists namespaces that workloads name and nobody read: the
// namespace of a manifest often stands elsewhere.
func absentNamespaces(inv *kube.Inventory, busy map[string]int) []string {
	read := map[string]bool{}
	for _, ns := range inv.Namespaces {
		read[ns.Name] = true
	}
	var absent []string
	for name := range busy {
		if !read[name] {
			absent = append(absent, name)
		}
	}
	return sorted(absent)
}
