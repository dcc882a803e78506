package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"
)

// keyName writes a key as the help does: ctrl-s, shift-d.
func keyName(msg tea.KeyPressMsg) string {
	name := strings.ReplaceAll(msg.String(), "+", "-")
	if len(name) == 1 && name >= "A" && name <= "Z" {
		return "shift-" + strings.ToLower(name)
	}
	return name
}
