package tui

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestAnErrorStaysUntilEsc(t *testing.T) {
	a, c := newTestApp(t, "staging", 80, 24)
	a.flash(info, "copied a")
	a.flash(failure, "denied by the policy")
	a.flash(info, "copied b")
	a.flash(warning, "reconnecting")
	c.now = c.now.Add(2 * readingTime)
	press(a, "down")
	if text := screenText(a); !strings.Contains(text, "✗ denied by the policy (2 more in :messages)") {
		t.Fatalf("the error gives way to what came later:\n%s", text)
	}
	a.flash(failure, "denied again")
	if text := screenText(a); !strings.Contains(text, "✗ denied again") || strings.Contains(text, "more in :messages") {
		t.Errorf("an error doesn't replace the one before:\n%s", text)
	}
	press(a, "esc")
	if m := a.messages.current(); m != nil || len(a.views) != 1 {
		t.Errorf("esc leaves %+v", m)
	}
	if n := len(a.messages.entries); n != 5 {
		t.Errorf("%d messages are kept, want 5", n)
	}
}

func TestOtherMessagesGoWithALaterKey(t *testing.T) {
	a, c := newTestApp(t, "staging", 80, 24)
	a.flash(info, "copied a")
	a.flash(info, "copied b")
	press(a, "down")
	if m := a.messages.current(); m == nil || m.text != "copied b" {
		t.Fatalf("nobody can read so fast, and there is %+v", m)
	}
	c.now = c.now.Add(readingTime + time.Millisecond)
	press(a, "down")
	if m := a.messages.current(); m != nil {
		t.Errorf("%q is still there", m.text)
	}
}

// TestConnectingAgainTakesItsErrorAway lets an error go that is being mended.
func TestConnectingAgainTakesItsErrorAway(t *testing.T) {
	a, _ := newTestApp(t, "staging", 80, 24)
	a.session = nil
	a.onConnectFailed(errors.New("connection refused"))
	if m := a.messages.current(); m == nil || m.level != failure {
		t.Fatalf("the error isn't shown: %+v", m)
	}
	press(a, "ctrl+r")
	if m := a.messages.current(); m != nil {
		t.Errorf("while it connects again, it says %q", m.text)
	}
}

func TestEmptyListsHintAtNoKeyThatNeedsARow(t *testing.T) {
	for _, command := range []string{"findings", "checks", "workloads", "exceptions"} {
		a, _ := newTestApp(t, "staging", 160, 30)
		s := inventorySnapshot()
		s.findings = append(s.findings, newSnapshot(noisyResults(), nil).findings...)
		deliver(a, s)
		a.runCommand(command)
		footer := func() string { lines := splitLines(screenText(a)); return lines[len(lines)-1] }
		if full := footer(); !strings.Contains(full, "enter ") {
			t.Fatalf("%s: the full list doesn't hint at enter: %s", command, full)
		}
		press(a, "/")
		typeText(a, "no row has this")
		press(a, "enter")
		if got := footer(); strings.Contains(got, "enter ") || !strings.Contains(got, "/ filter") || !strings.Contains(got, "? help") {
			t.Errorf("%s: the empty list hints at %s", command, got)
		}
	}
}
