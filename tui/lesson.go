package tui

import (
	"fmt"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"kiln/scanners"
)

// lessonView explains a check.
type lessonView struct {
	app   *App
	check scanners.Check
	pager
}

func newLessonView(a *App, c scanners.Check) *lessonView {
	return &lessonView{app: a, check: c, pager: newPager()}
}

func (v *lessonView) title() string { return "lesson" }

func (v *lessonView) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		if !v.pager.onKey(msg, v.app.keys) && key.Matches(msg, v.app.keys.Copy) {
			return v.app.copy(v.check.ID)
		}
	case tea.MouseWheelMsg:
		v.pager.onWheel(msg)
	}
	return nil
}

// readingWidth is as wide as lines of text are pleasant to read.
const readingWidth = 96

func (v *lessonView) render(width, height int) []string {
	if v.pager.outdated(v.app, width, v.check.ID) {
		v.pager.setLines(indent(v.draw(min(width-5, readingWidth)), 2))
	}
	return v.pager.render(v.app.styles, width, height)
}

func (v *lessonView) draw(width int) []string {
	s, c := v.app.styles, v.check
	lines := []string{"", s.severityText(c.Severity) + "  " + s.muted.Render(c.ID)}
	lines = append(lines, wrapStyled(s.bold, c.Title, width)...)
	if len(c.References) > 0 {
		lines = append(lines, wrapStyled(s.muted, strings.Join(c.References, " · "), width)...)
	}
	lines = append(lines, "")
	return append(lines, renderMarkdown(s, lessonText(c), width)...)
}

// lessonText is what stands below the lesson's own title, since the check's
// stands above.
func lessonText(c scanners.Check) string {
	if c.Lesson == "" {
		return "There is no lesson for this check."
	}
	text := c.Lesson
	if strings.HasPrefix(text, "# ") {
		_, text, _ = strings.Cut(text, "\n")
	}
	return strings.TrimSpace(text)
}

func (v *lessonView) hints() []key.Binding { return []key.Binding{v.app.keys.Back, v.app.keys.Copy} }

func (v *lessonView) help() []keyGroup {
	return []keyGroup{{"Lesson", []key.Binding{v.app.keys.Copy}}, v.app.keys.reading()}
}

// lessonNames are what can be learned: the path, and each check.
func lessonNames(a *App) []string { return append([]string{"path", "path reset"}, checkIDs(a)...) }

// learn opens the guided path, the lesson of a check, or all checks to choose from.
func learn(a *App, arg string) tea.Cmd {
	name, rest, _ := strings.Cut(arg, " ")
	switch name {
	case "":
		return showRoot(newChecksView)(a, "")
	case "path":
		return openPath(a, strings.TrimSpace(rest))
	}
	for _, c := range a.opts.Checks {
		if c.ID == arg || strings.HasSuffix(c.ID, "/"+arg) {
			a.push(newLessonView(a, c))
			return nil
		}
	}
	a.flash(warning, fmt.Sprintf("no check %q: :checks lists them", arg))
	return nil
}
