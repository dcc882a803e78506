package tui

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/duration"

	"kiln/kube"
	"kiln/scanners"
)

func (v *describeView) render(width, height int) []string {
	if v.pager.outdated(v.app, width, v.version) {
		v.pager.setLines(indent(v.draw(min(width-5, 120)), 2))
	}
	return v.pager.render(v.app.styles, width, height)
}

func (v *describeView) draw(width int) []string {
	s := v.app.styles
	lines := wrapStyled(s.bold, kube.Clean(v.ref.String()), width)
	switch {
	case v.problem != "":
		return append(append(lines, ""), wrapStyled(s.warning, v.problem, width)...)
	case v.about == nil:
		return append(lines, "", s.muted.Render("reading …"))
	}
	d := v.about
	lines = append(lines, "")
	lines = append(lines, drawFacts(s, [][2]string{
		{"Age", v.age(d.created)}, {"Controlled by", d.controller}, {"Owner", d.owner.String()},
		{"Labels", pairs(d.labels)}, {"Annotations", pairs(d.annotations)},
	}, width)...)
	lines = append(lines, v.drawFindings(width)...)
	if len(d.containers) > 0 {
		lines = append(lines, sectionLines(s, "Pod", width)...)
		lines = append(lines, drawFacts(s, d.pod, width)...)
		for _, c := range d.containers {
			lines = append(lines, drawContainer(s, c, width)...)
		}
	}
	if len(d.conditions) > 0 {
		lines = append(lines, sectionLines(s, "Conditions", width)...)
		lines = append(lines, drawFacts(s, d.conditions, width)...)
	}
	return append(lines, v.drawEvents(width)...)
}

func (v *describeView) age(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return duration.HumanDuration(v.app.now().Sub(at))
}

// pairs lists labels as kubectl writes them. Long values are cut.
func pairs(m map[string]string) string {
	const longest = 80
	var all []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		all = append(all, k+"="+clip(kube.Clean(m[k]), longest))
	}
	return strings.Join(all, ", ")
}

func drawContainer(s *styles, c containerFacts, width int) []string {
	head := strings.TrimSpace(c.kind + " container " + c.name)
	lines := []string{"", s.bold.Render(clip(kube.Clean(head), width))}
	security := c.security
	if security == "" {
		security = "none set"
	}
	return append(lines, drawFacts(s, [][2]string{{"image", c.image}, {"state", c.state}, {"security", security}}, width)...)
}

// drawFindings lists what is wrong with the object.
func (v *describeView) drawFindings(width int) []string {
	s := v.app.styles
	var found []*scanners.Finding
	if v.app.snapshot != nil {
		for _, f := range v.app.snapshot.findings {
			if f.Object == v.ref {
				found = append(found, f)
			}
		}
	}
	if len(found) == 0 {
		return nil
	}
	lines := sectionLines(s, plural(len(found), "finding"), width)
	for _, f := range found {
		lines = append(lines, clip(fit(s.severityText(f.Severity), 12)+s.muted.Render(f.Check+"  ")+s.text.Render(kube.Clean(f.Message)), width))
	}
	return append(lines, s.accent.Render(shownKey(v.app.keys.Related))+s.muted.Render(" lists them"))
}

func (v *describeView) drawEvents(width int) []string {
	s, d := v.app.styles, v.about
	lines := sectionLines(s, "Events", width)
	switch {
	case d.eventProblem != "":
		return append(lines, wrapStyled(s.warning, "not known: "+d.eventProblem, width)...)
	case len(d.events) == 0:
		return append(lines, s.muted.Render("none of late"))
	}
	for _, e := range d.events {
		style := s.text
		sign := " "
		if e.warning {
			style, sign = s.warning, "!"
		}
		text := e.reason + ": " + e.message
		if e.count > 1 {
			text += fmt.Sprintf(" (%d times)", e.count)
		}
		for i, part := range wrap(kube.Clean(text), width-8) {
			age := ""
			if i == 0 {
				age = v.age(e.at)
			}
			lines = append(lines, s.muted.Render(fit(age, 6))+style.Render(sign+" "+part))
			sign = " "
		}
	}
	return lines
}
