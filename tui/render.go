package tui

import (
	"fmt"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
)

// The smallest screen that kiln draws on.
const (
	leastWidth  = 40
	leastHeight = 12
)

func (a *App) tooSmall() bool { return a.width < leastWidth || a.height < leastHeight }

// View draws the screen: header, view, status line, footer. It runs after
// every message, so whatever is costly to draw is kept by the view itself.
func (a *App) View() tea.View {
	v := tea.NewView("")
	v.AltScreen = true
	if a.opts.Mouse {
		v.MouseMode = tea.MouseModeCellMotion
	}
	v.WindowTitle = strings.TrimSuffix("kiln · "+cleanOr(a.contextName), " · ")
	switch {
	case a.width == 0:
	case a.tooSmall():
		text := fmt.Sprintf("kiln needs %d×%d cells,\nhere are %d×%d", leastWidth, leastHeight, a.width, a.height)
		text = strings.Join(wrap(text, a.width), "\n")
		v.SetContent(lipgloss.Place(a.width, a.height, lipgloss.Center, lipgloss.Center, text))
	default:
		v.SetContent(a.screen())
		v.Cursor = a.cursor()
	}
	return v
}

func (a *App) screen() string {
	lines := a.header()
	height := a.height - len(lines) - 2
	if a.help != nil {
		lines = append(lines, fill(a.help.render(a.width, height), height)...)
	} else {
		lines = append(lines, fill(a.top().render(a.width, height), height)...)
	}
	lines = append(lines, a.statusLine(), a.footer())
	content := strings.Join(lines, "\n")
	if a.dialog == nil {
		return content
	}
	box := a.dialog.render(a.width, a.height)
	x, y := a.dialog.place(box, a.width, a.height)
	return lipgloss.NewCompositor(
		lipgloss.NewLayer(content),
		lipgloss.NewLayer(box).X(x).Y(y).Z(1),
	).Render()
}

// statusLine shows the latest message, or the error that stays before it, else
// what the view has to say.
func (a *App) statusLine() string {
	if m := a.messages.current(); m != nil {
		style, glyph := a.styles.text, "ℹ"
		switch m.level {
		case warning:
			style, glyph = a.styles.warning, "!"
		case failure:
			style, glyph = a.styles.alarm, "✗"
		}
		more := ""
		if n := a.messages.newer(); n > 0 {
			more = fmt.Sprintf(" (%d more in :messages)", n)
		}
		text := clip(" "+glyph+" "+m.text, max(a.width-ansi.StringWidth(more), 0)) + more
		return style.Render(clip(text, a.width))
	}
	if v, ok := a.top().(searchable); ok && a.help == nil && v.matches(a.keys) != "" {
		return a.styles.muted.Render(clip(" "+v.matches(a.keys), a.width))
	}
	if v, ok := a.top().(statusView); ok && a.help == nil {
		return v.status(a.width)
	}
	return ""
}

// footer is the prompt, or crumbs and the keys that matter here.
func (a *App) footer() string {
	if a.prompt != nil {
		return a.prompt.render(a.width)
	}
	crumbs := a.crumbs()
	room := a.width - lipgloss.Width(crumbs) - 2
	return crumbs + "  " + a.hintLine(room)
}

func (a *App) crumbs() string {
	top := a.styles.badge.Render(" " + clip(a.top().title(), max(a.width/3, 16)) + " ")
	if a.width < 60 {
		return top
	}
	var b strings.Builder
	for _, v := range a.views[:len(a.views)-1] {
		b.WriteString(a.styles.muted.Render(v.title()) + a.styles.faint.Render(" › "))
	}
	return b.String() + top
}

// hintLine fits as many hints as there is room for, "? help" always among them.
func (a *App) hintLine(room int) string {
	s := a.styles
	last := s.accent.Render(shownKey(a.keys.Help)) + s.muted.Render(" help")
	line := ""
	if a.help == nil {
		for _, k := range a.hints() {
			if !k.Enabled() {
				continue
			}
			hint := s.accent.Render(shownKey(k)) + s.muted.Render(" "+k.Help().Desc) + "  "
			if lipgloss.Width(line+hint+last) > room {
				break
			}
			line += hint
		}
	}
	return clip(line+last, room)
}

// hints are the view's, less those of keys that need a row where there is none.
func (a *App) hints() []key.Binding {
	hints := a.top().hints()
	if list, ok := a.top().(listView); !ok || list.rowCount() > 0 {
		return hints
	}
	rowless := append(a.keys.rowless(), a.keys.global().keys...)
	return slices.DeleteFunc(hints, func(k key.Binding) bool {
		return !slices.ContainsFunc(rowless, func(other key.Binding) bool { return slices.Equal(k.Keys(), other.Keys()) })
	})
}

// cursor is the terminal's own, where text is typed.
func (a *App) cursor() *tea.Cursor {
	switch {
	case a.dialog != nil:
		return a.dialog.cursor(a.width, a.height)
	case a.prompt != nil:
		c := a.prompt.input.Cursor()
		if c != nil {
			c.Y = a.height - 1
		}
		return c
	case a.typing() != nil:
		c := a.typing().cursor()
		if c != nil {
			c.Y += len(a.header())
		}
		return c
	}
	return nil
}
