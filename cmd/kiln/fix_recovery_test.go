package main

import (
	"strings"
	"testing"

	"kiln/fixes"
)

// What an interrupted kiln has left behind is told with what can be done about
// it, and no more than that.
func TestTellsOfInterruptedFixes(t *testing.T) {
	entry := func(state fixes.State) fixes.Entry { return fixes.Entry{ID: "e1", State: state} }
	for name, test := range map[string]struct {
		recovery fixes.Recovery
		want     string
	}{
		"nothing written": {fixes.Recovery{Entry: entry(fixes.Failed), Found: "nothing was written"}, ""},
		"all written": {
			fixes.Recovery{Entry: entry(fixes.Applied), Found: "all of it was written", CanTakeBack: true},
			"kiln: fix e1 was interrupted: all of it was written. 'kiln undo e1' takes it back.\n",
		},
		"half written": {
			fixes.Recovery{Entry: entry(fixes.Partial), Found: "1 of 2 objects are written", CanFinish: true, CanTakeBack: true},
			"kiln: fix e1 was interrupted: 1 of 2 objects are written. 'kiln undo --finish e1' writes the rest, 'kiln undo e1' takes it back.\n",
		},
		"can't be told": {
			fixes.Recovery{Entry: entry(fixes.Pending), Found: "what was written can't be told: it changed"},
			"kiln: fix e1 was interrupted: what was written can't be told: it changed.\n",
		},
		"an undo": {
			fixes.Recovery{Entry: entry(fixes.Undoing), Found: "its undo did not end", CanFinish: true},
			"kiln: fix e1 was interrupted: its undo did not end. 'kiln undo e1' finishes it.\n",
		},
	} {
		var told strings.Builder
		tellRecoveries(&told, []fixes.Recovery{test.recovery})
		if told.String() != test.want {
			t.Errorf("%s: %q, want %q", name, told.String(), test.want)
		}
	}
}

func TestFinishNeedsAnEntry(t *testing.T) {
	isolate(t)
	if got := kiln(t, "", "undo", "--finish"); got.code != 2 || !strings.Contains(got.err, "--finish") {
		t.Errorf("%+v", got)
	}
}
