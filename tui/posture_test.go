package tui

import (
	"strings"
	"testing"

	"kiln/scanners"
)

func TestNextGainsRecomputeTheScore(t *testing.T) {
	results := fixtureResults()
	before := scanners.Scores(results)
	gains := nextGains(results, 3)
	var ids []string
	for _, g := range gains {
		ids = append(ids, g.check.ID)
	}
	if got := strings.Join(ids, " "); got != "api/cluster-admin pod/privileged data/secret-in-env-literal" {
		t.Fatalf("the next three are %s", got)
	}
	if g := gains[1]; g.before != *before[scanners.Pod].Percent || g.after != 100*10/14 || g.findings != 5 {
		t.Errorf("mending pod/privileged gives %+v", g)
	}
	if more := nextGains(results, 99); len(more) == 0 || more[len(more)-1].check.Fix == scanners.Manual {
		t.Errorf("manual work is proposed: %+v", more)
	}
	if fixtureResults()[9].Status != results[9].Status {
		t.Error("the results were changed")
	}
}

func TestGainsDoNotCountWhatIsUnknown(t *testing.T) {
	r := scanners.CheckResult{Check: fixtureChecks()[9], Status: scanners.Fail, Incomplete: true, Findings: fixtureFindings(fixtureChecks()[9])}
	if got := mended(r).Status; got != scanners.NotKnown {
		t.Errorf("what couldn't be read in full is %s when mended", got)
	}
}

func TestChangesSinceTheLastScan(t *testing.T) {
	a, _ := newTestApp(t, "staging", 120, 60)
	a.runCommand("posture")
	if text := screenText(a); !strings.Contains(text, "This was the first") {
		t.Errorf("before a second scan:\n%s", text)
	}
	results := fixtureResults()
	results[0].Findings = nil
	results[9].Findings[0].ID = "fresh"
	results[8].Findings, results[8].Status = nil, scanners.NotKnown
	deliver(a, newSnapshot(results, nil))
	c := a.changes
	if len(c.appeared) != 1 || c.appeared[0].ID != "fresh" || len(c.gone) != 2 {
		t.Fatalf("appeared %d, gone %d; what is no longer known isn't gone", len(c.appeared), len(c.gone))
	}
	if text := screenText(a); !strings.Contains(text, "+ pod/privileged") || !strings.Contains(text, "− api/cluster-admin") {
		t.Errorf("the changes aren't shown:\n%s", text)
	}
}

func TestGainsKnowTheClustersOwnFindingsStay(t *testing.T) {
	results := fixtureResults()
	results[8].Status, results[8].Findings = scanners.Pass, nil // so that pod has a score to raise
	failing := &results[9]
	failing.Findings[0].System = true
	g, ok := gainOf(results, 9)
	if !ok || g.findings != len(failing.Findings)-1 {
		t.Fatalf("the gain is %+v, %v", g, ok)
	}
	failing.Findings = failing.Findings[:1]
	if after := *scanners.Scores(results)[scanners.Pod].Percent; g.after != after {
		t.Errorf("the score is foretold as %d, and is %d once all but the cluster's own are mended", g.after, after)
	}
}

// TestPostureLeadsToTheFindings opens each line, and counts what it lists.
func TestPostureLeadsToTheFindings(t *testing.T) {
	for _, width := range []int{80, 160} {
		a, _ := newTestApp(t, "staging", width, 60)
		a.runCommand("posture")
		page := a.top().(*postureView)
		screenText(a)
		want := map[string]int{"layer/pod": a.snapshot.scores[scanners.Pod].Findings}
		for _, severity := range scanners.Severities() {
			want["severity/"+severity.String()] = page.sum.bySeverity[severity]
		}
		for _, g := range page.sum.gains {
			want["gain/"+g.check.ID] = g.findings
		}
		for by, groups := range page.sum.offenders {
			for _, g := range groups {
				n := 0
				for _, count := range g.bySeverity {
					n += count
				}
				want[groupings()[by].title+"/"+g.name] = n
			}
		}
		for i := range page.stops {
			page.moveTo(i)
			id := page.stops[i].lead.id
			press(a, "enter")
			list, ok := a.top().(*findingsView)
			if !ok {
				t.Fatalf("%s leads to %s", id, a.top().title())
			}
			if n, known := want[id]; known && list.table.rows != n {
				t.Errorf("%s lists %d findings, the page says %d", id, list.table.rows, n)
			}
			delete(want, id)
			press(a, "esc")
			if screenText(a); a.top() != page || page.at != i {
				t.Fatalf("back from %s, the cursor is on stop %d of %s", id, page.at, a.top().title())
			}
		}
		if len(want) > 0 {
			t.Errorf("at width %d these lines lead nowhere: %v", width, want)
		}
	}
}

func TestPostureMovesBetweenItsLines(t *testing.T) {
	a, _ := newTestApp(t, "staging", 160, 24)
	a.runCommand("posture")
	page := a.top().(*postureView)
	at := func(id string) {
		t.Helper()
		if screenText(a); page.stops[page.at].lead.id != id {
			t.Fatalf("the cursor is on %s instead of %s", page.stops[page.at].lead.id, id)
		}
	}
	at("layer/node")
	press(a, "down")
	at("layer/api")
	press(a, "right")
	if page.stops[page.at].column != 1 {
		t.Fatal("right stays in the left column")
	}
	press(a, "left")
	at("layer/api")
	for range 40 {
		press(a, "down")
	}
	if text := screenText(a); !strings.Contains(text, "▌ 3. ") || !strings.Contains(text, "This was the first") {
		t.Errorf("the last line and what stands below it aren't shown:\n%s", text)
	}
	press(a, "up", "up")
	at("gain/" + page.sum.gains[0].check.ID)
	first := page.at
	deliver(a, newSnapshot(fixtureResults()[1:], nil)) // the first gain is made
	if screenText(a); page.at != first {
		t.Errorf("once its line is gone, the cursor is on stop %d instead of %d", page.at, first)
	}
	press(a, "f")
	if text := screenText(a); !strings.Contains(text, "nothing can be changed") {
		t.Errorf("f without a journal:\n%s", text)
	}
}
