package tui

import (
	"slices"
	"strings"
	"testing"

	"kiln/kube"
	"kiln/scanners"
)

// noisyResults are the fixture's, with findings of the cluster's own
// components, one that is accepted, and one whose acceptance has expired.
func noisyResults() []scanners.CheckResult {
	results := fixtureResults()
	for i := range results {
		r := &results[i]
		if r.Check.ID != "pod/privileged" {
			continue
		}
		r.Findings[1].Accepted = &scanners.Acceptance{Reason: "reads metrics\x1b[31m", Expires: "2027-01-31", From: "annotation"}
		r.Findings[2].Accepted = &scanners.Acceptance{Reason: "until the move", Expires: "2026-01-31", Expired: true, From: "configuration"}
		proxy := r.Findings[0]
		proxy.ID, proxy.System = "system-proxy", true
		proxy.Object = kube.Ref{APIVersion: "apps/v1", Kind: "DaemonSet", Namespace: "kube-system", Name: "kube-proxy"}
		r.Findings = append(r.Findings, proxy)
	}
	return results
}

func noisyApp(t *testing.T, width, height int) *App {
	t.Helper()
	a, _ := newTestApp(t, "staging", width, height)
	deliver(a, newSnapshot(noisyResults(), nil))
	return a
}

func TestTheClustersOwnAreFoldedAndCounted(t *testing.T) {
	a := noisyApp(t, 120, 40)
	if slices.Contains(listed(a), "system-proxy") || !strings.Contains(screenText(a), "1 of the cluster's own folded (z)") {
		t.Fatalf("the cluster's own finding should be folded, and counted:\n%s", screenText(a))
	}
	press(a, "z")
	if !slices.Contains(listed(a), "system-proxy") || strings.Contains(screenText(a), "folded") {
		t.Errorf("z should show it:\n%s", screenText(a))
	}
	press(a, "z")
	a.runCommand("ns kube-system")
	if ids := listed(a); !slices.Equal(ids, []string{"system-proxy"}) {
		t.Errorf("whoever asks for its namespace sees it: %v", ids)
	}
}

func TestNothingButTheClustersOwnSaysSo(t *testing.T) {
	a := noisyApp(t, 80, 24)
	press(a, "/")
	typeText(a, "kube-proxy")
	if text := screenText(a); !strings.Contains(text, "1 finding of the cluster's own components") {
		t.Errorf("the empty list hides why it is empty:\n%s", text)
	}
}

func TestAcceptedComeLastAndAreNeverPassed(t *testing.T) {
	a := noisyApp(t, 160, 45)
	for _, keys := range [][]string{nil, {"C"}, {"C"}, {"S", "S"}} {
		press(a, keys...)
		ids := listed(a)
		if ids[len(ids)-1] != "pod/privileged-1" {
			t.Errorf("after %v the accepted finding isn't last: %v", keys, ids)
		}
	}
	text := screenText(a)
	for _, want := range []string{"~ accepted", "accepted until 2027-01-31: reads metrics", "acceptance expired 2026-01-31: until the move"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing:\n%s", want, text)
		}
	}
	press(a, "end", "enter")
	if text := screenText(a); !strings.Contains(text, "accepted until 2027-01-31: reads metrics (annotation)") {
		t.Errorf("the finding's page:\n%s", text)
	}
	press(a, "esc", "A")
	if ids := listed(a); slices.Contains(ids, "pod/privileged-1") || !slices.Contains(ids, "pod/privileged-2") {
		t.Errorf("shift-a should hide what is accepted, and not what has expired: %v", ids)
	}
	if text := screenText(a); !strings.Contains(text, "1 accepted hidden (shift-a)") {
		t.Errorf("what is hidden isn't counted:\n%s", text)
	}
}

func TestMessageIsWiderThanTheObject(t *testing.T) {
	a := noisyApp(t, 160, 45)
	v := a.views[0].(*findingsView)
	widths := map[int]int{}
	for _, p := range layout(v.table.columns, 160-gutter-1) {
		widths[p.index] = p.width
	}
	if widths[messageColumn] <= widths[objectColumn] {
		t.Errorf("at 160 columns the message has %d cells, the object %d", widths[messageColumn], widths[objectColumn])
	}
}

func TestExceptionsAreListedTheExpiredFirst(t *testing.T) {
	a := noisyApp(t, 160, 45)
	a.runCommand("exceptions")
	text := screenText(a)
	expired, accepted := strings.Index(text, "! expired"), strings.Index(text, "~ accepted")
	if expired < 0 || accepted < expired || !strings.Contains(text, "until the move") {
		t.Fatalf("two exceptions were expected, the expired one first:\n%s", text)
	}
	press(a, "u")
	if text := screenText(a); !strings.Contains(text, "accepted in kiln.yaml") {
		t.Errorf("what a file accepts can't be taken back here, and nobody says so:\n%s", text)
	}
	press(a, "enter", "n")
	if text := screenText(a); !strings.Contains(text, "wasn't opened from a list") {
		t.Errorf("n should say why it does nothing:\n%s", text)
	}
}
