package tui

import (
	tea "charm.land/bubbletea/v2"

	"kiln/kube"
)

// askForKubelets asks whether scans of this context may ask every kubelet for
// its live configuration. The answer holds until another context is opened.
func askForKubelets(a *App, arg string) tea.Cmd {
	switch {
	case arg != "" && arg != "off":
		a.flash(warning, "kubelets takes off, or nothing")
	case a.session == nil:
		a.flash(info, "not connected: there is no kubelet to ask")
	case arg == "off":
		a.kubelets = false
		return a.rescan()
	default:
		a.ask(question{
			title: "Ask every kubelet?",
			text: "kiln reads the live configuration of each node's kubelet through the API server. Nothing is changed, but it takes the right to proxy to nodes, " +
				"which is as good as root on them, and each request stands in the audit log.",
			accept: "Ask them",
			confirm: func() tea.Cmd {
				a.kubelets = true
				return a.rescan()
			},
		})
	}
	return nil
}

// collectOptions are what a scan reads.
func (a *App) collectOptions() kube.CollectOptions {
	return kube.CollectOptions{Namespace: a.opts.Namespace, Kubelets: a.kubelets}
}
