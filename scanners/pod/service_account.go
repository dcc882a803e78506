package pod

import (
	"fmt"

	"kiln/kube"
	"kiln/scanners"
)

func automountToken() scanners.Check {
	return scanners.Check{
		ID: "pod/automount-token", Layer: scanners.Pod, Severity: scanners.Medium,
		Title:      "A pod gets a token for the API server without asking for it",
		References: []string{"CIS 5.1.6", "NSA", "C-0034", "C-0190", "KSV036"},
		Fix:        scanners.Guided,
		Reads:      kube.WorkloadResources(),
		Hints:      []kube.Resource{kube.ServiceAccounts},
		Find: withAccounts(func(w *kube.Workload, a accounts, add report) {
			if a.mountsToken(w) {
				add(podHit(w, "automountServiceAccountToken", "",
					fmt.Sprintf("the pod gets the token of ServiceAccount %q", w.ServiceAccount())))
			}
		}),
	}
}

func defaultServiceAccount() scanners.Check {
	return scanners.Check{
		ID: "pod/default-serviceaccount", Layer: scanners.Pod, Severity: scanners.Low,
		Title:      "A pod acts as its namespace's default ServiceAccount",
		References: []string{"CIS 5.1.5", "C-0189"},
		Fix:        scanners.Guided,
		Reads:      kube.WorkloadResources(),
		Hints:      []kube.Resource{kube.ServiceAccounts},
		Find: withAccounts(func(w *kube.Workload, a accounts, add report) {
			if w.ServiceAccount() == "default" && a.mountsToken(w) {
				add(podHit(w, "serviceAccountName", "", "the pod acts as the default ServiceAccount of its namespace"))
			}
		}),
	}
}

// accounts are the ServiceAccounts that keep their token from pods, by
// namespace and name. One that could not be read counts as one that doesn't:
// that is what Kubernetes does by itself.
type accounts map[[2]string]bool

func withAccounts(judge func(*kube.Workload, accounts, report)) func(*kube.Inventory) scanners.Result {
	return func(inv *kube.Inventory) scanners.Result {
		a := accounts{}
		for _, sa := range inv.ServiceAccounts {
			if isFalse(sa.AutomountServiceAccountToken) {
				a[[2]string{sa.Namespace, sa.Name}] = true
			}
		}
		return inPods(func(w *kube.Workload, add report) {
			if !w.Static() {
				judge(w, a, add)
			}
		})(inv)
	}
}

// mountsToken follows Kubernetes: the pod decides, else its account, else yes.
func (a accounts) mountsToken(w *kube.Workload) bool {
	if own := w.Spec.AutomountServiceAccountToken; own != nil {
		return *own
	}
	return !a[[2]string{w.Namespace(), w.ServiceAccount()}]
}
