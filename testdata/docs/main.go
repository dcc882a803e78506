// Command docs writes the parts of the documents that are made from the
// catalogue of checks: docs/checks.md, docs/severities.md, and the marked
// section of README.md. It runs in the repository's root.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	if err := write("."); err != nil {
		fmt.Fprintln(os.Stderr, "docs:", err)
		os.Exit(1)
	}
}

func write(root string) error {
	made, err := documents(root)
	if err != nil {
		return err
	}
	for name, text := range made {
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o644); err != nil {
			return fmt.Errorf("writing the documents: %w", err)
		}
	}
	return nil
}

// documents renders each document by its path below root.
func documents(root string) (map[string]string, error) {
	made := map[string]string{"docs/checks.md": checksPage()}
	for name, table := range map[string]string{"README.md": summary(), "docs/severities.md": bySeverity()} {
		old, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			return nil, fmt.Errorf("reading a document: %w", err)
		}
		if made[name], err = replaceSection(string(old), table); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return made, nil
}

const (
	begin = "<!-- made by make docs: begin -->\n"
	end   = "<!-- made by make docs: end -->\n"
)

func replaceSection(text, section string) (string, error) {
	before, rest, found := strings.Cut(text, begin)
	_, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		return "", fmt.Errorf("it has no section between %q and %q", strings.TrimSpace(begin), strings.TrimSpace(end))
	}
	return before + begin + section + end + after, nil
}
