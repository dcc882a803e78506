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
