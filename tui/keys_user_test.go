package tui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"charm.land/bubbles/v2/key"
)

func TestUsersBindKeysAnew(t *testing.T) {
	keys := newKeyMap()
	if err := keys.rebind(writeKeys(t, "fix: [h, ctrl-x]\nsortSeverity: [shift-z]\n")); err != nil {
		t.Fatal(err)
	}
	for name, binding := range map[string]key.Binding{"h": keys.Fix, "ctrl+x": keys.Fix, "Z": keys.SortSeverity} {
		if !key.Matches(keyOf(name), binding) {
			t.Errorf("%s does nothing", name)
		}
	}
	if key.Matches(keyOf("f"), keys.Fix) || keys.Fix.Help().Key != "h ctrl-x" {
		t.Errorf("the old key still works, or the help is wrong: %q", keys.Fix.Help().Key)
	}
}

// What the screen says of keys is true of the user's own.
func TestTextsNameTheUsersKeys(t *testing.T) {
	a, _ := newTestApp(t, "staging", 120, 60)
	if err := a.keys.rebind(writeKeys(t, "fix: [h, ctrl-x]\nyaml: [\"!\"]\nrescan: [ctrl-n]\nreadOnly: [ctrl-y]\n")); err != nil {
		t.Fatal(err)
	}
	press(a, "enter")
	page := a.top().(*findingView)
	page.update(planMsg{finding: page.finding.ID, title: "Take the privileges"})
	showEvidence(a)
	a.setReadOnly(true)
	a.writesNow()
	text := screenText(a)
	a.runCommand("posture")
	text += screenText(a)
	for _, want := range []string{"h shows the change", "! shows the whole object", "ctrl-n scans again", "ctrl-y allows changes"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing:\n%s", want, text)
		}
	}
}

func TestTwoActionsMaySwapTheirKeys(t *testing.T) {
	if err := newKeyMap().rebind(writeKeys(t, "fix: [a]\nacceptFinding: [f]\n")); err != nil {
		t.Error(err)
	}
}

func TestWrongKeysAreSaid(t *testing.T) {
	for text, want := range map[string]string{
		"fixx: [x]\n":     `no action "fixx": the nearest are Fix, `,
		"fix: []\n":       "at least one",
		"fix: x\n":        "reading the keys",
		"fix: [a]\n":      "a means both Fix and AcceptFinding",
		"undo: [\"?\"]\n": "? means both Help and Undo",
	} {
		if err := newKeyMap().rebind(writeKeys(t, text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
	if err := newKeyMap().rebind(filepath.Join(t.TempDir(), "none.yaml")); err != nil {
		t.Errorf("no file is fine, but: %v", err)
	}
}

func writeKeys(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "keys.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestTheDocumentedKeysAreTaken reads the example of the documentation.
func TestTheDocumentedKeysAreTaken(t *testing.T) {
	docs, err := os.ReadFile("../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(docs), "## keys.yaml")
	_, example, found := strings.Cut(section, "```yaml\n")
	example, _, closed := strings.Cut(example, "```")
	if !found || !closed {
		t.Fatal("there is no example")
	}
	if err := newKeyMap().rebind(writeKeys(t, example)); err != nil {
		t.Error(err)
	}
	section, _, _ = strings.Cut(strings.ToLower(section), "\n## ")
	for name := range allBindings(newKeyMap()) {
		if !strings.Contains(section, "`"+strings.ToLower(name)+"`") {
			t.Errorf("the documentation doesn't name the action %s", name)
		}
	}
}
