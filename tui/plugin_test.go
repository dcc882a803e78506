package tui

import (
	"os"
	"strings"
	"testing"
)

// A plugin that can't write to its standard error would die of it.
func TestAPluginMaySayAnythingAtLength(t *testing.T) {
	p, err := hearPlugin()
	if err != nil {
		t.Fatal(err)
	}
	defer p.hangUp()
	for range 4 {
		if _, err := os.Stderr.WriteString(strings.Repeat("x", 100_000)); err != nil {
			t.Fatalf("writing a line without end: %v", err)
		}
	}
}
