package api

import (
	"slices"

	"kiln/scanners"
	"kiln/scanners/rbac"
)

// rights are the checks of single rights.
func rights() []scanners.Check {
	var checks []scanners.Check
	for _, r := range singleRights() {
		checks = append(checks, r.check())
	}
	return checks
}

// Accesses are what a check of a right looks for: whoever may do one of them is
// a finding. None for checks of other things.
func Accesses(check string) []rbac.Access {
	switch check {
	case "api/rbac-escalate":
		return append(liftRBAC(), rbac.Access{Verb: "bind", Group: rbacGroup, Resource: "clusterroles", Name: "cluster-admin"})
	case "api/rbac-impersonate":
		return actAsAnybody()
	case "api/rbac-csr-approve":
		return approveRequests()
	}
	for _, r := range singleRights() {
		if r.id == check {
			return r.access
		}
	}
	return nil
}

// singleRights are the permissions that a single access shows. Those that need
// more thought have files of their own.
func singleRights() []right {
	return []right{
		{
			id: "api/rbac-secrets", title: "A subject can read every secret of a namespace or of the cluster",
			severity: scanners.High, inNamespace: scanners.Medium,
			references: []string{"CIS 5.1.2", "C-0015", "C-0186", "KSV041", "KSV113"},
			can:        "read secrets", access: readSecrets(),
		},
		{
			id: "api/rbac-create-workloads", title: "A subject can create pods, and so act as any ServiceAccount beside them",
			severity: scanners.High, inNamespace: scanners.Low,
			references: []string{"CIS 5.1.4", "C-0188", "KSV048"},
			can:        "create pods, with any ServiceAccount,", access: createPods(),
		},
		{
			id: "api/rbac-exec", title: "A subject can run commands in other workloads' containers",
			severity: scanners.High, inNamespace: scanners.Medium,
			references: []string{"C-0002", "NSA", "KSV053", "KSV054"},
			can:        "run commands in containers", access: execPods(),
		},
		{
			id: "api/rbac-ephemeral-containers", title: "A subject can add containers to running pods",
			severity: scanners.High, inNamespace: scanners.Medium,
			references: []string{"NSA"},
			can:        "add containers to running pods", access: access("", []string{"pods/ephemeralcontainers"}, "update", "patch"),
		},
		{
			id: "api/rbac-port-forward", title: "A subject can open connections into pods, past network policies",
			severity: scanners.Medium, inNamespace: scanners.Low,
			references: []string{"C-0063"},
			can:        "forward ports into pods", access: access("", []string{"pods/portforward"}, "create", "get"),
		},
		{
			id: "api/rbac-nodes-proxy", title: "A subject can talk to kubelets, and so run commands in every pod",
			severity:   scanners.Critical,
			references: []string{"CIS 5.1.10", "C-0279", "KSV047"},
			can:        "talk to the kubelets (nodes/proxy)", access: access("", []string{"nodes/proxy"}, "get", "create"),
			clusterWide: true,
		},
		{
			id: "api/rbac-token-create", title: "A subject can make tokens of other ServiceAccounts",
			severity: scanners.High, inNamespace: scanners.Medium,
			references: []string{"CIS 5.1.13", "C-0282"},
			can:        "make tokens of every ServiceAccount", access: createTokens(),
		},
		{
			id: "api/rbac-webhooks", title: "A subject can change what the API server admits",
			severity:   scanners.High,
			references: []string{"CIS 5.1.12", "C-0281", "KSV114"},
			can:        "change admission webhooks or policies", access: access("admissionregistration.k8s.io", admissionResources(), "create", "update", "patch", "delete"),
			clusterWide: true,
		},
		{
			id: "api/rbac-persistent-volumes", title: "A subject can create PersistentVolumes, hostPath ones among them",
			severity:   scanners.Medium,
			references: []string{"CIS 5.1.9", "C-0278"},
			can:        "create PersistentVolumes", access: access("", []string{"persistentvolumes"}, "create"),
			clusterWide: true,
		},
		{
			id: "api/rbac-delete", title: "A subject can delete data, workloads or events of the whole cluster",
			severity:   scanners.Low,
			references: []string{"C-0007", "C-0031"},
			can:        "delete data, workloads or events", access: deletions(),
		},
		{
			id: "api/rbac-coredns", title: "A subject can rewrite the cluster's DNS",
			severity:   scanners.Medium,
			references: []string{"C-0037"},
			can:        "change CoreDNS's configuration", access: changeCoreDNS(),
		},
	}
}

func readSecrets() []rbac.Access { return access("", []string{"secrets"}, "get", "list", "watch") }

// execPods counts "get", because older API servers take a websocket's GET for it.
func execPods() []rbac.Access {
	return access("", []string{"pods/exec", "pods/attach"}, "create", "get")
}

func createTokens() []rbac.Access { return access("", []string{"serviceaccounts/token"}, "create") }

func createPods() []rbac.Access {
	return slices.Concat(
		access("", []string{"pods", "replicationcontrollers"}, "create"),
		access("apps", []string{"deployments", "daemonsets", "statefulsets", "replicasets"}, "create"),
		access("batch", []string{"jobs", "cronjobs"}, "create"),
	)
}

func admissionResources() []string {
	return []string{
		"validatingwebhookconfigurations", "mutatingwebhookconfigurations",
		"validatingadmissionpolicies", "validatingadmissionpolicybindings",
		"mutatingadmissionpolicies", "mutatingadmissionpolicybindings",
	}
}

func deletions() []rbac.Access {
	return slices.Concat(
		access("", []string{"pods", "services", "secrets", "configmaps", "namespaces", "persistentvolumes", "persistentvolumeclaims", "events"}, "delete", "deletecollection"),
		access("apps", []string{"deployments", "daemonsets", "statefulsets"}, "delete", "deletecollection"),
		access("events.k8s.io", []string{"events"}, "delete", "deletecollection"),
	)
}

// changeCoreDNS names the ConfigMap, so that a rule for it alone counts.
func changeCoreDNS() []rbac.Access {
	var all []rbac.Access
	for _, verb := range []string{"update", "patch"} {
		all = append(all, rbac.Access{Verb: verb, Resource: "configmaps", Name: "coredns"})
	}
	return all
}
