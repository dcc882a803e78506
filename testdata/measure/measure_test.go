package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// corpora is the folder of the cases, which are other projects' and not part
// of kiln.
func corpora(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("KILN_CORPORA")
	if dir == "" {
		t.Skip("no cases: put the suites' folders side by side and name their parent in KILN_CORPORA")
	}
	return dir
}

func TestNoSuiteGetsWorse(t *testing.T) {
	dir := corpora(t)
	chosen, err := chosenSuites("", dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range chosen {
		t.Run(s.Name, func(t *testing.T) {
			m, err := measure(s, dir)
			if err != nil {
				t.Fatal(err)
			}
			var shown bytes.Buffer
			if wrong := m.print(&shown, s.Name); wrong > 0 {
				t.Errorf("%d cases went wrong:\n%s", wrong, shown.String())
			}
			if m.caught() < s.Caught {
				t.Errorf("%d cases caught, %d when last recorded", m.caught(), s.Caught)
			}
			for _, d := range m.unused {
				t.Errorf("no case differs any more by %s %s", d.Check, d.Case)
			}
		})
	}
}

// The cases of this suite say what is wrong in their names, and two of them lie.
const lyingSuite = `
name: cases
cases:
- checks: [pod/privileged]
  fail: [bad*.yaml]
  silent: ["good.yaml#*"]
differences:
- {check: pod/privileged, case: "good.yaml#Pod/known", says: a finding, why: it is privileged}
`

func TestMissesAndFalseAlarmsAreNamed(t *testing.T) {
	dir := t.TempDir()
	pod := func(name, privileged string) string {
		return "---\napiVersion: v1\nkind: Pod\nmetadata: {name: " + name + "}\nspec:\n  containers:\n" +
			"  - {name: c, image: web, securityContext: {privileged: " + privileged + "}}\n"
	}
	for name, text := range map[string]string{
		"suite.yaml":           lyingSuite,
		"cases/bad.yaml":       pod("a", "true"),
		"cases/bad-not.yaml":   pod("b", "false"),
		"cases/good.yaml":      pod("silent", "false") + pod("loud", "true") + pod("known", "true"),
		"cases/unrelated.yaml": pod("c", "true"),
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	wrong, err := run(&out, filepath.Join(dir, "suite.yaml"), dir)
	if err != nil {
		t.Fatal(err)
	}
	if wrong != 2 {
		t.Errorf("%d cases went wrong, want 2", wrong)
	}
	for _, want := range []string{
		"pod/privileged 1 1 1 1 1",
		"missed pod/privileged bad-not.yaml",
		"false alarm pod/privileged good.yaml#Pod/loud",
	} {
		if !slices.ContainsFunc(strings.Split(out.String(), "\n"), func(line string) bool {
			return strings.Join(strings.Fields(line), " ") == want
		}) {
			t.Errorf("no line %q in\n%s", want, out.String())
		}
	}
}

func TestASuiteThatMeetsNothingIsAnError(t *testing.T) {
	for _, s := range []suite{
		{Name: ".", Cases: []caseGroup{{Checks: []string{"pod/privileged"}, Fail: []string{"typo.yaml"}}}},
		{Name: ".", Cases: []caseGroup{{Checks: []string{"pod/typo"}, Fail: []string{"*.yaml"}}}},
	} {
		if _, err := measure(s, t.TempDir()); err == nil {
			t.Errorf("%v was measured", s.Cases)
		}
	}
}

func TestTheDifferencesAreWrittenDown(t *testing.T) {
	want, err := differences()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../../docs/differences.md")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("docs/differences.md is not up to date: make docs")
	}
}
