package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// TestExamplesCanBeTyped has the command line understand each example of the
// help and of the documents: its command, its flags, and how many arguments
// there are. Nothing is run.
func TestExamplesCanBeTyped(t *testing.T) {
	isolate(t)
	seen := 0
	for where, lines := range examples(t) {
		for _, line := range lines {
			seen++
			root := newRoot(streams{})
			cmd, args, err := root.Find(strings.Fields(line)[1:])
			if err == nil {
				cmd.InitDefaultHelpFlag()
				err = cmd.ParseFlags(args)
			}
			if err == nil {
				err = cmd.ValidateArgs(cmd.Flags().Args())
			}
			if err != nil {
				t.Errorf("%s: %s: %v", where, line, err)
			}
		}
	}
	if seen < 80 {
		t.Errorf("only %d examples were found", seen)
	}
}

var (
	// typed is a command in a block of a document: "$ kiln …".
	typed = regexp.MustCompile(`(?m)^\$ (.*)$`)
	// remark is what stands behind a command.
	remark = regexp.MustCompile(`\s+#\s.*$`)
)

// examples are the commands of kiln's that the help and the documents show, by
// where they stand.
func examples(t *testing.T) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	var walk func(*cobra.Command)
	walk = func(cmd *cobra.Command) {
		for line := range strings.Lines(cmd.Example) {
			found[cmd.CommandPath()] = append(found[cmd.CommandPath()], commandsIn(line)...)
		}
		for _, sub := range cmd.Commands() {
			walk(sub)
		}
	}
	walk(newRoot(streams{}))
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil || len(pages) == 0 {
		t.Fatalf("no documents: %v", err)
	}
	for _, page := range append(pages, "../../README.md") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range typed.FindAllStringSubmatch(string(text), -1) {
			found[filepath.Base(page)] = append(found[filepath.Base(page)], commandsIn(block[1])...)
		}
	}
	return found
}

// commandsIn are the commands of kiln's in a line of a shell, without what
// follows in a pipe or goes to a file.
func commandsIn(line string) []string {
	var commands []string
	for part := range strings.SplitSeq(remark.ReplaceAllString(strings.TrimSpace(line), ""), "|") {
		part, _, _ = strings.Cut(strings.TrimSpace(part), " > ")
		if part == "kiln" || strings.HasPrefix(part, "kiln ") {
			commands = append(commands, part)
		}
	}
	return commands
}
