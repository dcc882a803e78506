package tui

import (
	"fmt"
	"slices"
	"strings"

	"kiln/kube"
	"kiln/scanners"
)

// section is the heading of a part of the page.
func (v *postureView) section(name string, width int) []postureLine {
	s := v.app.styles
	rule := strings.Repeat("─", max(width-len(name)-1, 0))
	return []postureLine{{}, {left: []cell{{name + " ", s.heading}, {rule, s.faint}}}, {}}
}

// remark is a line that only tells something.
func remark(c cell) postureLine { return postureLine{left: []cell{c}} }

func (v *postureView) drawScores(width int) []postureLine {
	s := v.app.styles
	lines := v.section("Scores", width)
	for _, layer := range scanners.Layers() {
		line := postureLine{left: []cell{{fit(string(layer), 9), s.text}}, leads: &lead{
			id: "layer/" + string(layer), name: string(layer),
			only: func(f *scanners.Finding) bool { return !f.System && f.Layer == layer },
		}}
		bar := max(width-9-5-30, 6)
		if percent := v.app.score(layer); percent == nil {
			line.left = append(line.left, cell{strings.Repeat("─", bar) + "    – ", s.faint})
		} else {
			full := (*percent*bar + 50) / 100
			line.left = append(line.left, cell{strings.Repeat("━", full), s.scoreStyle(*percent)},
				cell{strings.Repeat("─", bar-full), s.faint}, cell{" " + padLeft(fmt.Sprint(*percent), 3) + " ", s.scoreStyle(*percent)})
		}
		score := v.app.snapshot.scores[layer]
		detail := plural(score.Findings, "finding")
		if score.Unknown > 0 {
			detail += fmt.Sprintf(", %d unknown", score.Unknown)
		}
		line.left = append(line.left, cell{" " + detail, s.muted})
		lines = append(lines, line)
	}
	return lines
}

func (v *postureView) drawSeverities(width int) []postureLine {
	s := v.app.styles
	counts := v.sum.bySeverity
	most := max(1, slices.Max(counts[:]))
	lines := v.section(plural(v.sum.todo, "finding")+" to do", width)
	for _, severity := range scanners.Severities() {
		n := counts[severity]
		full := n * max(width-12-8, 4) / most
		if n > 0 {
			full = max(full, 1)
		}
		lines = append(lines, postureLine{
			left: []cell{
				{fit(severityGlyph(severity)+" "+severity.String(), 12), s.severity[severity]},
				{padLeft(groupDigits(n), 6) + "  ", s.text}, {strings.Repeat("▇", full), s.severity[severity]},
			},
			leads: &lead{"severity/" + severity.String(), severity.String(), func(f *scanners.Finding) bool { return isToDo(f) && f.Severity == severity }},
		})
	}
	if left := len(v.of.findings) - v.sum.todo; left > 0 {
		lines = append(lines, remark(cell{fmt.Sprintf("and %s accepted, or the cluster's own", groupDigits(left)), s.faint}))
	}
	return lines
}

// drawGains says what the next three fixes would give.
func (v *postureView) drawGains(width int) []postureLine {
	s := v.app.styles
	lines := v.section("The next three", width)
	gains := v.sum.gains
	if len(gains) == 0 {
		return append(lines, remark(cell{"No fix of kiln's would raise a score.", s.muted}))
	}
	for i, g := range gains {
		id := g.check.ID
		lines = append(lines, postureLine{
			left:  []cell{{fmt.Sprintf("%d. %s: %s", i+1, id, plural(g.findings, "finding")), s.text}},
			right: []cell{{fmt.Sprintf(" %s %d → %d", g.check.Layer, g.before, g.after), s.good}},
			leads: &lead{"gain/" + id, id, func(f *scanners.Finding) bool { return !f.System && f.Check == id }},
		})
	}
	return append(lines, remark(cell{"each on top of those before it; " + shownKey(v.app.keys.Fix) + " previews the fix of all its findings", s.faint}))
}

// drawChanges says what is new since the scan before, in this session.
func (v *postureView) drawChanges(width int) []postureLine {
	s, c := v.app.styles, v.app.changes
	lines := v.section("Since the last scan", width)
	switch {
	case c == nil:
		return append(lines, remark(cell{"This was the first; " + shownKey(v.app.keys.Rescan) + " scans again.", s.muted}))
	case len(c.appeared)+len(c.gone) == 0:
		return append(lines, remark(cell{"Nothing has changed.", s.muted}))
	}
	const most = 5
	list := func(sign cell, findings []*scanners.Finding) {
		for _, f := range findings[:min(most, len(findings))] {
			ref := f.Object
			lines = append(lines, postureLine{
				left:  []cell{sign, {f.Check, s.text}, {" " + kube.Clean(ref.String()), s.muted}},
				leads: &lead{sign.text + f.ID, ref.Kind + "/" + ref.Name, func(f *scanners.Finding) bool { return f.Object == ref }},
			})
		}
		if more := len(findings) - most; more > 0 {
			lines = append(lines, remark(cell{fmt.Sprintf("%sand %s more", sign.text, groupDigits(more)), s.faint}))
		}
	}
	list(cell{"+ ", s.alarm}, c.appeared)
	list(cell{"− ", s.good}, c.gone)
	return lines
}

// drawOffenders lists what weighs most.
func (v *postureView) drawOffenders(width int) []postureLine {
	var lines []postureLine
	for by, groups := range v.sum.offenders {
		lines = append(lines, v.drawWorst(groupings()[by], groups, width)...)
	}
	return lines
}

func (v *postureView) drawWorst(by grouping, groups []group, width int) []postureLine {
	s := v.app.styles
	lines := v.section("Worst by "+strings.ToLower(by.title), width)
	for _, g := range groups {
		name := g.name
		line := postureLine{left: []cell{{kube.Clean(name), s.text}}, leads: &lead{
			by.title + "/" + name, name, func(f *scanners.Finding) bool { return isToDo(f) && by.of(f) == name },
		}}
		for _, severity := range scanners.Severities() {
			if n := g.bySeverity[severity]; n > 0 {
				line.right = append(line.right, cell{" " + severityGlyph(severity) + groupDigits(n), s.severity[severity]})
			}
		}
		lines = append(lines, line)
	}
	if len(groups) == 0 {
		lines = append(lines, remark(cell{"None.", s.good}))
	}
	return lines
}
