package api

import (
	"fmt"
	"strings"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/rbac"
)

func takeoverPath() scanners.Check {
	return scanners.Check{
		ID: "api/takeover-path", Layer: scanners.API, Severity: scanners.Critical,
		Title:      "Whoever breaks into a pod can take the whole cluster",
		References: []string{"CIS 5.1.1", "C-0267", "C-0272"},
		Fix:        scanners.Guided,
		Needs:      rbac.Resources(),
		Reads:      append(kube.WorkloadResources(), kube.ServiceAccounts, kube.Secrets),
		Find:       findTakeovers,
	}
}

// findTakeovers reports each ServiceAccount whose token lies in some pod and
// from which steps lead to the cluster, the first of them permitted by
// somebody and not by Kubernetes itself.
func findTakeovers(inv *kube.Inventory) scanners.Result {
	takeover := rbac.GraphOf(inv).Takeovers(inv)
	users := tokenHolders(inv)
	var hits []scanners.Hit
	for _, account := range users.accounts {
		path := takeover.Path(account)
		if len(path) == 0 || len(path[0].Grant.Added) == 0 {
			continue
		}
		steps := make([]string, 0, len(path))
		for _, step := range path {
			steps = append(steps, fmt.Sprintf("%s (%s)", step, step.Grant.Role()))
		}
		holders := users.workloads[account]
		hits = append(hits, scanners.Hit{
			Object: users.object(account), Key: account.String(),
			Message: fmt.Sprintf("from a pod of %s to the whole cluster: %s", name(holders), strings.Join(steps, ", then ")),
		})
	}
	return scanners.Found(hits)
}

// name names the first of some workloads.
func name(workloads []*kube.Workload) string {
	text := workloads[0].Ref().Kind + "/" + workloads[0].Ref().Name
	if more := len(workloads) - 1; more > 0 {
		text += fmt.Sprintf(" (or %d more)", more)
	}
	return text
}

// holders are the ServiceAccounts whose tokens are mounted into pods.
type holders struct {
	accounts  []rbac.Subject
	workloads map[rbac.Subject][]*kube.Workload
	objects   map[rbac.Subject]kube.Object
}

func tokenHolders(inv *kube.Inventory) holders {
	h := holders{workloads: map[rbac.Subject][]*kube.Workload{}, objects: map[rbac.Subject]kube.Object{}}
	unmounted := map[rbac.Subject]bool{}
	for _, sa := range inv.ServiceAccounts {
		subject := rbac.Subject{Kind: "ServiceAccount", Namespace: sa.Namespace, Name: sa.Name}
		h.objects[subject] = sa
		unmounted[subject] = sa.AutomountServiceAccountToken != nil && !*sa.AutomountServiceAccountToken
	}
	for _, w := range inv.Workloads {
		account := rbac.AccountOf(w)
		mounted := !unmounted[account]
		if w.Spec.AutomountServiceAccountToken != nil {
			mounted = *w.Spec.AutomountServiceAccountToken
		}
		if w.EphemeralOnly || w.Ended || w.Static() || !mounted && !projectsToken(w) {
			continue
		}
		if len(h.workloads[account]) == 0 {
			h.accounts = append(h.accounts, account)
		}
		h.workloads[account] = append(h.workloads[account], w)
	}
	return h
}

// projectsToken says that the pod mounts a token by a volume of its own.
func projectsToken(w *kube.Workload) bool {
	for _, v := range w.Spec.Volumes {
		if v.Projected == nil {
			continue
		}
		for _, source := range v.Projected.Sources {
			// A token for another audience is none for the API server.
			if source.ServiceAccountToken != nil && source.ServiceAccountToken.Audience == "" {
				return true
			}
		}
	}
	return false
}

// object is the ServiceAccount, or the first workload if it wasn't read.
func (h holders) object(account rbac.Subject) kube.Object {
	if sa := h.objects[account]; sa != nil {
		return sa
	}
	return h.workloads[account][0].Object
}
