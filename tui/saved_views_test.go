package tui

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	tea "charm.land/bubbletea/v2"

	"kiln/kube/statefile"
)

func TestASavedViewComesBack(t *testing.T) {
	a, _ := newTestApp(t, "staging", 120, 40)
	again, _ := newTestApp(t, "staging", 120, 40)
	a.runCommand("pod shop")
	press(a, "/")
	typeText(a, "sev:medium+ fix:safe")
	press(a, "enter", "N", "N", "A")
	before := listed(a)
	if len(before) == 0 {
		t.Fatalf("nothing to look at:\n%s", screenText(a))
	}
	settle(a, a.runCommand("save-view night"))
	if info, err := os.Stat(viewsFile()); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("the file is %v, %v", info, err)
	}

	again.runCommand("view night")
	q := again.findings.query
	if got := listed(again); strings.Join(got, " ") != strings.Join(before, " ") {
		t.Errorf("the view shows %v, it was saved with %v", got, before)
	}
	if again.namespace != "shop" || q.layer != "pod" || q.sort != byName || !q.reversed || !q.noAccepted || q.filter.text != "sev:medium+ fix:safe" {
		t.Errorf("the view came back as %+v in namespace %q", q, again.namespace)
	}
	settle(again, again.runCommand("forget-view night"))
	again.runCommand("view night")
	if text := screenText(again); !strings.Contains(text, "no view is saved yet") {
		t.Errorf("a forgotten view should be gone:\n%s", text)
	}
}

func TestSavedViewsThatAreWrongAreSaid(t *testing.T) {
	a, _ := newTestApp(t, "staging", 160, 40)
	for text, want := range map[string]string{
		"night: {sort: colour}":  `sort is "colour"`,
		"night: {layer: cellar}": `no layer "cellar"`,
		"night: {colour: red}":   "unknown field",
		"night: [":               "reading the saved views",
		"day: {sort: name}":      `no saved view "night": there are day`,
		"\"day\\x1b[31m\": {}\n": "there are day",
	} {
		if err := statefile.Replace(viewsFile(), []byte(text)); err != nil {
			t.Fatal(err)
		}
		a.runCommand("view night")
		if got := a.messages.entries[len(a.messages.entries)-1].text; !strings.Contains(got, want) || strings.ContainsRune(got, 0x1b) {
			t.Errorf("%s: said %q, want %q", text, got, want)
		}
	}
}

// Two kilns that save views at once lose none of them, and a file that holds
// nothing yet is no obstacle.
func TestSavedViewsOfTwoKilnsAreAllKept(t *testing.T) {
	a, _ := newTestApp(t, "staging", 160, 40)
	if err := statefile.Replace(viewsFile(), []byte("# none yet\n")); err != nil {
		t.Fatal(err)
	}
	var kilns sync.WaitGroup
	for kiln := range 4 {
		save := saveView(a, fmt.Sprintf("view-%d", kiln))
		kilns.Go(func() {
			if batch, ok := save().(tea.BatchMsg); ok { // the spinner comes second
				batch[0]()
			}
		})
	}
	kilns.Wait()
	views, err := readViews(viewsFile())
	if err != nil || len(views) != 4 {
		t.Errorf("of 4 views %d are kept: %v", len(views), err)
	}
}
