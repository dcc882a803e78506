package rbac

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"

	"kiln/kube"
)

// Step is one move of somebody on the way to the whole cluster.
type Step struct {
	Actor Subject
	// Does is what the actor does, in words: "creates a pod in kube-system".
	Does string
	// Grant is what permits it.
	Grant Grant
	// Becomes is the ServiceAccount that the actor then acts as; the zero
	// Subject if the cluster is taken with this step.
	Becomes Subject
}

// Takeover finds, for every ServiceAccount that can take the cluster, a
// shortest way there.
type Takeover struct {
	next map[Subject]Step
}

// Path lists the steps that who would take; empty if there is no way.
func (t *Takeover) Path(who Subject) []Step {
	var path []Step
	for {
		step, found := t.next[who]
		if !found {
			return path
		}
		path = append(path, step)
		if step.Becomes == (Subject{}) {
			return path
		}
		who = step.Becomes
	}
}

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

// Takeovers looks for ways from each ServiceAccount of inv to the cluster. It
// goes backwards from those that hold it, one step at a time, so that the ways
// are the shortest.
func (g *Graph) Takeovers(inv *kube.Inventory) *Takeover {
	t := &Takeover{next: map[Subject]Step{}}
	moves := map[crowd][]move{}
	var reached []Subject
	accounts := accountsOf(inv)
	held := g.bySubject()
	for _, sa := range accounts {
		var grants []Grant
		for _, principal := range sa.principals() {
			grants = append(grants, held[principal]...)
		}
		if step, ok := takes(sa, grants); ok {
			t.next[sa] = step
			reached = append(reached, sa)
			continue
		}
		for _, m := range movesOf(sa, grants) {
			moves[m.to] = append(moves[m.to], m)
		}
	}
	crowds := crowdsOf(inv, accounts)
	for len(reached) > 0 {
		var fresh []Subject
		for _, sa := range reached {
			for _, c := range crowds[sa] {
				for _, m := range moves[c] {
					if _, known := t.next[m.actor]; !known {
						t.next[m.actor] = Step{Actor: m.actor, Does: m.does, Grant: m.grant, Becomes: sa}
						fresh = append(fresh, m.actor)
					}
				}
				delete(moves, c) // a crowd is reached once
			}
		}
		reached = fresh
	}
	return t
}

// bySubject sorts the grants of a graph that is asked about everybody.
func (g *Graph) bySubject() map[Subject][]Grant {
	held := map[Subject][]Grant{}
	for _, grant := range g.Grants {
		held[grant.Subject] = append(held[grant.Subject], grant)
	}
	return held
}

// accountsOf lists the ServiceAccounts that exist, or that pods run as.
func accountsOf(inv *kube.Inventory) []Subject {
	var all []Subject
	for _, sa := range inv.ServiceAccounts {
		all = append(all, Subject{rbacv1.ServiceAccountKind, sa.Namespace, sa.Name})
	}
	for _, w := range inv.Workloads {
		all = append(all, AccountOf(w))
	}
	slices.SortFunc(all, compareSubjects)
	return slices.Compact(all)
}

// AccountOf is the ServiceAccount that a workload's pods run as.
func AccountOf(w *kube.Workload) Subject {
	name := w.Spec.ServiceAccountName
	if name == "" {
		name = "default"
	}
	return Subject{rbacv1.ServiceAccountKind, w.Namespace(), name}
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
		if !w.EphemeralOnly {
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

// takes says whether the grants together are the whole cluster.
func takes(sa Subject, grants []Grant) (Step, bool) {
	const group = "rbac.authorization.k8s.io"
	everywhere := slices.DeleteFunc(slices.Clone(grants), func(grant Grant) bool { return grant.Namespace != "" })
	may := func(accesses ...Access) (Grant, bool) {
		for _, grant := range everywhere {
			if slices.ContainsFunc(accesses, func(a Access) bool { return len(grant.rules(a)) > 0 }) {
				return grant, true
			}
		}
		return Grant{}, false
	}
	for _, grant := range everywhere {
		if slices.ContainsFunc(grant.Rules, Rule.Everything) {
			return Step{Actor: sa, Does: "has every right", Grant: grant}, true
		}
	}
	if grant, ok := may(Access{Verb: "escalate", Group: group, Resource: "clusterroles"}); ok {
		if _, ok := may(Access{Verb: "update", Group: group, Resource: "clusterroles"}, Access{Verb: "patch", Group: group, Resource: "clusterroles"}); ok {
			return Step{Actor: sa, Does: "gives itself every right (escalate)", Grant: grant}, true
		}
	}
	if grant, ok := may(Access{Verb: "bind", Group: group, Resource: "clusterroles", Name: "cluster-admin"}); ok {
		if _, ok := may(Access{Verb: "create", Group: group, Resource: "clusterrolebindings"}); ok {
			return Step{Actor: sa, Does: "binds itself to cluster-admin (bind)", Grant: grant}, true
		}
	}
	if grant, ok := may(Access{Verb: "impersonate", Resource: "groups", Name: Masters}); ok {
		if _, ok := may(Access{Verb: "impersonate", Resource: "users"}, Access{Verb: "impersonate", Resource: "serviceaccounts"}); ok {
			return Step{Actor: sa, Does: "acts as the group system:masters (impersonate)", Grant: grant}, true
		}
	}
	if grant, ok := may(Access{Verb: "get", Resource: "nodes/proxy"}, Access{Verb: "create", Resource: "nodes/proxy"}); ok {
		return Step{Actor: sa, Does: "runs commands in every pod through the kubelets (nodes/proxy)", Grant: grant}, true
	}
	return Step{}, false
}

// String is "ServiceAccount shop/ci starts a pod with kube-system/operator".
func (s Step) String() string {
	if s.Becomes == (Subject{}) {
		return s.Actor.Phrase() + " " + s.Does
	}
	return s.Actor.Phrase() + " " + fmt.Sprintf(s.Does, s.Becomes.Phrase())
}
