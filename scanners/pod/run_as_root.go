package pod

import (
	"fmt"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/policy"

	"kiln/kube"
	"kiln/scanners"
)

func runAsRoot() scanners.Check {
	return scanners.Check{
		ID: "pod/run-as-root", Layer: scanners.Pod, Severity: scanners.Medium,
		Title:      "A container runs as root, or nothing keeps it from that",
		References: []string{"PSS restricted", "CIS 5.2.7", "NSA", "C-0013", "C-0198", "KSV012", "KSV105"},
		Fix:        scanners.Guided,
		Reads:      kube.WorkloadResources(),
		Find: func(inv *kube.Inventory) scanners.Result {
			user := standardFor(inv.Source.Version, policy.CheckRunAsUser())
			nonRoot := standardFor(inv.Source.Version, policy.CheckRunAsNonRoot())
			return byStandard(func(w *kube.Workload, _ standard, add report) {
				asRoot(w, user, nonRoot, add)
			}, policy.CheckRunAsUser(), policy.CheckRunAsNonRoot())(inv)
		},
	}
}

// asRoot reports each place once: that it sets user 0, else that nothing
// keeps root away.
func asRoot(w *kube.Workload, user, nonRoot standard, add report) {
	told := map[string]bool{}
	runAsUserZero().locate(w, user, func(h scanners.Hit) {
		told[h.Container] = true
		h.Severity = scanners.High
		add(h)
	})
	rootNotForbidden().locate(w, nonRoot, func(h scanners.Hit) {
		uid := userOf(w, h.Container)
		switch {
		case told[h.Container], told[""] && isRoot(uid):
			return
		case isRoot(uid):
			h.Severity = scanners.High
		case uid != nil:
			h.Severity = scanners.Low
			h.Message += fmt.Sprintf(", though its user is %d", *uid)
		}
		add(h)
	})
}

func runAsUserZero() inherited {
	id := func(uid *int64) string {
		if uid == nil {
			return ""
		}
		return strconv.FormatInt(*uid, 10)
	}
	return inherited{
		field:       "runAsUser",
		ofPod:       func(s corev1.PodSecurityContext) string { return id(s.RunAsUser) },
		ofContainer: func(s corev1.SecurityContext) string { return id(s.RunAsUser) },
		message:     func(string) string { return "runs as root by runAsUser 0" },
	}
}

func rootNotForbidden() inherited {
	word := func(b *bool) string {
		if b == nil {
			return ""
		}
		return strconv.FormatBool(*b)
	}
	return inherited{
		field:       "runAsNonRoot",
		ofPod:       func(s corev1.PodSecurityContext) string { return word(s.RunAsNonRoot) },
		ofContainer: func(s corev1.SecurityContext) string { return word(s.RunAsNonRoot) },
		message: func(value string) string {
			if value == "" {
				return "may run as root: runAsNonRoot is not set"
			}
			return "may run as root: runAsNonRoot is " + value
		},
	}
}

// userOf is the user that the container of that name runs as, as far as the
// manifest says it; for the pod itself (no name) the one it sets for all.
func userOf(w *kube.Workload, name string) *int64 {
	for c := range containers(w) {
		if c.Name == name && c.settings().RunAsUser != nil {
			return c.settings().RunAsUser
		}
	}
	return podSettings(w).RunAsUser
}

func isRoot(uid *int64) bool { return uid != nil && *uid == 0 }
