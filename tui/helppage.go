package tui

import (
	"maps"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
)

// helpPage lists the keys of the view in front and every command. It is made
// from the key map and the list of commands, so it can't lag behind.
type helpPage struct {
	app   *App
	pager pager
	// commands leaves the keys out.
	commands bool
}

func newHelpPage(a *App) *helpPage { return &helpPage{app: a, pager: newPager()} }

// newCommandsPage is the help's part about commands.
func newCommandsPage(a *App) *helpPage { return &helpPage{app: a, pager: newPager(), commands: true} }

func (h *helpPage) onKey(msg tea.KeyPressMsg) tea.Cmd {
	keys := h.app.keys
	if h.pager.onKey(msg, keys) {
		return nil
	}
	if key.Matches(msg, keys.Back, keys.Help, keys.Commands, keys.Quit, keys.Open) {
		h.app.help = nil
	}
	return nil
}

func (h *helpPage) onMouse(msg tea.Msg) {
	if wheel, ok := msg.(tea.MouseWheelMsg); ok {
		h.pager.onWheel(wheel)
	}
}

func (h *helpPage) render(width, height int) []string {
	if h.pager.outdated(h.app, width, h.commands) {
		h.pager.setLines(indent(h.draw(width-3), 2))
	}
	return h.pager.render(h.app.styles, width, height)
}

func (h *helpPage) draw(width int) []string {
	lines := []string{""}
	if !h.commands {
		var blocks []string
		for _, g := range append(h.app.top().help(), h.app.keys.global()) {
			blocks = append(blocks, keyBlock(h.app.styles, g))
		}
		lines = append(lines, inColumns(blocks, width)...)
	}
	lines = append(lines, h.drawCommands(width)...)
	return append(lines, "", h.app.styles.muted.Render("kiln "+h.app.opts.Version))
}

// drawCommands lists the commands with their other names, the user's aliases,
// and that kinds are commands, too.
func (h *helpPage) drawCommands(width int) []string {
	s := h.app.styles
	lines := []string{s.heading.Render("Commands")}
	add := func(name, desc string) {
		lines = append(lines, hang(s.accent.Render(fit(name, keysWidth)), keysWidth, wrapStyled(s.text, desc, width-keysWidth))...)
	}
	for _, c := range commands() {
		desc := c.desc
		if len(c.names) > 1 {
			desc += " (:" + strings.Join(c.names[1:], " :") + ")"
		}
		add(":"+c.names[0], desc)
	}
	add(":KIND", "the findings about objects of a kind, or its workloads; with a namespace: only there. Such as "+strings.Join(kindExamples(), " "))
	for _, alias := range slices.Sorted(maps.Keys(h.app.aliases)) {
		add(":"+alias, "short for :"+h.app.aliases[alias])
	}
	return lines
}

func keyBlock(s *styles, g keyGroup) string {
	lines := []string{s.heading.Render(g.title)}
	for _, k := range g.keys {
		desc := wrapStyled(s.text, k.Help().Desc, columnWidth-keysWidth-columnGap)
		lines = append(lines, hang(s.accent.Render(fit(k.Help().Key, keysWidth)), keysWidth, desc)...)
	}
	return strings.Join(append(lines, ""), "\n")
}

// columnWidth is a block's, with the gap to the next one; keysWidth is that of
// the keys in it.
const (
	columnWidth = 38
	keysWidth   = 13
)

// inColumns sets blocks side by side, as many as fit, and the rest below.
func inColumns(blocks []string, width int) []string {
	perRow := max(1, width/columnWidth)
	var lines []string
	for len(blocks) > 0 {
		row := blocks[:min(perRow, len(blocks))]
		blocks = blocks[len(row):]
		padded := make([]string, len(row))
		for i, b := range row {
			padded[i] = lipgloss.NewStyle().Width(min(columnWidth, width)).Render(b)
		}
		lines = append(lines, splitLines(lipgloss.JoinHorizontal(lipgloss.Top, padded...))...)
	}
	return lines
}
