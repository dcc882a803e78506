package tui

import (
	"errors"
	"strings"
	"testing"

	"kiln/fixes"
)

// Who breaks a drain off at night must know what is left behind.
func TestADrainBrokenOffTellsOfTheCordon(t *testing.T) {
	a, _ := newTestApp(t, "staging", 80, 24)
	v := openFixtureDrain(a)
	plan := fixtureDrainPlan()
	plan.Changes = []fixes.Change{{}}
	v.update(drainPlanMsg{plan: plan})
	v.stop = func() {}
	v.onNews(drainNewsMsg{progress: fixes.DrainProgress{Waiting: "its budget has no room"}})
	v.onEnd(drainEndMsg{err: errors.New("1 pod left on the node")})
	if text := screenText(a); !strings.Contains(strings.Join(strings.Fields(text), " "), "1 pod left on the node; the node stays cordoned: :journal takes that back") {
		t.Errorf("the cordon isn't told of:\n%s", text)
	}
}
