package tui

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"kiln/fixes"
	"kiln/kube"
)

// openCountedDiff is openDiff with a count of what was written.
func openCountedDiff(a *App, fail error, proposals ...proposal) (*diffView, *[]string) {
	v := openDiff(a, proposals...)
	written := &[]string{}
	v.carryOut = func(_ context.Context, p proposal) (fixes.Entry, error) {
		*written = append(*written, p.subject)
		changed := fixes.JournalObject{Ref: p.preview.Targets[0].Change.Target, State: fixes.Applied}
		return fixes.Entry{ID: "entry-1", Title: p.preview.Plan.Title, State: fixes.Applied, Objects: []fixes.JournalObject{changed}}, fail
	}
	return v, written
}

// owned makes a proposal for an object of Helm's.
func owned() proposal {
	p := fixtureProposal()
	p.preview.Targets[0].Owner = kube.Owner{Manager: kube.Helm, Name: "shop"}
	return p
}

// conflicting makes a proposal for a field that another manager declared.
func conflicting(p proposal) proposal {
	p.preview.Targets[0].Takeovers = []fixes.Takeover{{Field: ".spec.x", Manager: "helm", Declared: true}}
	return p
}

func TestButtonsSayWhatTheyDo(t *testing.T) {
	refused := fixtureProposal()
	refused.preview.Targets[0].Err = errors.New("admission webhook denied the request")
	for _, c := range []struct {
		name      string
		proposals []proposal
		want      []string
	}{
		{"a plain fix", []proposal{fixtureProposal()}, []string{"Cancel", "Apply", "Export"}},
		{"an object of Helm's", []proposal{owned()}, []string{"Cancel", "Export", "Apply as stopgap"}},
		{"a declared field", []proposal{conflicting(fixtureProposal())}, []string{"Cancel", "Take over and apply", "Export"}},
		{"both", []proposal{conflicting(owned())}, []string{"Cancel", "Export", "Take over and apply as stopgap"}},
		{"refused by the server", []proposal{refused}, []string{"Cancel"}},
		{"nothing to do", []proposal{{err: fixes.ErrNothingToDo}}, []string{"Cancel"}},
		{"some of a batch", []proposal{refused, fixtureProposal(), fixtureProposal()}, []string{"Cancel", "Apply 2 of 3", "Export"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, _ := newTestApp(t, "staging", 80, 24)
			v := openDiff(a, c.proposals...)
			if !slices.Equal(v.buttons.labels, c.want) || v.buttons.focus != 0 {
				t.Errorf("buttons %q with the focus on %d, want %q with it on Cancel", v.buttons.labels, v.buttons.focus, c.want)
			}
		})
	}
}

func TestKeysInFlightDontApply(t *testing.T) {
	a, c := newTestApp(t, "staging", 80, 24)
	v, _ := openCountedDiff(a, nil, fixtureProposal())
	press(a, "tab", "enter", "enter")
	if v.stop != nil || a.top() != view(v) || v.buttons.focus != 0 {
		t.Fatal("keys in flight pressed a button")
	}
	c.now = c.now.Add(settleTime)
	press(a, "enter")
	if a.top() == view(v) {
		t.Error("enter should press Cancel and close the page")
	}
}

// applyAll presses Apply and runs what it starts to the end.
func applyAll(a *App, c *clock, keys ...string) {
	c.now = c.now.Add(time.Second)
	for _, k := range keys {
		_, cmd := a.Update(keyOf(k))
		settle(a, cmd)
	}
}

func TestApplyWritesEachOnce(t *testing.T) {
	a, c := newTestApp(t, "staging", 80, 24)
	first, second := fixtureProposal(), fixtureProposal()
	first.subject, second.subject = "one", "two"
	v, written := openCountedDiff(a, nil, first, second)
	applyAll(a, c, "tab", "enter")
	if !slices.Equal(*written, []string{"one", "two"}) {
		t.Errorf("written: %q, want both, once, in order", *written)
	}
	if a.top() == view(v) {
		t.Error("the page should close when all went well")
	}
	if m := a.messages.current(); m == nil || !strings.Contains(m.text, "2 fixes applied") {
		t.Errorf("the message is %+v", m)
	}
}

func TestFailedApplyStaysToBeRead(t *testing.T) {
	a, c := newTestApp(t, "staging", 80, 24)
	v, written := openCountedDiff(a, errors.New("webhook says no"), fixtureProposal())
	applyAll(a, c, "tab", "enter")
	if len(*written) != 1 || a.top() != view(v) {
		t.Fatalf("written %d times; the page should stay", len(*written))
	}
	if text := screenText(a); !strings.Contains(text, "not applied: webhook says no") {
		t.Errorf("the page doesn't say why:\n%s", text)
	}
}

func TestReadOnlyWritesNothing(t *testing.T) {
	a, c := newTestApp(t, "staging", 80, 24)
	a.setReadOnly(true)
	_, written := openCountedDiff(a, nil, fixtureProposal())
	applyAll(a, c, "tab", "enter")
	if m := a.messages.current(); len(*written) != 0 || m == nil || !strings.Contains(m.text, "ctrl-o") {
		t.Errorf("written %d times, message %+v; want none, and what to do", len(*written), m)
	}
}

func TestProductionWantsItsNameTyped(t *testing.T) {
	a, c := newTestApp(t, "prod-eu-1", 80, 24)
	_, written := openCountedDiff(a, nil, fixtureProposal())
	applyAll(a, c, "tab", "enter")
	if a.dialog == nil || len(*written) != 0 {
		t.Fatal("production should ask first")
	}
	applyAll(a, c, "right", "enter")
	if len(*written) != 0 || a.dialog == nil {
		t.Fatal("without the name nothing may be written")
	}
	typeText(a, "prod-eu-")
	applyAll(a, c, "enter")
	if len(*written) != 0 {
		t.Fatal("half the name is not the name")
	}
	typeText(a, "1")
	applyAll(a, c, "enter")
	if len(*written) != 1 {
		t.Errorf("written %d times after the name was typed, want once", len(*written))
	}
}

func TestEscStopsAnApplyButWaitsForItsEnd(t *testing.T) {
	a, c := newTestApp(t, "staging", 80, 24)
	v, _ := openCountedDiff(a, nil, fixtureProposal(), fixtureProposal())
	c.now = c.now.Add(time.Second)
	press(a, "tab", "enter") // the command isn't run: the request is under way
	if v.stop == nil {
		t.Fatal("nothing is being written")
	}
	press(a, "esc", "q")
	a.runCommand("findings")
	if a.top() != view(v) {
		t.Fatal("the page must stay until the request has ended")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	v.update(appliedMsg{ctx: ctx, index: 0, entry: fixes.Entry{ID: "entry-1"}})
	if v.stop != nil || v.proposals[1].applied != nil {
		t.Error("after the stop nothing more may be written")
	}
}

func TestButtonsStayVisible(t *testing.T) {
	a, _ := newTestApp(t, "staging", 40, 12)
	openDiff(a, fixtureProposal())
	for range 50 {
		if !strings.Contains(screenText(a), "Cancel") {
			t.Fatal("the buttons scrolled away")
		}
		press(a, "down")
	}
}

func TestExportName(t *testing.T) {
	p := fixtureProposal().preview
	p.Plan.Finding.Check, p.Plan.Finding.Object.Name = "pod/privileged", "../../"+hostile
	if got, want := exportName(p, "092653"), "kiln-pod-privileged-..-..-evil-31m-0-owned-name-092653"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestADiffIsDrawnInSeveralWays(t *testing.T) {
	a, _ := newTestApp(t, "staging", 120, 40)
	p := fixtureProposal()
	p.preview.Targets[0].Before += "long: " + strings.Repeat("0123456789", 15) + "\n"
	p.preview.Targets[0].After += "long: " + strings.Repeat("0123456789", 14) + "changed-at-the-very-end\n"
	v := openDiff(a, p)
	v.opened = v.opened.Add(-settleTime)
	text := screenText(a)
	if !strings.Contains(text, "@@ line") || strings.Contains(text, "very-end") {
		t.Fatalf("changes only, and long lines cut, were expected:\n%s", text)
	}
	press(a, "w")
	if text := screenText(a); !strings.Contains(text, "very-end") {
		t.Errorf("w should break long lines:\n%s", text)
	}
	press(a, "v")
	sides := false
	for _, line := range strings.Split(screenText(a), "\n") {
		left, right, split := strings.Cut(line, " │ ")
		sides = sides || split && strings.Contains(left, "− ") && strings.Contains(left, "privileged: true") && strings.Contains(right, "+ ") && strings.Contains(right, "privileged: false")
	}
	if !sides {
		t.Errorf("v should set before and after side by side:\n%s", screenText(a))
	}
	press(a, "v", "o")
	if text := screenText(a); strings.Contains(text, "@@ line") || !strings.Contains(text, "apiVersion") {
		t.Errorf("o should show the whole object:\n%s", text)
	}
}

func TestBrokenLinesKeepTheirMarks(t *testing.T) {
	l := numberedLine{fixes.DiffLine{Kind: fixes.Added, Text: "image: 注文データ/latest", Spans: []fixes.Span{{Start: 7, End: 25}}}, 12, 0}
	var whole strings.Builder
	marked := 0
	for i, part := range l.wrap(diffMargin + 10) {
		if ansi.StringWidth(part.Text) > 10 || (part.number == 12) != (i == 0) {
			t.Errorf("part %d is %+v", i, part)
		}
		for _, s := range part.Spans {
			marked += len(part.Text[s.Start:s.End])
		}
		whole.WriteString(part.Text)
	}
	if whole.String() != l.Text || marked != 18 {
		t.Errorf("%q became %q with %d bytes marked", l.Text, whole.String(), marked)
	}
}
