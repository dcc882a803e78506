package tui

import (
	"maps"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"kiln/kube"
)

// kindsIn are what can be typed as a command besides the commands, as in
// kubectl: kinds that have a short name, and all that a snapshot, which may be
// nil, has findings about.
func kindsIn(s *snapshot) []string {
	known := map[string]bool{"Job": true, "Role": true}
	for kind := range shortKinds {
		known[kind] = true
	}
	if s != nil {
		for _, f := range s.findings {
			known[f.Object.Kind] = true
		}
	}
	return slices.Sorted(maps.Keys(known))
}

// pluralOf is the resource that a kind is listed as, such as networkpolicies.
func pluralOf(kind string) string {
	plural, _ := meta.UnsafeGuessKindToResource(schema.GroupVersionKind{Kind: kind})
	return plural.Resource
}

// kindNamed tells which kind a word means: its name, plural or short name.
func kindNamed(word string, s *snapshot) (kind string, ok bool) {
	if word = strings.ToLower(word); word == "" { // as is the short name of a kind that has none
		return "", false
	}
	for _, kind := range kindsIn(s) {
		if word == strings.ToLower(kind) || word == pluralOf(kind) || word == shortKinds[kind] {
			return kind, true
		}
	}
	return "", false
}

// kindExamples are some of the kinds' names.
func kindExamples() []string {
	return []string{":deploy", ":sts", ":svc", ":sec", ":sa", ":crb", ":no"}
}

// showKind shows what is known of a kind: its workloads, or the findings
// about its objects; of one namespace, if it is given.
func (a *App) showKind(kind, namespace string) tea.Cmd {
	if strings.Contains(namespace, " ") {
		a.flash(warning, ":"+strings.ToLower(kind)+" takes one namespace, not "+namespace)
		return nil
	}
	if slices.Contains(workloadKinds(), kind) {
		return showWorkloads(kind)(a, namespace)
	}
	cmd := showLayer("")(a, namespace)
	more, _ := a.findings.setFilter("kind:" + strings.ToLower(kind))
	return tea.Batch(cmd, more)
}

// workloadKinds are the kinds that make pods; a pod by itself is found among
// all workloads.
func workloadKinds() []string {
	return []string{"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job", "CronJob"}
}

// showWorkloads shows the workloads of a kind, or all; of one namespace, if
// it is given.
func showWorkloads(kind string) func(*App, string) tea.Cmd {
	return func(a *App, namespace string) tea.Cmd {
		var cmd tea.Cmd
		if namespace != "" {
			cmd = a.setNamespace(namespace)
		}
		v := newWorkloadsView(a)
		if kind != "" {
			_, _ = v.setFilter("kind:" + strings.ToLower(kind)) // no pattern that could be wrong
		}
		a.root(v)
		return cmd
	}
}

// kindNames are the plurals of the kinds, to suggest them.
func kindNames(s *snapshot) []string {
	var names []string
	for _, kind := range kindsIn(s) {
		names = append(names, kube.Clean(pluralOf(kind)))
	}
	return names
}
