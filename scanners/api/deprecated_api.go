package api

import (
	"fmt"

	"k8s.io/apimachinery/pkg/util/version"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/releases"
)

func deprecatedAPI() scanners.Check {
	return scanners.Check{
		ID: "api/deprecated-api", Layer: scanners.API, Severity: scanners.Low,
		Title:      "An object is written in a version of its API that goes away",
		References: []string{"C-0273", "KSV107"},
		Fix:        scanners.Manual,
		Reads: []kube.Resource{
			kube.Deployments, kube.ReplicaSets, kube.StatefulSets, kube.DaemonSets, kube.Jobs, kube.CronJobs, kube.Ingresses, kube.NetworkPolicies,
			kube.PodDisruptionBudgets, kube.StorageClasses, kube.Roles, kube.RoleBindings, kube.ClusterRoles, kube.ClusterRoleBindings,
			kube.ValidatingWebhooks, kube.MutatingWebhooks, kube.ValidatingAdmissionPolicies, kube.ValidatingAdmissionPolicyBindings,
		},
		Hints: []kube.Resource{kube.ServerVersion},
		Find:  findDeprecated,
	}
}

// findDeprecated compares with the release that runs; manifests, whose cluster
// isn't known, with the newest there is.
func findDeprecated(inv *kube.Inventory) scanners.Result {
	release := inv.Source.Version
	if inv.FromFiles() {
		release = releases.Newest()
	}
	runs, err := version.ParseGeneric(release)
	if err != nil {
		return scanners.Unknown("the API server's version can't be read: " + err.Error())
	}
	var hits []scanners.Hit
	for _, old := range inv.OldVersions {
		removed, err := version.ParseGeneric(old.Removed)
		if err != nil {
			continue // the libraries name none
		}
		hit := scanners.Hit{Object: old.Object, Path: "apiVersion", Key: old.APIVersion + old.Writer, Message: advice(old, runs, removed)}
		switch gone := !runs.LessThan(removed); {
		case gone && inv.FromFiles():
			hit.Severity = scanners.Medium
		case gone && old.Writer != lastApply:
			continue // whoever wrote it so has been changed since, or fails by now
		}
		hits = append(hits, hit)
	}
	return scanners.Found(hits)
}

// lastApply writes what lies in a repository somewhere, and will be applied
// again.
const lastApply = "kubectl apply"

func advice(old kube.OldVersion, runs, removed *version.Version) string {
	who := "is written"
	if old.Writer != "" {
		who = "was last written by " + old.Writer
	}
	when := fmt.Sprintf("which Kubernetes %s will no longer serve", old.Removed)
	if !runs.LessThan(removed) {
		when = fmt.Sprintf("which Kubernetes has not served since %s", old.Removed)
	}
	message := fmt.Sprintf("%s as %s, %s", who, old.APIVersion, when)
	if old.Replacement != "" {
		message += ": write " + old.Replacement
	}
	return message
}
