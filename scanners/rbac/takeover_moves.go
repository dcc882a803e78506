package rbac

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"

	"kiln/kube"
)

// crowd is a set of ServiceAccounts that one move leads to: all of a namespace,
// or those that run in its pods, or those whose tokens lie in its secrets. An
// empty namespace means the whole cluster.
type crowd struct{ kind, namespace string }

const (
	anyAccount    = "any"
	runningInPods = "running"
	inSecrets     = "secret"
)

// move leads from one ServiceAccount to a crowd.
type move struct {
	to    crowd
	actor Subject
	does  string
	grant Grant
}

// crowdsOf says for each account which crowds it belongs to.
func crowdsOf(inv *kube.Inventory, accounts []Subject) map[Subject][]crowd {
	crowds := map[Subject][]crowd{}
	join := func(sa Subject, kind, namespace string) {
		for _, c := range []crowd{{kind, namespace}, {kind, ""}} {
			if !slices.Contains(crowds[sa], c) {
				crowds[sa] = append(crowds[sa], c)
			}
		}
	}
	for _, sa := range accounts {
		join(sa, anyAccount, sa.Namespace)
	}
	for _, w := range inv.Workloads {
		if !w.EphemeralOnly && !w.Ended && !w.Static() {
			join(AccountOf(w), runningInPods, w.Namespace())
		}
	}
	for _, secret := range inv.Secrets {
		if name := secret.Annotations[corev1.ServiceAccountNameKey]; name != "" {
			join(Subject{rbacv1.ServiceAccountKind, secret.Namespace, name}, inSecrets, secret.Namespace)
		}
	}
	return crowds
}

// opening is a right that lets its holder act as others.
type opening struct {
	verbs     []string
	group     string
	resources []string
	to, does  string
}

func openings() []opening {
	write := []string{"create", "update", "patch"}
	return []opening{
		{[]string{"create"}, "", []string{"serviceaccounts/token"}, anyAccount, "makes a token of %s"},
		{[]string{"impersonate"}, "", []string{"serviceaccounts"}, anyAccount, "acts as %s"},
		{[]string{"create"}, "", []string{"pods", "replicationcontrollers"}, anyAccount, "starts a pod with %s"},
		{write, "apps", []string{"deployments", "daemonsets", "statefulsets", "replicasets"}, anyAccount, "starts a pod with %s"},
		{write, "batch", []string{"jobs", "cronjobs"}, anyAccount, "starts a pod with %s"},
		{[]string{"create"}, "", []string{"pods/exec", "pods/attach"}, runningInPods, "runs a command in a pod of %s"},
		{[]string{"update", "patch"}, "", []string{"pods/ephemeralcontainers"}, runningInPods, "adds a container to a pod of %s"},
		{[]string{"get", "list", "watch"}, "", []string{"secrets"}, inSecrets, "reads the secret with the token of %s"},
	}
}

// movesOf lists where an account's grants lead, in one step.
func movesOf(sa Subject, grants []Grant) []move {
	var moves []move
	for _, grant := range grants {
		for _, o := range openings() {
			if o.givenBy(grant) {
				moves = append(moves, move{crowd{o.to, grant.Namespace}, sa, o.does, grant})
			}
		}
	}
	return moves
}

func (o opening) givenBy(grant Grant) bool {
	for _, resource := range o.resources {
		for _, verb := range o.verbs {
			if len(grant.rules(Access{Verb: verb, Group: o.group, Resource: resource})) > 0 {
				return true
			}
		}
	}
	return false
}
