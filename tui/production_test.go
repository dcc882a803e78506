package tui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"kiln/fixes"
	"kiln/kube"
	"kiln/scanners"
)

// configuredApp is an App with a configuration, in a context.
func configuredApp(t *testing.T, settings scanners.Config, contextName string) (*App, *clock) {
	t.Helper()
	a, c := newTestApp(t, "", 120, 40)
	a.opts.Settings = settings
	a.adopt(contextName)
	return a, c
}

func TestProductionByOwnPatterns(t *testing.T) {
	a, _ := configuredApp(t, scanners.Config{Production: []string{"gold-*"}}, "gold-eu")
	if text := screenText(a); !strings.Contains(text, "PRODUCTION") {
		t.Errorf("gold-eu is production here:\n%s", text)
	}
	a.adopt("prod-eu")
	if text := screenText(a); strings.Contains(text, "PRODUCTION") {
		t.Errorf("prod-eu isn't:\n%s", text)
	}
}

func TestContextsHaveTheirOwnModeAndSkin(t *testing.T) {
	settings := scanners.Config{Contexts: []scanners.ContextConfig{{Context: "vault-*", ReadOnly: true, Skin: "light"}}}
	a, c := configuredApp(t, settings, "vault-1")
	if !a.readOnly || a.theme.Name != "light" {
		t.Fatalf("read-only %v, skin %s", a.readOnly, a.theme.Name)
	}
	press(a, "ctrl+o")
	c.now = c.now.Add(settleTime)
	press(a, "tab", "enter")
	if a.readOnly {
		t.Fatal("ctrl-o should still open it")
	}
	a.adopt("vault-1") // as reconnecting does
	if a.readOnly {
		t.Error("what the user has allowed should stay")
	}
	a.adopt("staging")
	if a.readOnly || a.theme.Name != "dark" {
		t.Errorf("in staging: read-only %v, skin %s", a.readOnly, a.theme.Name)
	}
	press(a, "ctrl+o") // read-only by the user's own will
	a.adopt("other")
	if !a.readOnly {
		t.Error("what the user has closed should stay closed everywhere")
	}
	a.Update(tea.BackgroundColorMsg{})
	a.opts.Settings.Contexts = append(a.opts.Settings.Contexts, scanners.ContextConfig{Context: "odd", Skin: "no-such-skin"})
	a.adopt("odd")
	if text := screenText(a); !strings.Contains(text, "the skin of context odd") {
		t.Errorf("a skin that isn't there should be told:\n%s", text)
	}
}

// Enter after the name, without tab, must not look as if it had been done.
func TestEnterAfterTheNameDoesNotCancel(t *testing.T) {
	a, c := newTestApp(t, "prod-eu-1", 80, 24)
	done := false
	a.confirmHere("Apply", "Apply", nil, func() tea.Cmd { done = true; return nil })
	c.now = c.now.Add(settleTime)
	typeText(a, "prod-eu-")
	press(a, "enter")
	if a.dialog == nil || !strings.Contains(screenText(a), "that is not the name") {
		t.Fatalf("half a name:\n%s", screenText(a))
	}
	typeText(a, "1")
	press(a, "enter")
	if done || a.dialog == nil || !strings.Contains(screenText(a), "enter once more") {
		t.Fatalf("the name:\n%s", screenText(a))
	}
	press(a, "enter")
	if !done || a.dialog != nil {
		t.Errorf("done: %v\n%s", done, screenText(a))
	}
}

func TestProductionNamespaceWantsItsNameTyped(t *testing.T) {
	a, c := configuredApp(t, scanners.Config{}, "shared")
	p := fixtureProposal()
	p.preview.Targets[0].Change.Target.Namespace = "shop-prod"
	v := openDiff(a, p)
	applied := false
	c.now = c.now.Add(settleTime)
	v.carryOut = nil
	a.confirmHere("Apply", "Apply", v.namespaces(), func() tea.Cmd { applied = true; return nil })
	if a.dialog == nil || applied || !strings.Contains(screenText(a), "type the namespace's name") {
		t.Fatalf("a namespace of production should ask:\n%s", screenText(a))
	}
	typeText(a, "shop-prod") // in flight: ignored
	c.now = c.now.Add(settleTime)
	press(a, "tab", "enter")
	if applied {
		t.Fatal("keys in flight have typed the name")
	}
	typeText(a, "shop-prod")
	press(a, "enter")
	if !applied {
		t.Errorf("the name was typed:\n%s", screenText(a))
	}
}

// What is written to a Namespace is written in it.
func TestANamespaceOfProductionIsItself(t *testing.T) {
	ref := kube.Ref{APIVersion: "v1", Kind: "Namespace", Name: "shop-prod"}
	a, c := configuredApp(t, scanners.Config{}, "shared")
	p := fixtureProposal()
	p.preview.Targets[0].Change.Target = ref
	_, written := openCountedDiff(a, nil, p)
	applyAll(a, c, "tab", "enter")
	if a.dialog == nil || len(*written) > 0 {
		t.Errorf("a fix is written without a question:\n%s", screenText(a))
	}
	a.dialog = nil
	interrupted := interruption()
	interrupted.Entry.Objects = []fixes.JournalObject{{Ref: ref}}
	a.push(newRecoveryView(a, interrupted))
	applyAll(a, c, "tab", "enter")
	if a.dialog == nil || a.doing() != "" {
		t.Errorf("what was interrupted goes on without a question:\n%s", screenText(a))
	}
}

// At 40×12 the marks give way before the context's name does, and of a long
// name the end stays.
func TestANarrowScreenStillNamesTheContext(t *testing.T) {
	for name, want := range map[string]string{
		"prod-eu-1": "prod-eu-1",
		"arn:aws:eks:eu-central-1:123456789012:cluster/shop-prod": "/shop-prod",
		"gke_acme-live_europe-west3_checkout":                     "_checkout",
	} {
		a, _ := newTestApp(t, name, 40, 12)
		a.opts.Live, a.live.running = true, true
		first := splitLines(screenText(a))[0]
		if !strings.Contains(first, want) || !strings.Contains(first, "▲ PROD") || !strings.Contains(first, "WRITABLE") || ansi.StringWidth(first) > 40 {
			t.Errorf("%s: %q", name, first)
		}
		a.live.state.Lost = a.now()
		if first := splitLines(screenText(a))[0]; !strings.Contains(first, "stale") || !strings.Contains(first, "▲ PROD") {
			t.Errorf("%s, lost: %q", name, first)
		}
	}
}

func TestKeysDoNothingUnseen(t *testing.T) {
	a, _ := newTestApp(t, "staging", 80, 24)
	a.Update(tea.WindowSizeMsg{Width: 10, Height: 3})
	for _, line := range splitLines(screenText(a)) {
		if ansi.StringWidth(line) > 10 {
			t.Errorf("too wide: %q", line)
		}
	}
	press(a, "enter", "x", "ctrl+o", ":")
	if len(a.views) != 1 || a.prompt != nil || a.readOnly {
		t.Error("a key was taken on a screen that shows nothing")
	}
	a.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
	press(a, "enter")
	if len(a.views) != 2 {
		t.Errorf("enter opens nothing:\n%s", screenText(a))
	}
}

func TestAShellInProductionIsAskedFor(t *testing.T) {
	tests := []struct {
		name, contextName, namespace, container string
		asks                                    []string
	}{
		{"elsewhere", "staging", "shop", "app", nil},
		{"a context of production", "prod-eu", "shop", "app", []string{"A shell in production?", "container app of pod web-1 in shop, context prod-eu"}},
		{"a namespace of production", "shared", "shop-prod", "", []string{"the default container of pod web-1 in shop-prod, context shared"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, c := configuredApp(t, scanners.Config{}, tt.contextName)
			opened := 0
			ask := func() {
				a.shellHere(tt.namespace, "web-1", tt.container, func() tea.Cmd { opened++; return nil })
				c.now = c.now.Add(settleTime)
			}
			ask()
			if tt.asks == nil {
				if opened != 1 || a.dialog != nil {
					t.Errorf("opened %d times:\n%s", opened, screenText(a))
				}
				return
			}
			if a.dialog == nil {
				t.Fatalf("nothing is asked:\n%s", screenText(a))
			}
			text := a.dialog.title + " " + a.dialog.text
			for _, want := range tt.asks {
				if !strings.Contains(text, want) {
					t.Errorf("it lacks %q:\n%s", want, screenText(a))
				}
			}
			press(a, "enter")
			if opened != 0 || a.dialog != nil {
				t.Fatal("Cancel isn't the default")
			}
			ask()
			press(a, "tab", "enter")
			if opened != 1 {
				t.Errorf("it was confirmed, and opened %d times", opened)
			}
		})
	}
}
