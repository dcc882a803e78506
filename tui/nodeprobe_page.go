package tui

import (
	"fmt"
	"strings"

	"charm.land/bubbles/v2/key"

	"kiln/kube"
)

const aboutNodeProbe = "A probe is a pod on this node for a few seconds. It has the node's folders mounted read-only, runs as root without any capability, and tells modes and " +
	"owners of files, the kubelet's settings, accounts, ports and kernel settings. It is deleted afterwards; what it saw is kept here, and judged by the checks of the node layer for a week."

func (v *nodeProbeView) heading() string {
	return "Node " + kube.Clean(v.node) + ", looked at from inside"
}

func (v *nodeProbeView) render(width, height int) []string {
	s := v.app.styles
	room := min(width-5, 120)
	lines := []string{"", s.bold.Render(clip(v.heading(), room)), ""}
	switch {
	case v.editing:
		note := "↑↓ go to a field, → takes what is suggested, enter asks the server in a dry run and shows the pod; nothing is created by that."
		return v.renderForm(v.heading(), note, width, height)
	case v.running:
		lines = append(lines, wrapStyled(s.text, fmt.Sprint(v.progress.Load()), room)...)
		lines = append(lines, "", s.muted.Render("esc stops it, and has the pod deleted"))
	case v.asking:
		lines = append(lines, s.muted.Render("asking the server …"))
	case v.problem != "":
		lines = append(lines, wrapStyled(s.warning, v.problem, room)...)
		lines = append(lines, "", s.accent.Render("enter")+s.text.Render(" tries again"))
	case v.plan != nil:
		lines = append(lines, v.drawPlan(room)...)
	case !v.loaded:
		lines = append(lines, s.muted.Render("reading what is known …"))
	case v.facts == nil:
		lines = append(lines, wrapStyled(s.text, "Nobody has looked at it yet. "+aboutNodeProbe, min(room, readingWidth))...)
		lines = append(lines, "", s.accent.Render("enter")+s.text.Render(" chooses where the pod goes"))
	default:
		lines = append(lines, s.muted.Render("seen "+v.app.since(v.facts.Time)), "")
		lines = append(lines, factLines(s, v.facts.Facts(), room)...)
		lines = append(lines, "", s.accent.Render("enter")+s.text.Render(" looks again"))
	}
	v.pager.setLines(indent(lines, 2))
	return v.pager.render(s, width, height)
}

// drawPlan says what the pod gets, and shows it.
func (v *nodeProbeView) drawPlan(width int) []string {
	s := v.app.styles
	mounts := "It mounts " + strings.Join(v.plan.plan.Folders, ", ") + " of the node, read-only. "
	lines := wrapStyled(s.text, mounts+aboutNodeProbe+fmt.Sprintf(" It ends after %s at the latest. The server accepts this pod:", kube.NodeProbeTime), min(width, readingWidth))
	lines = append(lines, "", s.accent.Render("enter")+s.text.Render(" creates it and waits for what it sees"), "")
	for _, line := range splitLines(strings.TrimRight(v.plan.yaml, "\n")) {
		lines = append(lines, s.text.Render(clip(line, width)))
	}
	return lines
}

// hints name what enter does here.
func (v *nodeProbeView) hints() []key.Binding {
	k := v.app.keys
	switch {
	case v.editing:
		return []key.Binding{helped(k.Press, "ask the server"), k.Back}
	case v.running, v.asking:
		return []key.Binding{helped(k.Back, "stop")}
	case v.plan != nil:
		return []key.Binding{helped(k.Press, "create the pod"), helped(k.Back, "change the choice")}
	}
	return []key.Binding{helped(k.Press, "look now"), k.Back}
}

func (v *nodeProbeView) help() []keyGroup {
	k := v.app.keys
	return []keyGroup{{"Node", append(v.hints(), helped(k.Probe, "look now"))}, k.moving()}
}
