package tui

import (
	"fmt"
	"testing"

	"github.com/charmbracelet/x/exp/golden"

	"kiln/themes"
)

// lessonScenes are the pictures of the views that teach.
var lessonScenes = []struct {
	name string
	show func(*testing.T, *App)
}{
	{"trace-form", func(_ *testing.T, a *App) { press(a, "down", "t") }},
	{"trace", func(_ *testing.T, a *App) { showTrace(a, fixtureTrace()) }},
	{"reach", showReach},
	{"neighbours", func(t *testing.T, a *App) {
		showReach(t, a)
		press(a, "down", "enter")
	}},
}

// TestLessonScenes keeps them at two sizes. Run with -update to take them anew.
func TestLessonScenes(t *testing.T) {
	for _, size := range []struct{ width, height int }{{80, 24}, {160, 45}} {
		for _, look := range []string{"dark", "light", "none"} {
			for _, scene := range lessonScenes {
				t.Run(fmt.Sprintf("%s/%dx%d-%s", scene.name, size.width, size.height, look), func(t *testing.T) {
					a, _ := newTestApp(t, "staging", size.width, size.height)
					if look == "light" {
						theme, err := themes.Load("light")
						if err != nil {
							t.Fatal(err)
						}
						a.setTheme(theme)
					}
					scene.show(t, a)
					content := a.View().Content
					requireFits(t, content, size.width, size.height)
					if look == "none" {
						content = withoutColour(t, content)
					}
					golden.RequireEqual(t, content)
				})
			}
		}
	}
}
