package pod

import (
	"fmt"
	"slices"

	"kiln/kube"
	"kiln/scanners"
)

func rootGroup() scanners.Check {
	return scanners.Check{
		ID: "pod/root-group", Layer: scanners.Pod, Severity: scanners.Low,
		Title:      "A container belongs to root's group",
		References: []string{"KSV116"},
		Fix:        scanners.Guided,
		Reads:      kube.WorkloadResources(),
		Find: inPods(func(w *kube.Workload, add report) {
			if w.Windows() || isFalse(w.Spec.HostUsers) {
				return
			}
			eachID(w, runAsGroup(), func(h scanners.Hit, gid int64) {
				if gid == 0 {
					h.Message += "runs as group 0"
					add(h)
				}
			})
			s := podSettings(w)
			if s.FSGroup != nil && *s.FSGroup == 0 {
				add(podHit(w, "securityContext.fsGroup", "fsGroup", "the pod's volumes belong to group 0"))
			}
			if at := slices.Index(s.SupplementalGroups, 0); at >= 0 {
				add(podHit(w, fmt.Sprintf("securityContext.supplementalGroups[%d]", at), "supplementalGroups", "the pod's processes are in group 0 too"))
			}
		}),
	}
}

func lowUID() scanners.Check {
	return scanners.Check{
		ID: "pod/low-uid", Layer: scanners.Pod, Severity: scanners.Info,
		Title:      "A container's user may be one of the node's",
		References: []string{"KSV020", "KSV021"},
		Fix:        scanners.Manual,
		Reads:      kube.WorkloadResources(),
		Find: inPods(func(w *kube.Workload, add report) {
			if w.Windows() || isFalse(w.Spec.HostUsers) {
				return
			}
			for _, setting := range []idSetting{runAsUser(), runAsGroup()} {
				eachID(w, setting, func(h scanners.Hit, id int64) {
					if id > 0 && id <= highestOfNodes {
						h.Message += fmt.Sprintf("runs as %s %d, which the node may know as another", setting.noun, id)
						add(h)
					}
				})
			}
		}),
	}
}

// highestOfNodes bounds the IDs that nodes give to services and people.
const highestOfNodes = 10000

// idSetting is the user or the group that containers take from their pod
// unless they have their own.
type idSetting struct {
	field, noun string
	ofPod       func(*kube.Workload) *int64
	ofContainer func(container) *int64
}

func runAsUser() idSetting {
	return idSetting{"runAsUser", "user",
		func(w *kube.Workload) *int64 { return podSettings(w).RunAsUser },
		func(c container) *int64 { return c.settings().RunAsUser }}
}

func runAsGroup() idSetting {
	return idSetting{"runAsGroup", "group",
		func(w *kube.Workload) *int64 { return podSettings(w).RunAsGroup },
		func(c container) *int64 { return c.settings().RunAsGroup }}
}

// eachID calls judge for each place that sets the ID: containers with their
// own, and the pod if one of its containers has none. The hit's message is
// still without a verb.
func eachID(w *kube.Workload, setting idSetting, judge func(scanners.Hit, int64)) {
	fromPod := setting.ofPod(w)
	inherits := false
	for c := range containers(w) {
		if own := setting.ofContainer(c); own != nil {
			judge(c.hit("securityContext."+setting.field, setting.field, ""), *own)
		} else {
			inherits = true
		}
	}
	if fromPod != nil && inherits {
		judge(podHit(w, "securityContext."+setting.field, setting.field, "the pod "), *fromPod)
	}
}
