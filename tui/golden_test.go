package tui

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"
)

// scene is a screen of which a picture is kept.
type scene struct {
	name    string
	context string
	// show leads from the findings to it.
	show func(*testing.T, *App)
}

// scenes are all of them: a list for each area, in a file of its own.
func scenes() []scene {
	return slices.Concat(findingScenes(), fixScenes(), lookScenes(), oncallScenes(), accessScenes(), lessonScenes(), appScenes())
}

// open shows the scene on a screen of a size, dark or light.
func (s scene) open(t *testing.T, width, height int, background string) (*App, *clock) {
	t.Helper()
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	a, c := newTestApp(t, s.context, width, height)
	a.onBackground(background != "light")
	s.show(t, a)
	return a, c
}

// TestScenes keeps a picture of every view. Run with -update to take them anew.
func TestScenes(t *testing.T) {
	for _, size := range []struct{ width, height int }{{40, 12}, {80, 24}, {120, 40}, {160, 45}} {
		for _, look := range []string{"dark", "light", "none"} {
			for _, scene := range scenes() {
				t.Run(fmt.Sprintf("%s/%dx%d-%s", scene.name, size.width, size.height, look), func(t *testing.T) {
					a, _ := scene.open(t, size.width, size.height, look)
					content := a.View().Content
					requireFits(t, content, a.width, a.height)
					if look == "none" {
						content = withoutColour(t, content)
					}
					golden.RequireEqual(t, content)
				})
			}
		}
	}
}

// requireFits makes sure that the picture has the screen's size and nothing
// in it that could move the cursor.
func requireFits(t *testing.T, content string, width, height int) {
	t.Helper()
	lines := splitLines(content)
	if len(lines) != height {
		t.Errorf("%d lines on a screen of %d", len(lines), height)
	}
	for i, line := range lines {
		if w := ansi.StringWidth(line); w > width {
			t.Errorf("line %d is %d cells wide on a screen of %d: %q", i, w, width, ansi.Strip(line))
		}
	}
	if rest := ansi.Strip(content); bytes.ContainsAny([]byte(rest), "\x1b\x07\r\t\u202e") {
		t.Errorf("control characters reach the screen: %q", rest)
	}
}

// withoutColour is what a terminal shows with NO_COLOR set.
func withoutColour(t *testing.T, content string) string {
	t.Helper()
	var out bytes.Buffer
	w := colorprofile.Writer{Forward: &out, Profile: colorprofile.ASCII}
	if _, err := w.WriteString(content); err != nil {
		t.Fatal(err)
	}
	return out.String()
}
