package tui

import (
	"fmt"
	"strings"

	"charm.land/bubbles/v2/key"

	"kiln/kube"
)

// heading says what it is about.
func (v *debugView) heading() string {
	pod := v.pods[0]
	if v.form != nil {
		pod = v.form.value(debugPod)
	}
	what := "Look into"
	if v.probe {
		what = "Probe"
	}
	text := what + " Pod/" + kube.Clean(pod) + " in " + kube.Clean(v.namespace)
	if len(v.pods) > 1 {
		text += fmt.Sprintf(" (one of %d)", len(v.pods))
	}
	return text
}

func (v *debugView) render(width, height int) []string {
	if v.editing {
		return v.renderChoice(width, height)
	}
	s := v.app.styles
	room := min(width-4, 110)
	var lines []string
	add := func(all ...string) { lines = append(lines, indent(all, 2)...) }
	add("", s.bold.Render(clip(v.heading(), room)))
	if v.form != nil {
		add(s.muted.Render(clip("profile "+v.form.value(debugProfile)+", container "+kube.Clean(v.form.value(debugContainer)), room)), "")
	}
	switch {
	case v.starting:
		add(wrapStyled(s.text, fmt.Sprint(v.progress.Load()), room)...)
		add("", s.muted.Render("esc gives up"))
	case v.problem != "":
		add(wrapStyled(s.warning, v.problem, room)...)
		add("", s.muted.Render("esc changes the choice"))
	case v.form == nil:
		add(s.muted.Render("reading the pod …"))
	case v.preview == nil:
		add(s.muted.Render("asking the server …"))
	default:
		add(wrapStyled(s.text, v.promise(), room)...)
		add("", s.accent.Render("enter")+s.text.Render(" adds it"+map[bool]string{true: " and looks", false: " and opens a shell"}[v.probe]), "")
		for _, line := range splitLines(strings.TrimRight(v.preview.yaml, "\n")) {
			add(s.text.Render(clip(line, room)))
		}
	}
	v.pager.setLines(lines)
	return v.pager.render(s, width, height)
}

// promise says what is going to happen.
func (v *debugView) promise() string {
	until := v.preview.plan.Until.Local().Format("15:04")
	text := "The server accepts this patch of the pod's ephemeralcontainers. It can't be undone, only ended: "
	if v.probe {
		return text + "the container looks for less than ten seconds, only reads, and ends then, at the latest at " + until + "."
	}
	return text + "the container ends with its shell, at the latest at " + until + "."
}

// hints name what the shared keys do here.
func (v *debugView) hints() []key.Binding {
	k := v.app.keys
	if v.editing {
		return []key.Binding{helped(k.Press, "ask the server"), k.Back}
	}
	switch {
	case v.starting:
		return []key.Binding{helped(k.Back, "give up")}
	case v.preview == nil:
		return []key.Binding{helped(k.Back, "change the choice")}
	}
	return []key.Binding{helped(k.Press, "add it"), helped(k.Back, "change the choice")}
}

func (v *debugView) help() []keyGroup {
	return []keyGroup{{"Debug", v.hints()}, v.app.keys.moving()}
}
