package tui

import (
	"fmt"
	"slices"
	"testing"

	"github.com/charmbracelet/x/exp/golden"

	"kiln/kube"
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
	{"path", func(_ *testing.T, a *App) { a.runCommand("learn path") }},
	{"path-find", func(_ *testing.T, a *App) {
		a.path = newPathProgress()
		v := pathStopOf(a, "pod/privileged")
		v.move(1)
		v.answer("svc/front")
		v.version++
		a.push(v)
	}},
	{"path-refused", func(_ *testing.T, a *App) {
		a.path = newPathProgress()
		v := pathStopOf(a, "pod/privileged")
		v.step = keepOut
		v.attempts = []attempt{
			{what: "Deployment/checkout-copy in shop", warnings: []string{"would violate PodSecurity \"baseline:latest\""}},
			{what: "Pod/checkout-copy in shop", refusal: &kube.Refusal{By: "PodSecurity", Name: "baseline:latest", Says: "privileged (container \"api\")"}},
		}
		a.push(v)
	}},
	{"neighbours", func(t *testing.T, a *App) {
		showReach(t, a)
		press(a, "down", "enter")
	}},
}

// pathStopOf is the page of a check on the path.
func pathStopOf(a *App, check string) *pathStopView {
	stops := pathStops(a.snapshot, a.path)
	i := slices.IndexFunc(stops, func(p pathStop) bool { return p.key() == check })
	return newPathStopView(a, stops[i])
}

// TestLessonScenes keeps them at two sizes. Run with -update to take them anew.
func TestLessonScenes(t *testing.T) {
	for _, size := range []struct{ width, height int }{{80, 24}, {160, 45}} {
		for _, look := range []string{"dark", "light", "none"} {
			for _, scene := range lessonScenes {
				t.Run(fmt.Sprintf("%s/%dx%d-%s", scene.name, size.width, size.height, look), func(t *testing.T) {
					t.Setenv("XDG_STATE_HOME", t.TempDir())
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
