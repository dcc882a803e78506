package tui

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"kiln/fixes"
)

// click presses the left button on the first letter of a text on the screen.
func click(t *testing.T, a *App, text string) {
	t.Helper()
	for y, line := range strings.Split(screenText(a), "\n") {
		if before, _, found := strings.Cut(line, text); found {
			_, cmd := a.Update(tea.MouseClickMsg{X: len([]rune(before)), Y: y, Button: tea.MouseLeft})
			settle(a, cmd)
			return
		}
	}
	t.Fatalf("there is no %q to click on:\n%s", text, screenText(a))
}

func TestDialogsTakeClicks(t *testing.T) {
	a, c := newTestApp(t, "staging", 80, 24)
	a.setReadOnly(true)
	press(a, "ctrl+o")
	click(t, a, "Allow changes")
	if a.dialog == nil || !a.readOnly {
		t.Fatal("a click in flight has answered the question")
	}
	c.now = c.now.Add(settleTime)
	click(t, a, "Each change still") // beside the buttons
	if a.dialog == nil {
		t.Fatal("a click beside the buttons has closed the dialog")
	}
	click(t, a, "Cancel")
	if a.dialog != nil || !a.readOnly {
		t.Fatal("Cancel should close the dialog, and do nothing")
	}
	press(a, "ctrl+o")
	c.now = c.now.Add(settleTime)
	click(t, a, "Allow changes")
	if a.dialog != nil || a.readOnly {
		t.Error("the button should have done what it says")
	}
}

func TestClicksDontTypeTheNameOfProduction(t *testing.T) {
	a, c := newTestApp(t, "prod-eu-1", 80, 24)
	_, written := openCountedDiff(a, nil, fixtureProposal())
	applyAll(a, c, "tab", "enter")
	ask := a.dialog
	c.now = c.now.Add(settleTime)
	click(t, a, "Apply ")
	if a.dialog != ask || len(*written) != 0 {
		t.Fatal("without the name nothing may be written")
	}
	typeText(a, "prod-eu-1")
	click(t, a, "Cancel")
	if a.dialog != nil || len(*written) != 0 {
		t.Fatal("Cancel is Cancel, whatever was typed")
	}
}

// Where the buttons don't fit, only the one with the focus is there to press.
func TestClicksPressWhatIsSeen(t *testing.T) {
	a, c := newTestApp(t, "staging", 40, 12)
	_, written := openCountedDiff(a, nil, conflicting(owned()))
	c.now = c.now.Add(time.Second)
	press(a, "tab")
	if text := screenText(a); strings.Contains(text, "Cancel") || !strings.Contains(text, "Export") {
		t.Fatalf("the buttons should be too many for this screen:\n%s", text)
	}
	v := a.top().(*diffView)
	for x := range 40 {
		if v.buttons.click(a.styles, x, a.width-3) && v.buttons.focus != 1 {
			t.Errorf("a click at %d presses %q", x, v.buttons.labels[v.buttons.focus])
		}
	}
	if len(*written) != 0 {
		t.Error("something was written")
	}
}

func TestDrainAndInterruptedFixesTakeClicks(t *testing.T) {
	a, c := newTestApp(t, "staging", 80, 24)
	a.push(newRecoveryView(a, fixes.Recovery{Entry: fixtureEntries()[1], Found: "half is done", CanFinish: true}))
	c.now = c.now.Add(settleTime)
	click(t, a, "Cancel")
	if _, still := a.top().(*recoveryView); still {
		t.Error("a click on Cancel should leave the interrupted fix")
	}
	v := openFixtureDrain(a)
	v.update(drainPlanMsg{plan: fixtureDrainPlan()})
	c.now = c.now.Add(settleTime)
	click(t, a, "Cancel")
	if a.top() == view(v) {
		t.Error("a click on Cancel should leave the drain")
	}
}
