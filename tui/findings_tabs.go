package tui

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"kiln/scanners"
)

// tabRegion remembers where each tab was drawn, for the mouse.
type tabRegion []struct {
	layer    scanners.Layer
	from, to int
}

func (r tabRegion) at(x int) (scanners.Layer, bool) {
	for _, t := range r {
		if x >= t.from && x < t.to {
			return t.layer, true
		}
	}
	return "", false
}

// tabs draws a tab per layer with its count, and what narrows the list.
func (v *findingsView) tabs(width int) string {
	s := v.app.styles
	line, x := "", 0
	v.tabRegion = v.tabRegion[:0]
	for _, layer := range append([]scanners.Layer{""}, scanners.Layers()...) {
		label := v.tabLabel(layer, width)
		style, count := s.muted, s.faint
		if layer == v.query.layer {
			style, count = s.badge, s.badge
		}
		tab := style.Render(" "+label) + count.Render(v.tabCount(layer, width)+" ")
		w := ansi.StringWidth(tab)
		v.tabRegion = append(v.tabRegion, struct {
			layer    scanners.Layer
			from, to int
		}{layer, x, x + w})
		line, x = line+tab, x+w
	}
	narrowed := strings.Join(v.narrowings(), " · ")
	if narrowed == "" {
		return clip(line, width)
	}
	return spread(line, s.warning.Render(" "+clip(narrowed, max(width-x-2, width/3))+" "), width)
}

func (v *findingsView) tabLabel(layer scanners.Layer, width int) string {
	switch {
	case layer == "":
		return "all"
	case width < 72:
		return string(layer)[:3]
	}
	return string(layer)
}

// tabCount is how many findings the tab has.
func (v *findingsView) tabCount(layer scanners.Layer, width int) string {
	if v.arrangedOf == nil || width < 60 {
		return ""
	}
	n := v.arranged.counts[layer]
	if width < 110 && n > 9999 {
		return fmt.Sprintf(" %dk", n/1000)
	}
	return " " + groupDigits(n)
}
