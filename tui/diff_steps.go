package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"kiln/kube"
)

// commands are what a person does by hand about what kiln doesn't fix: the
// commands among the steps, one a line, as a shell takes them.
func (v *diffView) commands() []string {
	var commands []string
	for _, p := range v.proposals {
		_, steps := p.problem()
		for _, line := range splitLines(steps) {
			if command, indented := strings.CutPrefix(line, "  "); indented {
				commands = append(commands, strings.TrimSpace(command))
			}
		}
	}
	return commands
}

// copyCommands puts the commands into the clipboard, over SSH too (OSC 52).
func (v *diffView) copyCommands() tea.Cmd {
	commands := v.commands()
	if len(commands) == 0 {
		v.app.flash(info, "there are no commands to copy: Export writes the change as a patch")
		return nil
	}
	v.app.flash(info, fmt.Sprintf("copied %s: look at them before you run them", plural(len(commands), "command")))
	return tea.SetClipboard(kube.CleanBlock(strings.Join(commands, "\n")) + "\n")
}
