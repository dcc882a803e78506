package tui

import (
	"fmt"

	"charm.land/bubbles/v2/key"

	"kiln/kube"
)

func (v *logsView) render(width, height int) []string {
	s := v.app.styles
	head := " " + s.bold.Render(clip(kube.Clean(v.heading()), width-2))
	atEnd := v.pager.drawn.of == nil || v.pager.port.AtBottom()
	if v.pager.outdated(v.app, width, v.version) {
		v.pager.setLines(v.draw(width))
		v.pager.port.SetWidth(width - 1)
		v.pager.port.SetHeight(height - 1)
		if atEnd {
			v.pager.toBottom()
		}
	}
	return append([]string{head}, v.pager.render(s, width, height-1)...)
}

// heading names the container, and which of how many it is.
func (v *logsView) heading() string {
	text := v.pods[v.pod]
	if len(v.containers) > 0 {
		text = v.source().String()
	}
	if v.previous {
		text += " · previous"
	}
	if len(v.pods) > 1 {
		text += fmt.Sprintf(" · pod %d of %d", v.pod+1, len(v.pods))
	}
	if len(v.containers) > 1 {
		text += fmt.Sprintf(" · container %d of %d", v.container+1, len(v.containers))
	}
	return text
}

func (v *logsView) draw(width int) []string {
	s := v.app.styles
	var lines []string
	for _, line := range v.lines {
		if v.filter.isEmpty() || v.filter.matches([]byte(line)) {
			lines = append(lines, " "+s.text.Render(line))
		}
	}
	switch {
	case v.problem != "":
		lines = append(lines, indent(wrapStyled(s.warning, v.problem, width-3), 1)...)
	case v.ended:
		lines = append(lines, " "+s.faint.Render("the log ends here"))
	case len(lines) == 0:
		lines = append(lines, " "+s.muted.Render("waiting for lines …"))
	}
	return lines
}

func (v *logsView) hints() []key.Binding {
	k := v.app.keys
	return []key.Binding{k.NextContainer, k.NextPod, k.PreviousLogs, k.Filter, k.Back}
}

func (v *logsView) help() []keyGroup {
	k := v.app.keys
	return []keyGroup{{"Logs", []key.Binding{k.NextContainer, k.NextPod, k.PreviousLogs, k.Filter, k.Copy, k.Left, k.Right}}, k.moving()}
}

// status says whether the log goes on.
func (v *logsView) status(width int) string {
	text := " following"
	if v.ended || v.problem != "" {
		text = " ended"
	} else if !v.pager.port.AtBottom() {
		text = " following; " + shownKey(v.app.keys.Bottom) + " goes to the end"
	}
	return v.app.styles.muted.Render(clip(text, width))
}
