package tui

import (
	"fmt"
	"strings"
	"time"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"kiln/kube"
	"kiln/scanners"
)

// header is one or two lines: where we are, always; and how it stands.
func (a *App) header() []string {
	lines := []string{a.identity()}
	if a.bigHeader && a.height >= 16 {
		lines = append(lines, a.standing(), "")
	}
	return lines
}

// identity says which cluster this is and who we are there. In production
// the whole line is an alarm. On a narrow screen the marks at both ends are cut
// short before the name is.
func (a *App) identity() string {
	s := a.styles
	name := " " + cleanOr(a.contextName, "no context")
	badge, main, rest, fill := s.badge, s.bold, s.muted, lipgloss.NewStyle()
	if a.inProduction() {
		badge, main, rest, fill = s.banner, s.banner, s.banner.Bold(false), s.banner
	}
	left, right, room := "", "", 0
	for _, marks := range []struct {
		badge string
		brief bool
	}{{a.badge("PRODUCTION"), false}, {a.badge("PRODUCTION"), true}, {a.badge("PROD"), true}} {
		left, right = badge.Render(marks.badge), a.liveMark(fill, marks.brief)+a.mode(fill)
		room = a.width - ansi.StringWidth(left) - ansi.StringWidth(right) - 1
		if ansi.StringWidth(name) <= room {
			break
		}
	}
	left += main.Render(clipMiddle(name, room))
	used := min(ansi.StringWidth(name), room)
	for _, part := range a.connection() {
		if used+3+ansi.StringWidth(part) > room {
			continue
		}
		left += rest.Render(" · " + part)
		used += 3 + ansi.StringWidth(part)
	}
	return left + fill.Render(strings.Repeat(" ", max(room-used, 0)+1)) + right
}

// badge is the mark at the left.
func (a *App) badge(production string) string {
	if a.inProduction() {
		return " ▲ " + production + " "
	}
	return " kiln "
}

// connection lists what is known of the other end, the most important first.
func (a *App) connection() []string {
	if a.session == nil {
		switch {
		case a.connectErr == "" || a.attempts.underWay:
			return []string{"connecting"}
		case a.attempts.next.IsZero():
			return []string{"not connected"}
		}
		return []string{"not connected", "again at " + a.attempts.next.Local().Format(time.TimeOnly)}
	}
	c := a.session.cluster
	server := strings.TrimPrefix(c.Server, "https://")
	var parts []string
	for _, p := range []string{server, c.User, c.Version} {
		if p = kube.Clean(p); p != "" {
			parts = append(parts, p)
		}
	}
	return parts
}

// mode is the mark at the right: whether kiln may change anything.
func (a *App) mode(fill lipgloss.Style) string {
	switch {
	case a.inProduction() && a.readOnly:
		return fill.Render("READ-ONLY ")
	case a.inProduction():
		return fill.Render("WRITABLE ")
	case a.readOnly:
		return a.styles.good.Bold(true).Render("READ-ONLY ")
	}
	return a.styles.faint.Render("writable ")
}

// standing is the score per layer, and the scan's progress.
func (a *App) standing() string {
	right := a.progress() + " "
	room := a.width - ansi.StringWidth(right) - 2
	line := ""
	for _, form := range []scoreForm{{7, 6, "%"}, {7, 0, "%"}, {7, 0, ""}, {3, 0, ""}} {
		line = a.scores(form)
		if ansi.StringWidth(line) <= room {
			break
		}
	}
	return spread(" "+line, right, a.width)
}

// scoreForm is how much is shown of each layer's score: how many letters of
// its name, a bar of how many cells, and the unit.
type scoreForm struct {
	name, bar int
	unit      string
}

// scores draws every layer.
func (a *App) scores(form scoreForm) string {
	s := a.styles
	var parts []string
	for _, layer := range scanners.Layers() {
		name := string(layer)
		percent := a.score(layer)
		part := s.muted.Render(name[:min(len(name), form.name)] + " ")
		if percent == nil {
			part += s.faint.Render(strings.Repeat("─", form.bar) + strings.Repeat(" ", min(form.bar, 1)) + "–")
		} else {
			part += s.scoreBar(*percent, form.bar) + s.scoreStyle(*percent).Render(fmt.Sprint(*percent, form.unit))
		}
		parts = append(parts, part)
	}
	gap := " "
	if form.name > 3 {
		gap = "  "
	}
	return strings.Join(parts, gap)
}

// score is a layer's, once all of its checks are judged; nil before, and
// where none could be.
func (a *App) score(layer scanners.Layer) *int {
	if a.snapshot == nil || a.snapshot.judged[layer] < a.checkCount(layer) {
		return nil
	}
	return a.snapshot.scores[layer].Percent
}

func (a *App) checkCount(layer scanners.Layer) int {
	n := 0
	for _, c := range a.opts.Checks {
		if c.Layer == layer {
			n++
		}
	}
	return n
}

func (s *styles) scoreStyle(percent int) lipgloss.Style {
	switch {
	case percent >= 80:
		return s.good
	case percent >= 50:
		return s.warning
	}
	return s.alarm
}

func (s *styles) scoreBar(percent, width int) string {
	if width == 0 {
		return ""
	}
	full := (percent*width + 50) / 100
	return s.scoreStyle(percent).Render(strings.Repeat("━", full)) + s.faint.Render(strings.Repeat("─", width-full)) + " "
}

// progress says what runs, or what the last scan has seen.
func (a *App) progress() string {
	s := a.styles
	if a.scan.running {
		text := "scanning"
		if a.snapshot != nil && !a.snapshot.complete {
			p := a.snapshot.progress
			text = fmt.Sprintf("scanning %d/%d", p.Done, p.Total)
			if a.width >= 120 && p.Resource != "" {
				resource, _, _ := strings.Cut(string(p.Resource), ".")
				text += " " + resource + " " + groupDigits(p.Count)
			}
		}
		return a.spinner.View() + " " + s.muted.Render(text)
	}
	if doing := a.doing(); doing != "" {
		return a.spinner.View() + " " + s.muted.Render(clip(doing, max(a.width/2, 16)))
	}
	if a.snapshot == nil {
		return ""
	}
	text := s.muted.Render(plural(a.snapshot.objects, "object"))
	switch unknown := a.unknownChecks(); {
	case unknown > 0 && a.width < 110:
		return s.warning.Render(groupDigits(unknown) + " unknown")
	case unknown > 0:
		return s.warning.Render(plural(unknown, "check")+" unknown") + s.faint.Render(" · ") + text
	}
	return text
}

func (a *App) unknownChecks() int {
	n := 0
	for _, score := range a.snapshot.scores {
		n += score.Unknown
	}
	return n
}
