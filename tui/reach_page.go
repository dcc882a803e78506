package tui

import (
	"strings"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/network"
)

// head says what the numbers below are worth.
func (v *reachView) head(width int) []string {
	s := v.app.styles
	lines := []string{" " + s.bold.Render(clip("Who may talk to whom in "+kube.Clean(v.namespace), width-2))}
	if v.result == nil {
		return lines
	}
	style := map[scanners.Status]func(...string) string{scanners.Pass: s.good.Render, scanners.Fail: s.alarm.Render}[v.result.enforced.Status]
	if style == nil {
		style = s.warning.Render
	}
	for _, line := range wrap(kube.Clean(network.EnforcementText(v.result.enforced)), width-2) {
		lines = append(lines, " "+style(line))
	}
	if only := v.app.opts.Namespace; only != "" {
		lines = append(lines, " "+s.warning.Render(clip("Only namespace "+kube.Clean(only)+" was read: workloads of others aren't counted.", width-2)))
	}
	if others := v.result.hood.Others().All(); len(others) > 0 {
		lines = append(lines, " "+s.warning.Render(clip("Not evaluated: "+refNames(others), width-2)))
	}
	for _, missing := range v.result.missing {
		lines = append(lines, " "+s.warning.Render(clip("Could not be read: "+missing, width-2)))
	}
	return lines
}

func refNames(refs []kube.Ref) string {
	texts := make([]string, 0, len(refs))
	for _, r := range refs {
		texts = append(texts, r.String())
	}
	return kube.Clean(strings.Join(texts, ", "))
}

func (v *reachView) render(width, height int) []string {
	head := v.head(width)
	head = head[:min(len(head), max(height-4, 1))]
	return append(head, v.listing.render(width, height-len(head))...)
}
