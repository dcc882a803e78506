package tui

import (
	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/viewport"
	tea "charm.land/bubbletea/v2"
)

// pager scrolls through lines that are already styled.
type pager struct {
	port    viewport.Model
	content []string
	// at is the first line shown. A screen that is higher for once doesn't
	// lose it.
	at     int
	search search
	drawn  drawnFor
}

// drawnFor is what the lines were drawn for: they are kept until it changes.
type drawnFor struct {
	width int
	theme string
	of    any
}

// outdated says whether the lines have to be drawn anew: for another width or
// theme, or of something that has changed. Who asks does so.
func (p *pager) outdated(a *App, width int, of any) bool {
	before := p.drawn
	p.drawn = drawnFor{width, a.theme.Name, of}
	return p.drawn != before
}

func newPager() pager {
	port := viewport.New()
	port.KeyMap = viewport.KeyMap{} // the keys are kiln's own
	port.FillHeight = true
	return pager{port: port}
}

// setLines replaces the content; the position stays.
func (p *pager) setLines(lines []string) {
	p.content = lines
	p.search.places = p.search.find(lines)
	p.search.at = min(p.search.at, max(len(p.search.places)-1, 0))
	p.draw()
}

// draw hands the content on, with what is looked for.
func (p *pager) draw() { p.port.SetContentLines(p.search.highlight(p.content)) }

func (p *pager) toTop() { p.toLine(0) }

func (p *pager) toBottom() { p.toLine(len(p.content)) }

// toLine shows a line as the first, as far as there are lines below it.
func (p *pager) toLine(line int) {
	p.port.SetYOffset(line)
	p.at = p.port.YOffset()
}

// onKey scrolls, and says whether the key was one for that.
func (p *pager) onKey(msg tea.KeyPressMsg, keys *keyMap) bool {
	switch {
	case key.Matches(msg, keys.Up):
		p.port.ScrollUp(1)
	case key.Matches(msg, keys.Down):
		p.port.ScrollDown(1)
	case key.Matches(msg, keys.PageUp):
		p.port.PageUp()
	case key.Matches(msg, keys.PageDown):
		p.port.PageDown()
	case key.Matches(msg, keys.Top):
		p.port.GotoTop()
	case key.Matches(msg, keys.Bottom):
		p.port.GotoBottom()
	case p.search.regex != nil && key.Matches(msg, keys.NextMatch):
		p.step(1)
	case p.search.regex != nil && key.Matches(msg, keys.PreviousMatch):
		p.step(-1)
	case key.Matches(msg, keys.Left):
		p.port.ScrollLeft(8)
	case key.Matches(msg, keys.Right):
		p.port.ScrollRight(8)
	default:
		return false
	}
	p.at = p.port.YOffset()
	return true
}

func (p *pager) onWheel(msg tea.MouseWheelMsg) {
	switch msg.Button {
	case tea.MouseWheelUp:
		p.port.ScrollUp(3)
	case tea.MouseWheelDown:
		p.port.ScrollDown(3)
	}
	p.at = p.port.YOffset()
}

// render draws height lines, with how far one has come at the right edge.
func (p *pager) render(s *styles, width, height int) []string {
	p.port.SetWidth(width - 1)
	p.port.SetHeight(height)
	p.port.SetYOffset(p.at)
	lines := fill(splitLines(p.port.View()), height)
	if len(p.content) <= height {
		return lines
	}
	size := max(1, height*height/len(p.content))
	start := p.port.YOffset() * (height - size) / max(len(p.content)-height, 1)
	for i := range lines {
		bar := s.faint.Render("│")
		if i >= start && i < start+size {
			bar = s.muted.Render("┃")
		}
		lines[i] = fit(lines[i], width-1) + bar
	}
	return lines
}
