package tui

import (
	"context"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"kiln/kube"
)

// Saved screens are as wide as the terminal, but this at least, and at most so
// many lines long.
const (
	savedWidth = 160
	savedLines = 20_000
)

// saveShown writes what is in front to a file.
func (a *App) saveShown() tea.Cmd {
	switch list := a.top().(type) {
	case *findingsView:
		return list.save()
	case *journalView:
		return list.save()
	}
	return a.saveScreen()
}

// saveScreen writes the whole view in front to a text file, not only the part
// that fits the screen. The findings have a table of their own: see save.
func (a *App) saveScreen() tea.Cmd {
	v := a.top()
	text := plainText(v.render(max(a.width, savedWidth), savedLines))
	name := fmt.Sprintf("kiln-%s-%s.txt", fileName(v.title()), a.now().Format("20060102-150405"))
	return a.start(nil, "saving", func(context.Context) tea.Msg {
		path, err := writeText(name, text)
		return savedMsg{path, err}
	})
}

// plainText is what lines say, without colours and the screen's filling.
func plainText(lines []string) string {
	var b strings.Builder
	for _, line := range lines {
		b.WriteString(strings.TrimRight(ansi.Strip(line), " ") + "\n")
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// fileName keeps letters and digits of a title.
func fileName(title string) string {
	words := strings.FieldsFunc(strings.ToLower(kube.Clean(title)), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	return strings.Join(append(words[:min(len(words), 4)], "view")[:max(min(len(words), 4), 1)], "-")
}
