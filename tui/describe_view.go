package tui

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"k8s.io/apimachinery/pkg/util/duration"

	"kiln/kube"
	"kiln/scanners"
)

// describeView tells of one object: what it may do, how it is, what happened
// to it, and what kiln finds wrong with it.
type describeView struct {
	app     *App
	ref     kube.Ref
	about   *description
	problem string
	pager
	drawn   drawnFor
	version int
}

func (a *App) openDescription(ref kube.Ref) tea.Cmd {
	v := &describeView{app: a, ref: ref, pager: newPager()}
	a.push(v)
	return v.start()
}

func (v *describeView) title() string { return "describe" }

// describedMsg brings a description, or why there is none.
type describedMsg struct {
	about   description
	problem string
}

func (v *describeView) start() tea.Cmd {
	session, ref := v.app.session, v.ref
	if session == nil {
		return nil
	}
	return v.app.start(v, "reading the object", func(ctx context.Context) tea.Msg {
		about, err := session.describe(ctx, ref)
		if err != nil {
			return describedMsg{problem: kube.Explain(err)}
		}
		return describedMsg{about: about}
	})
}

func (v *describeView) concernedBy(d *delta) bool { return d.concerns(v.ref) }

// onSnapshot reads the object again: it may have changed as well.
func (v *describeView) onSnapshot() tea.Cmd {
	v.version++
	if !v.app.snapshot.complete {
		return nil
	}
	return v.start()
}

func (v *describeView) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case describedMsg:
		v.problem, v.about = msg.problem, nil
		if msg.problem == "" {
			v.about = &msg.about
		}
		v.version++
	case tea.MouseWheelMsg:
		v.pager.onWheel(msg)
	case tea.KeyPressMsg:
		if !v.pager.onKey(msg, v.app.keys) && !key.Matches(msg, v.app.keys.Describe) {
			cmd, _ := v.app.drill(msg, v.target())
			return cmd
		}
	}
	return nil
}

func (v *describeView) target() *target {
	t := target{ref: v.ref}
	if v.about != nil {
		t.owner = &v.about.owner
	}
	return &t
}

func (v *describeView) render(width, height int) []string {
	if now := (drawnFor{width, v.app.theme.Name, v.version}); now != v.drawn {
		v.pager.setLines(indent(v.draw(min(width-5, 120)), 2))
		v.drawn = now
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

// drawFacts draws names and values in two columns; empty ones are left out.
func drawFacts(s *styles, facts [][2]string, width int) []string {
	names := 12
	for _, fact := range facts {
		if fact[1] != "" {
			names = max(names, min(len(fact[0])+2, width/3))
		}
	}
	var lines []string
	for _, fact := range facts {
		if fact[1] == "" {
			continue
		}
		label := kube.Clean(fact[0])
		for _, part := range wrap(kube.Clean(fact[1]), width-names) {
			lines = append(lines, s.muted.Render(fit(label, names))+s.text.Render(part))
			label = ""
		}
	}
	return lines
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
	return append(lines, s.accent.Render("o")+s.muted.Render(" lists them"))
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

func (v *describeView) hints() []key.Binding {
	k := v.app.keys
	return []key.Binding{k.YAML, k.Logs, k.ControlledBy, k.Related, k.Back}
}

func (v *describeView) help() []keyGroup {
	k := v.app.keys
	return []keyGroup{without(k.drilling(), k.Describe), k.reading()}
}
