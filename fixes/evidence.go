package fixes

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/duration"

	"kiln/kube"
	"kiln/scanners"
)

// evidence is what probes saw of the finding's container, the oldest first.
// Only pods of the templates that run now count: a changed template may behave
// in other ways.
func (f *Fixer) evidence(finding scanners.Finding, inv *kube.Inventory) ([]kube.Evidence, error) {
	if f.Evidence == nil || finding.Container == "" {
		return nil, nil
	}
	for _, w := range inv.Workloads {
		if !w.EphemeralOnly && w.Ref() == finding.Object {
			return f.evidenceOf(w, finding.Container)
		}
	}
	return nil, nil
}

// evidenceOf is what probes saw of one container of a workload.
func (f *Fixer) evidenceOf(w *kube.Workload, container string) ([]kube.Evidence, error) {
	var all []kube.Evidence
	var seen []string
	for _, pod := range w.Pods {
		template := kube.TemplateOf(pod)
		if slices.Contains(seen, template) {
			continue
		}
		seen = append(seen, template)
		probes, err := f.Evidence.Of(f.Cluster, pod.Namespace, template, container)
		if err != nil {
			return nil, err
		}
		all = append(all, probes...)
	}
	slices.SortStableFunc(all, func(a, b kube.Evidence) int { return a.Time.Compare(b.Time) })
	return all, nil
}

// workloadEvidence is what probes saw of all containers of the finding's
// workload or, if it is about a namespace, of each workload there.
func (f *Fixer) workloadEvidence(finding scanners.Finding, inv *kube.Inventory) (map[kube.Ref][]kube.Evidence, error) {
	if f.Evidence == nil {
		return nil, nil
	}
	seen := map[kube.Ref][]kube.Evidence{}
	for _, w := range inv.Workloads {
		isIt := w.Ref() == finding.Object || finding.Object.Kind == "Namespace" && finding.Object.Name == w.Namespace()
		if w.EphemeralOnly || !isIt {
			continue
		}
		for _, c := range w.Containers() {
			probes, err := f.evidenceOf(w, c.Name)
			if err != nil {
				return nil, err
			}
			seen[w.Ref()] = append(seen[w.Ref()], probes...)
		}
		slices.SortStableFunc(seen[w.Ref()], func(a, b kube.Evidence) int { return a.Time.Compare(b.Time) })
	}
	return seen, nil
}

// EvidenceOf is what probes saw of an object's container, the latest first; of
// all of them if none is named. The object is a workload or a pod.
func (f *Fixer) EvidenceOf(object kube.Ref, container string, inv *kube.Inventory) ([]kube.Evidence, error) {
	var all []kube.Evidence
	for _, w := range inv.Workloads {
		isPod := object.Kind == "Pod" && slices.ContainsFunc(w.Pods, func(p *kube.Pod) bool { return p.Namespace == object.Namespace && p.Name == object.Name })
		if w.EphemeralOnly || w.Ref() != object && !isPod {
			continue
		}
		for _, c := range w.Containers() {
			if container != "" && c.Name != container {
				continue
			}
			probes, err := f.evidenceOf(w, c.Name)
			if err != nil {
				return nil, err
			}
			all = append(all, probes...)
		}
	}
	slices.SortStableFunc(all, func(a, b kube.Evidence) int { return b.Time.Compare(a.Time) })
	return all, nil
}

// seenAt names the probes that a fix relies on, with their times and ages.
func (s Situation) seenAt(evidence []kube.Evidence) string {
	const format = "2006-01-02 15:04 MST"
	last := evidence[len(evidence)-1].Time
	if len(evidence) == 1 {
		return "the probe of " + last.Format(format) + " (" + s.age(last) + ")"
	}
	first := evidence[0].Time
	return fmt.Sprintf("%d probes, from %s to %s (%s),", len(evidence), first.Format(format), last.Format(format), s.age(last))
}

// age says how long ago something was.
func (s Situation) age(at time.Time) string {
	if ago := s.Now.Sub(at); ago >= time.Minute {
		return duration.HumanDuration(ago) + " ago"
	}
	return "just now"
}

// writtenFolders are the folders of the container's own file system that it
// was seen writing to, without those inside another one.
func writtenFolders(evidence []kube.Evidence) []string {
	var folders []string
	for _, e := range evidence {
		for _, w := range e.Written {
			if w.Volume == "/" && w.Path != "/" {
				folders = append(folders, w.Path)
			}
		}
	}
	slices.Sort(folders)
	var outer []string
	for _, folder := range slices.Compact(folders) {
		inside := slices.ContainsFunc(outer, func(o string) bool { return strings.HasPrefix(folder, o+"/") })
		if !inside {
			outer = append(outer, folder)
		}
	}
	return outer
}

// writesToRoot says that it was seen writing beside all folders.
func writesToRoot(evidence []kube.Evidence) bool {
	return slices.ContainsFunc(evidence, func(e kube.Evidence) bool {
		return slices.ContainsFunc(e.Written, func(w kube.WrittenFolder) bool { return w.Path == "/" })
	})
}

// sawFiles says that each probe could look at the container's files.
func sawFiles(evidence []kube.Evidence) bool {
	return len(evidence) > 0 && !slices.ContainsFunc(evidence, func(e kube.Evidence) bool {
		return slices.ContainsFunc(e.Unknown, func(what string) bool { return !strings.HasPrefix(what, "which ") })
	})
}

// onlyUser is the one user that the container was seen running as.
func onlyUser(evidence []kube.Evidence) (user int64, ok bool) {
	for i, e := range evidence {
		if i > 0 && e.UID != user {
			return 0, false
		}
		user = e.UID
	}
	return user, len(evidence) > 0
}

// lowPorts are the TCP and UDP ports below 1024 that the pod listens at.
func lowPorts(evidence []kube.Evidence) []string {
	var ports []string
	for _, e := range evidence {
		for _, s := range e.Listening {
			if port := fmt.Sprint(s.Port); s.Port < 1024 && !slices.Contains(ports, port) {
				ports = append(ports, port)
			}
		}
	}
	return ports
}
