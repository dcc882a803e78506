package tui

import (
	tea "charm.land/bubbletea/v2"

	"kiln/kube"
)

// copy puts text into the clipboard, over SSH too (OSC 52).
func (a *App) copy(text string) tea.Cmd {
	text = kube.Clean(text)
	a.flash(info, "copied "+text)
	return tea.SetClipboard(text)
}
