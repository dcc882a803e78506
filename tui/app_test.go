package tui

import (
	"errors"
	"fmt"
	"image/color"
	"slices"
	"strings"
	"testing"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"kiln/kube"
)

func screenText(a *App) string { return ansi.Strip(a.View().Content) }

func quits(cmd tea.Cmd) bool {
	if cmd == nil {
		return false
	}
	_, ok := cmd().(tea.QuitMsg)
	return ok
}

func TestProductionIsUnmistakable(t *testing.T) {
	for name, want := range map[string]bool{
		"prod": true, "prod-eu-1": true, "eu.production": true, "admin@prd": true, "live01": true, "PROD": true, "shop_live_2": true,
		"product-dev": false, "staging": false, "delivery": false, "reproduce": false, "olive": false, "": false,
	} {
		a, _ := newTestApp(t, name, 80, 24)
		if got := strings.Contains(screenText(a), "PRODUCTION"); got != want {
			t.Errorf("context %q: banner shown: %v, want %v", name, got, want)
		}
	}
}

func TestContextIsVisibleEverywhere(t *testing.T) {
	for _, scene := range scenes() {
		for _, size := range [][2]int{{40, 12}, {80, 24}} {
			a, _ := scene.open(t, size[0], size[1], "dark")
			if !a.tooSmall() && !strings.Contains(splitLines(screenText(a))[0], scene.context) {
				t.Errorf("scene %s at %v doesn't say which context it is", scene.name, size)
			}
		}
	}
}

func TestQuitting(t *testing.T) {
	a, _ := newTestApp(t, "staging", 80, 24)
	press(a, "enter")
	if _, cmd := a.Update(keyOf("q")); quits(cmd) || len(a.views) != 1 {
		t.Error("q in a page should go back")
	}
	if _, cmd := a.Update(keyOf("q")); !quits(cmd) {
		t.Error("q at the top should quit")
	}
	press(a, ":")
	typeText(a, "q")
	if a.prompt == nil || a.prompt.input.Value() != "q" {
		t.Error("q in the prompt should be a letter")
	}
	if _, cmd := a.Update(keyOf("ctrl+c")); !quits(cmd) {
		t.Error("ctrl-c should quit from anywhere")
	}
}

func TestSmallScreenSaysSo(t *testing.T) {
	for _, size := range [][2]int{{39, 12}, {40, 11}, {1, 1}, {10, 60}} {
		a, _ := newTestApp(t, "staging", size[0], size[1])
		press(a, "down", "enter", "?", ":")
		if text := a.View().Content; size[0] >= 20 && !strings.Contains(text, "40×12") {
			t.Errorf("at %v: %q", size, text)
		}
	}
}

func TestResizeKeepsThePlace(t *testing.T) {
	a, _ := newTestApp(t, "staging", 120, 40)
	press(a, "end")
	before := selected(a)
	for _, size := range [][2]int{{40, 12}, {200, 60}, {41, 13}, {120, 40}} {
		a.Update(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		content := a.View().Content
		requireFits(t, content, size[0], size[1])
		if selected(a) != before || !strings.Contains(content, "▌") {
			t.Errorf("at %v the cursor is out of sight or on %s", size, selected(a))
		}
	}
}

func TestGhostTextIsAccepted(t *testing.T) {
	for _, accept := range []string{"tab", "right"} {
		a, _ := newTestApp(t, "staging", 80, 24)
		press(a, ":")
		typeText(a, "mess")
		if !strings.Contains(screenText(a), ":messages") {
			t.Errorf("the rest of the command isn't shown: %q", splitLines(screenText(a))[23])
		}
		press(a, accept, "enter")
		if a.top().title() != "messages" {
			t.Errorf("%s and enter open %q", accept, a.top().title())
		}
	}
}

func TestArgumentsAreCompleted(t *testing.T) {
	a, _ := newTestApp(t, "staging", 80, 24)
	press(a, ":")
	typeText(a, "ns log")
	press(a, "tab", "enter")
	if a.namespace != "logging" {
		t.Errorf("namespace %q, want logging", a.namespace)
	}
	press(a, ":")
	typeText(a, "learn pod/privileg")
	press(a, "tab", "enter")
	if a.top().title() != "lesson" {
		t.Errorf("learn opens %q", a.top().title())
	}
}

func TestUnknownCommandIsSaid(t *testing.T) {
	a, _ := newTestApp(t, "staging", 80, 24)
	a.runCommand("delete everything")
	if m := a.messages.current(); m == nil || !strings.Contains(m.text, `no command "delete"`) {
		t.Errorf("got %+v", m)
	}
}

func TestPasteGoesToThePromptOnly(t *testing.T) {
	a, _ := newTestApp(t, "staging", 80, 24)
	before := screenText(a)
	a.Update(tea.PasteMsg{Content: "q\nf\n"})
	if screenText(a) != before {
		t.Error("pasted text acted as keys")
	}
	press(a, "/")
	a.Update(tea.PasteMsg{Content: "pod/privileged\n"})
	if got := a.prompt.input.Value(); got != "pod/privileged" || len(listed(a)) != 5 {
		t.Errorf("the prompt holds %q and lists %d", got, len(listed(a)))
	}
}

func TestThemeFollowsTheTerminal(t *testing.T) {
	a, _ := newTestApp(t, "staging", 80, 24)
	a.Update(tea.BackgroundColorMsg{Color: color.White})
	if a.theme.Name != "light" {
		t.Errorf("on white the theme is %s", a.theme.Name)
	}
	a.opts.Theme = "light"
	a.Update(tea.BackgroundColorMsg{Color: color.Black})
	if a.theme.Name != "light" {
		t.Error("--theme should win over the terminal's background")
	}
}

func TestErrorsStayAndAreKept(t *testing.T) {
	a, c := newTestApp(t, "staging", 80, 24)
	a.flash(info, "copied")
	c.now = c.now.Add(2 * time.Second)
	press(a, "down")
	if strings.Contains(screenText(a), "copied") {
		t.Error("a message that was read should go with the next key")
	}
	a.flash(failure, "denied by \x1b[31mpolicy")
	c.now = c.now.Add(time.Minute)
	press(a, "down", "up")
	if !strings.Contains(screenText(a), "denied by policy") {
		t.Error("an error should stay")
	}
	press(a, "esc")
	if strings.Contains(screenText(a), "denied") || len(a.views) != 1 {
		t.Error("esc should take the error away, and no more")
	}
	a.runCommand("messages")
	if text := screenText(a); !strings.Contains(text, "denied by policy") || !strings.Contains(text, "copied") {
		t.Errorf("the log should have both:\n%s", text)
	}
}

func TestLeavingReadOnlyAsks(t *testing.T) {
	a, c := newTestApp(t, "staging", 80, 24)
	press(a, "ctrl+o")
	if !a.readOnly || !a.session.cluster.Gate.ReadOnly() {
		t.Fatal("ctrl-o should close the gate at once")
	}
	press(a, "ctrl+o", "right", "enter") // in flight: the dialog has only just opened
	if a.dialog == nil || !a.readOnly {
		t.Fatal("keys in flight answered the dialog")
	}
	c.now = c.now.Add(time.Second)
	press(a, "enter")
	if a.dialog != nil || !a.readOnly {
		t.Fatal("enter should press Cancel, the default")
	}
	press(a, "ctrl+o")
	c.now = c.now.Add(time.Second)
	press(a, "right", "enter")
	if a.readOnly || a.session.cluster.Gate.ReadOnly() {
		t.Error("the second button should open the gate")
	}
}

func TestUnreachableClusterSaysWhatToTry(t *testing.T) {
	a, _ := newTestApp(t, "staging", 80, 24)
	a.switchContext("staging")
	a.Update(connectFailedMsg{errors.New("no route")})
	text := screenText(a)
	for _, want := range []string{"not connected", "no route", "kiln tries again at", "ctrl-r at once"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing:\n%s", want, text)
		}
	}
	press(a, "f", "enter", "y", "space")
	if len(a.views) != 1 {
		t.Error("nothing should open without a cluster")
	}
}

// TestKeysAreUnambiguous makes sure that no view binds a key twice, and that
// every key has its help.
func TestKeysAreUnambiguous(t *testing.T) {
	for _, scene := range scenes() {
		a, _ := scene.open(t, 80, 24, "dark")
		taken := map[string]string{}
		for _, group := range append(a.top().help(), a.keys.global()) {
			for _, binding := range group.keys {
				if binding.Help().Desc == "" || binding.Help().Key == "" {
					t.Errorf("%s: a key of %s has no help", scene.name, group.title)
				}
				if slices.Equal(binding.Keys(), a.keys.Back.Keys()) {
					continue // a view may say where it goes back to
				}
				for _, k := range binding.Keys() {
					if other, ok := taken[k]; ok && other != binding.Help().Desc {
						t.Errorf("%s: %s means both %q and %q", scene.name, k, other, binding.Help().Desc)
					}
					taken[k] = binding.Help().Desc
				}
			}
		}
	}
}

// TestDeletingKeysChangeNothing keeps k9s's delete and kill unbound.
func TestDeletingKeysChangeNothing(t *testing.T) {
	keys := newKeyMap()
	for _, group := range []keyGroup{keys.global(), keys.moving(), keys.sorting()} {
		for _, binding := range group.keys {
			if key.Matches(keyOf("ctrl+d"), binding) || key.Matches(keyOf("ctrl+k"), binding) {
				t.Errorf("%q is bound to a key that deletes or kills elsewhere", binding.Help().Desc)
			}
		}
	}
}

func TestSwitchingTheContextForgetsTheCluster(t *testing.T) {
	a, _ := newTestApp(t, "staging", 80, 24)
	press(a, "space")
	a.runCommand("ns shop")
	a.switchContext("prod-eu-1")
	if a.snapshot != nil || a.session != nil || a.namespace != "" || len(a.views[0].(*findingsView).query.marked) != 0 {
		t.Error("something of the old cluster is left")
	}
	if text := screenText(a); !strings.Contains(text, "PRODUCTION") || strings.Contains(text, "checkout") {
		t.Errorf("the new context's screen:\n%s", text)
	}
	late := newSnapshot(fixtureResults(), nil)
	a.Update(scanMsg{id: a.scan.id - 1, snapshot: late})
	if a.snapshot == late {
		t.Error("a late snapshot of the old cluster was taken for the new one")
	}
}

func TestLessonsPlaceholdersSurvive(t *testing.T) {
	s := newStyles(newThemeForTest(t))
	text := ansi.Strip(strings.Join(renderMarkdown(s, "Use `a<b` on <node>, see [docs](https://x.example/a).\n\n> note\n\n    indented\n", 60), "\n"))
	for _, want := range []string{"a<b", "<node>", "docs (https://x.example/a)", "┃ note", "indented"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in:\n%s", want, text)
		}
	}
}

func TestMaskedFieldsKeepTheirPlace(t *testing.T) {
	text := "data:\n  app.conf: |\n    password=hunter2\n    b=c\n  other: x\nkind: ConfigMap\n"
	got := maskField(text, "data[app.conf]")
	if strings.Contains(got, "hunter2") || strings.Contains(got, "b=c") || !strings.Contains(got, "other: x") {
		t.Errorf("got:\n%s", got)
	}
	if from, to := kube.LinesOf(got, "data.other"); fmt.Sprint(from, to) != fmt.Sprint(kube.LinesOf(text, "data.other")) {
		t.Error("the lines moved")
	}
}
