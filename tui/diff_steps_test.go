package tui

import (
	"strings"
	"testing"

	"kiln/fixes"
	"kiln/scanners"
)

// What kiln doesn't fix shows its steps, whose commands can be copied.
func TestStepsAreShownAndCopied(t *testing.T) {
	a, _ := newTestApp(t, "staging", 100, 40)
	openDiff(a, proposal{subject: "audit/audit-disabled of APIServer/kube-apiserver", err: &fixes.ManualError{
		Why: "the flags stand elsewhere", Steps: "On the node:\n  cp a.yaml b.yaml\nThen:\n  kubectl get nodes\n  kubectl get pods -n 'a b'",
	}})
	for _, shown := range []string{"the flags stand elsewhere", "cp a.yaml b.yaml", "copy the commands"} {
		if text := screenText(a); !strings.Contains(text, shown) {
			t.Errorf("no %q on the screen:\n%s", shown, text)
		}
	}
	v, _ := a.top().(*diffView)
	if got, want := strings.Join(v.commands(), "\n"), "cp a.yaml b.yaml\nkubectl get nodes\nkubectl get pods -n 'a b'"; got != want {
		t.Errorf("the commands are %q, want %q", got, want)
	}
	press(a, "c")
	if m := a.messages.current(); m == nil || !strings.Contains(m.text, "copied 3 commands") {
		t.Errorf("the message is %+v", m)
	}
}

// f opens the page for checks that are a person's, too.
func TestFixOfAManualFindingOpensItsSteps(t *testing.T) {
	a, _ := newTestApp(t, "staging", 100, 40)
	a.session = &Session{fixer: &fixes.Fixer{}}
	a.openFix([]*scanners.Finding{{Check: "audit/audit-disabled", Fix: scanners.Manual}})
	if got := a.top().title(); got != "fix" {
		t.Errorf("the page is %q", got)
	}
}
