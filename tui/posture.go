package tui

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"kiln/kube"
	"kiln/scanners"
)

// postureView is how the cluster stands, on one page.
type postureView struct {
	app *App
	pager
	drawn drawnFor
	// sum is the standing of a snapshot's findings; the latest one's may be
	// on its way.
	sum *standing
	of  *snapshot
}

func newPostureView(a *App) *postureView { return &postureView{app: a, pager: newPager()} }

func (v *postureView) title() string { return "posture" }

// standingMsg brings the standing of a snapshot.
type standingMsg struct {
	of  *snapshot
	sum *standing
}

func (v *postureView) onSnapshot() tea.Cmd { return v.start() }

// start sums the snapshot up, beside the screen where that takes longer.
func (v *postureView) start() tea.Cmd {
	s := v.app.snapshot
	switch {
	case s == nil:
		return nil
	case v.sum != nil && s.sameFindings(v.of):
		v.of = s
		return nil
	case len(s.findings) <= arrangeAtOnce:
		return v.update(standingMsg{s, standingOf(s)})
	}
	return v.app.start(v, "", func(context.Context) tea.Msg { return standingMsg{s, standingOf(s)} })
}

func (v *postureView) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case standingMsg:
		v.sum, v.of = msg.sum, msg.of
	case tea.KeyPressMsg:
		v.pager.onKey(msg, v.app.keys)
	case tea.MouseWheelMsg:
		v.pager.onWheel(msg)
	}
	return nil
}

func (v *postureView) render(width, height int) []string {
	if now := (drawnFor{width, v.app.theme.Name, [2]any{v.app.snapshot, v.sum}}); now != v.drawn {
		v.pager.setLines(indent(v.draw(min(width-4, 150)), 2))
		v.drawn = now
	}
	return v.pager.render(v.app.styles, width, height)
}

// twoColumns is the width from which the page has two columns.
const twoColumns = 100

func (v *postureView) draw(width int) []string {
	switch {
	case v.app.snapshot == nil:
		return []string{"", v.app.styles.muted.Render("Nothing is known of the cluster yet.")}
	case v.sum == nil:
		return []string{"", v.app.styles.muted.Render("Summing up …")}
	}
	left := [](func(int) []string){
		v.drawScores,
		v.drawSeverities,
		v.drawGains,
		v.drawChanges,
	}
	right := []func(int) []string{}
	for _, by := range []int{0, 1, 2} {
		right = append(right, func(w int) []string { return v.drawOffenders(by, w) })
	}
	stack := func(parts []func(int) []string, w int) []string {
		var lines []string
		for _, part := range parts {
			lines = append(lines, part(w)...)
		}
		return lines
	}
	if width < twoColumns {
		return stack(append(left, right...), width)
	}
	half := (width - 4) / 2
	return sideBySide(stack(left, half), stack(right, half), half)
}

// sideBySide sets two columns of lines next to each other.
func sideBySide(left, right []string, width int) []string {
	var lines []string
	for i := range max(len(left), len(right)) {
		l, r := "", ""
		if i < len(left) {
			l = left[i]
		}
		if i < len(right) {
			r = right[i]
		}
		lines = append(lines, fit(l, width)+"    "+r)
	}
	return lines
}

func (v *postureView) drawScores(width int) []string {
	s := v.app.styles
	lines := sectionLines(s, "Scores", width)
	for _, layer := range scanners.Layers() {
		line := s.text.Render(fit(string(layer), 9))
		percent := v.app.score(layer)
		bar := max(width-9-5-30, 6)
		if percent == nil {
			line += s.faint.Render(strings.Repeat("─", bar) + "    – ")
		} else {
			line += s.scoreBar(*percent, bar) + s.scoreStyle(*percent).Render(padLeft(fmt.Sprint(*percent), 3)) + " "
		}
		score := v.app.snapshot.scores[layer]
		detail := plural(score.Findings, "finding")
		if score.Unknown > 0 {
			detail += fmt.Sprintf(", %d unknown", score.Unknown)
		}
		lines = append(lines, clip(line+s.muted.Render(" "+detail), width))
	}
	return lines
}

func (v *postureView) drawSeverities(width int) []string {
	s := v.app.styles
	counts := v.sum.bySeverity
	most := max(1, slices.Max(counts[:]))
	lines := sectionLines(s, plural(v.sum.todo, "finding")+" to do", width)
	for _, severity := range scanners.Severities() {
		n := counts[severity]
		room := max(width-12-8, 4)
		full := n * room / most
		if n > 0 {
			full = max(full, 1)
		}
		bar := s.severity[severity].Render(strings.Repeat("▇", full))
		lines = append(lines, fit(s.severityText(severity), 12)+padLeft(s.text.Render(groupDigits(n)), 6)+"  "+bar)
	}
	if left := len(v.of.findings) - v.sum.todo; left > 0 {
		lines = append(lines, s.faint.Render(clip(fmt.Sprintf("and %s accepted, or the cluster's own", groupDigits(left)), width)))
	}
	return lines
}

// drawGains says what the next three fixes would give.
func (v *postureView) drawGains(width int) []string {
	s := v.app.styles
	lines := sectionLines(s, "The next three", width)
	gains := v.sum.gains
	if len(gains) == 0 {
		return append(lines, s.muted.Render("No fix of kiln's would raise a score."))
	}
	for i, g := range gains {
		right := fmt.Sprintf(" %s %d → %d", g.check.Layer, g.before, g.after)
		text := fmt.Sprintf("%d. %s: %s", i+1, g.check.ID, plural(g.findings, "finding"))
		lines = append(lines, spread(s.text.Render(clip(text, width-ansi.StringWidth(right))), s.good.Render(right), width))
	}
	return append(lines, s.faint.Render(clip(":findings, then /check:NAME lists them", width)))
}

// drawChanges says what is new since the scan before, in this session.
func (v *postureView) drawChanges(width int) []string {
	s, c := v.app.styles, v.app.changes
	lines := sectionLines(s, "Since the last scan", width)
	switch {
	case c == nil:
		return append(lines, s.muted.Render("This was the first; ctrl-r scans again."))
	case len(c.appeared)+len(c.gone) == 0:
		return append(lines, s.muted.Render("Nothing has changed."))
	}
	const most = 5
	list := func(sign string, findings []*scanners.Finding, look func(string) string) {
		for _, f := range findings[:min(most, len(findings))] {
			lines = append(lines, clip(look(sign)+" "+s.text.Render(f.Check)+" "+s.muted.Render(kube.Clean(f.Object.String())), width))
		}
		if more := len(findings) - most; more > 0 {
			lines = append(lines, s.faint.Render(fmt.Sprintf("%s and %s more", sign, groupDigits(more))))
		}
	}
	list("+", c.appeared, func(t string) string { return s.alarm.Render(t) })
	list("−", c.gone, func(t string) string { return s.good.Render(t) })
	return lines
}

// drawOffenders lists what weighs most.
func (v *postureView) drawOffenders(by, width int) []string {
	s := v.app.styles
	lines := sectionLines(s, "Worst by "+strings.ToLower(groupings()[by].title), width)
	groups := v.sum.offenders[by]
	for _, g := range groups {
		counts := ""
		for _, severity := range scanners.Severities() {
			if n := g.bySeverity[severity]; n > 0 {
				counts += " " + s.severity[severity].Render(severityGlyph(severity)+groupDigits(n))
			}
		}
		lines = append(lines, spread(s.text.Render(clip(kube.Clean(g.name), width-ansi.StringWidth(counts)-1)), counts, width))
	}
	if len(groups) == 0 {
		lines = append(lines, s.good.Render("None."))
	}
	return lines
}

func (v *postureView) hints() []key.Binding {
	k := v.app.keys
	return []key.Binding{k.Down, k.PageDown, k.Rescan, k.Command}
}

func (v *postureView) help() []keyGroup { return []keyGroup{v.app.keys.reading()} }
