package fixes

import (
	"fmt"
	"slices"
	"strings"

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
	var all []kube.Evidence
	var seen []string
	for _, w := range inv.Workloads {
		if w.EphemeralOnly || w.Ref() != finding.Object {
			continue
		}
		for _, pod := range w.Pods {
			template := kube.TemplateOf(pod)
			if slices.Contains(seen, template) {
				continue
			}
			seen = append(seen, template)
			probes, err := f.Evidence.Of(f.Cluster, pod.Namespace, template, finding.Container)
			if err != nil {
				return nil, err
			}
			all = append(all, probes...)
		}
	}
	slices.SortStableFunc(all, func(a, b kube.Evidence) int { return a.Time.Compare(b.Time) })
	return all, nil
}

// seenAt names the probes that a fix relies on, with their times.
func seenAt(evidence []kube.Evidence) string {
	const format = "2006-01-02 15:04 MST"
	last := evidence[len(evidence)-1].Time.Format(format)
	if len(evidence) == 1 {
		return "the probe of " + last
	}
	return fmt.Sprintf("%d probes, from %s to %s,", len(evidence), evidence[0].Time.Format(format), last)
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
	return len(evidence) > 0 && !slices.ContainsFunc(evidence, func(e kube.Evidence) bool { return len(e.Unknown) > 0 })
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
