package tui

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"kiln/kube"
	"kiln/scanners"
)

func (v *findingView) render(width, height int) []string {
	if v.pager.outdated(v.app, width, v.version) {
		v.pager.setLines(indent(v.draw(min(width-5, 120)), 2))
	}
	return v.pager.render(v.app.styles, width, height)
}

func (v *findingView) draw(width int) []string {
	f, s := v.finding, v.app.styles
	check := v.app.check(f.Check)
	lines := []string{s.severityText(f.Severity) + "  " + s.muted.Render(f.Check)}
	lines = append(lines, wrapStyled(s.bold, check.Title, width)...)
	if v.gone {
		lines = append(lines, s.good.Render("✓ the latest scan doesn't find this any more"))
	}
	if f.Accepted != nil {
		style := s.muted
		if f.Accepted.Expired {
			style = s.warning
		}
		lines = append(lines, wrapStyled(style, acceptanceText(f.Accepted)+" ("+f.Accepted.From+")", width)...)
	}
	if err := v.acceptanceProblem(); err != nil {
		lines = append(lines, wrapStyled(s.warning, "its annotation "+scanners.AcceptAnnotation(f.Check)+" accepts nothing: "+kube.Clean(err.Error()), width)...)
	}
	lines = append(lines, "")
	lines = append(lines, wrapStyled(s.text, kube.Clean(f.Message), min(width, readingWidth))...)
	lines = append(lines, "")
	lines = append(lines, v.facts(width)...)
	lines = append(lines, v.section("Evidence", width)...)
	lines = append(lines, v.evidence(width)...)
	lines = append(lines, v.section("Fix", width)...)
	lines = append(lines, v.fix(min(width, readingWidth))...)
	lines = append(lines, v.section("Lesson", width)...)
	return append(lines, renderMarkdown(s, lessonText(check), min(width, readingWidth))...)
}

// acceptanceProblem says why the object's annotation doesn't accept the finding.
func (v *findingView) acceptanceProblem() error {
	var object metav1.PartialObjectMetadata
	if err := yaml.Unmarshal([]byte(v.object.yaml), &object); err != nil {
		return nil // what is masked in it may have made it another YAML
	}
	return scanners.AnnotationProblem(v.finding.Check, object.Annotations)
}

// section is a heading with a rule to the right, and room around.
func (v *findingView) section(name string, width int) []string {
	return sectionLines(v.app.styles, name, width)
}

func sectionLines(s *styles, name string, width int) []string {
	rule := s.faint.Render(strings.Repeat("─", max(width-len(name)-1, 0)))
	return []string{"", s.heading.Render(name) + " " + rule, ""}
}

// facts are the finding's fields.
func (v *findingView) facts(width int) []string {
	f, owner := v.finding, ""
	if f.Owner != nil {
		owner = f.Owner.String()
		if f.Owner.Reconciles() {
			owner += " (will put its own values back)"
		}
	}
	return drawFacts(v.app.styles, [][2]string{
		{"Object", f.Object.Kind + "/" + f.Object.Name}, {"Namespace", f.Object.Namespace}, {"Container", f.Container},
		{"Field", f.Path}, {"Owner", owner}, {"References", strings.Join(f.Refs, ", ")},
	}, width)
}

// evidenceContext is how many lines are shown around the field at fault.
const evidenceContext = 6

func (v *findingView) evidence(width int) []string {
	s := v.app.styles
	switch {
	case v.object.problem != "":
		return wrapStyled(s.warning, "The object can't be read: "+v.object.problem, width)
	case v.object.yaml == "" && v.app.session == nil:
		return []string{s.muted.Render("not connected")}
	case v.object.yaml == "":
		return []string{s.muted.Render("reading …")}
	}
	lines := splitLines(strings.TrimRight(v.object.yaml, "\n"))
	from, to := kube.LinesOf(v.object.yaml, v.finding.Path)
	hit := lineRange{from, to}
	shown := drawYAML(s, lines, around(hit, evidenceContext, len(lines)), hit, width)
	if v.finding.Path == "" {
		shown = drawYAML(s, lines, lineRange{0, min(len(lines), 2*evidenceContext)}, lineRange{}, width)
	}
	return append(shown, s.faint.Render(ansi.Truncate("  "+shownKey(v.app.keys.YAML)+" shows the whole object", width, "")))
}

// fix says what kiln can do about it.
func (v *findingView) fix(width int) []string {
	f, s := v.finding, v.app.styles
	if v.gone {
		return []string{s.good.Render("Nothing is left to fix.")}
	}
	lead := map[scanners.FixKind]string{
		scanners.Safe:   "Safe: it doesn't break a workload by itself.",
		scanners.Guided: "Guided: it may break something, so look at the preview.",
		scanners.Manual: "Manual: there are steps for a person to take: " + shownKey(v.app.keys.Fix) + " shows them, with the real names.",
	}[f.Fix]
	lines := wrapStyled(s.text, lead, width)
	if f.Fix == scanners.Manual {
		return lines
	}
	if v.plan.problem != "" {
		lines = append(lines, wrapStyled(s.warning, "kiln can't do this one: "+v.plan.problem, width)...)
		return append(lines, wrapStyled(s.text, v.plan.steps, width)...)
	}
	if v.plan.title == "" {
		return lines
	}
	lines = append(lines, wrapStyled(s.bold, kube.Clean(v.plan.title), width)...)
	for _, t := range v.plan.targets {
		lines = append(lines, s.text.Render(clip("• changes "+kube.Clean(t), width)))
	}
	for _, note := range v.plan.notes {
		lines = append(lines, hang(s.muted.Render("• "), 2, wrapStyled(s.muted, kube.Clean(note), width-2))...)
	}
	for _, question := range v.plan.asked {
		lines = append(lines, hang(s.muted.Render("? "), 2, wrapStyled(s.muted, kube.Clean(question), width-2))...)
	}
	if len(v.plan.denied) > 0 {
		lines = append(lines, hang(s.alarm.Render("✗ "), 2, wrapStyled(s.alarm, "You may not do this: "+strings.Join(v.plan.denied, "; "), width-2))...)
		return append(lines, s.accent.Render(shownKey(v.app.keys.Fix))+s.muted.Render(" shows it anyway; somebody else has to apply it"))
	}
	return append(lines, s.accent.Render(shownKey(v.app.keys.Fix))+s.muted.Render(" shows the change before anything is written"))
}
