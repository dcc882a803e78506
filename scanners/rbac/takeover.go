package rbac

import (
	"fmt"
	"slices"

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
	return Subject{rbacv1.ServiceAccountKind, w.Namespace(), w.ServiceAccount()}
}

// String is "ServiceAccount shop/ci starts a pod with kube-system/operator".
func (s Step) String() string {
	if s.Becomes == (Subject{}) {
		return s.Actor.Phrase() + " " + s.Does
	}
	return s.Actor.Phrase() + " " + fmt.Sprintf(s.Does, s.Becomes.Phrase())
}
