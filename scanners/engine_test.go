package scanners

import (
	"strings"
	"testing"

	"kiln/kube"
)

// inventory reads manifests; they never show nodes, which makes a gap.
func inventory(t *testing.T, manifests string) *kube.Inventory {
	t.Helper()
	inv, problems, err := kube.ReadManifests(kube.ManifestOptions{Paths: []string{"-"}, Stdin: strings.NewReader(manifests)})
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	return inv
}

const service = "apiVersion: v1\nkind: Service\nmetadata: {name: \"web\", namespace: shop}\nspec: {type: NodePort}\n"

func finds(n int) func(*kube.Inventory) Result {
	return func(inv *kube.Inventory) Result {
		var hits []Hit
		for range n {
			hits = append(hits, Hit{Object: inv.Services[0], Path: "spec.type", Message: "a\x1b[31mb"})
		}
		return Found(hits)
	}
}

func TestACheckPassesOnlyIfItSawEverything(t *testing.T) {
	inv := inventory(t, service)
	tests := []struct {
		name       string
		check      Check
		status     Status
		reason     string
		incomplete bool
	}{
		{"all was read", Check{Needs: []kube.Resource{kube.Services}, Find: finds(0)}, Pass, "", false},
		{"found", Check{Needs: []kube.Resource{kube.Services}, Find: finds(1)}, Fail, "", false},
		{"can't judge without nodes", Check{Needs: []kube.Resource{kube.Nodes}, Find: finds(1)}, NotKnown, "the manifests hold no nodes (scan the cluster)", true},
		{"nothing found, nodes unread", Check{Reads: []kube.Resource{kube.Nodes}, Find: finds(0)}, NotKnown, "nodes: ", true},
		{"found, nodes unread", Check{Reads: []kube.Resource{kube.Nodes}, Find: finds(1)}, Fail, "there may be more: nodes", true},
		{"says itself that it can't tell", Check{Find: func(*kube.Inventory) Result { return Unknown("no policy to judge") }}, NotKnown, "no policy to judge", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Evaluate([]Check{tt.check}, inv)[0]
			if got.Status != tt.status || !strings.Contains(got.Reason, tt.reason) || got.Incomplete != tt.incomplete {
				t.Errorf("%s, %q, incomplete %v; want %s, %q, %v", got.Status, got.Reason, got.Incomplete, tt.status, tt.reason, tt.incomplete)
			}
		})
	}
}

// A check with a bug neither passes nor takes the others with it, in a scan
// and when the cluster is followed.
func TestACheckThatPanicsIsUnknownAndAlone(t *testing.T) {
	inv := inventory(t, service)
	var broken bool
	breaks := func(inv *kube.Inventory) Result {
		if broken {
			var none []Hit
			return Found(none[:1])
		}
		return finds(2)(inv)
	}
	needs := []kube.Resource{kube.Services}
	checks := []Check{{ID: "a/sound", Needs: needs, Find: finds(1)}, {ID: "a/broken", Needs: needs, Find: breaks}, {ID: "a/passes", Needs: needs, Find: finds(0)}}
	before := Evaluate(checks, inv)
	broken = true
	run := NewRun(checks)
	live, differ := Reevaluate(before, inv, needs)
	for how, results := range map[string][]CheckResult{"all at once": Evaluate(checks, inv), "as it comes": run.Advance(inv), "live": live} {
		if results[0].Status != Fail || len(results[0].Findings) != 1 || results[2].Status != Pass {
			t.Errorf("%s: the others' results have changed: %+v", how, results)
		}
		r := results[1]
		if r.Status != NotKnown || !r.Incomplete || len(r.Findings) != 0 || !strings.Contains(r.Reason, "slice bounds out of range") || !strings.Contains(r.Reason, "(engine_test.go:") {
			t.Errorf("%s: %s, %q, incomplete %v, %d findings", how, r.Status, r.Reason, r.Incomplete, len(r.Findings))
		}
	}
	if len(differ) != 1 || differ[0] != 1 {
		t.Errorf("%v differ", differ)
	}
}

func TestFindingsAreCleanAndLastingAndOnce(t *testing.T) {
	check := Check{ID: "network/nodeport", Find: finds(2)}
	first := Evaluate([]Check{check}, inventory(t, service))[0].Findings
	later := Evaluate([]Check{check}, inventory(t, "# a line more\n"+service))[0].Findings
	if len(first) != 1 || len(later) != 1 {
		t.Fatalf("%d and %d findings, want one each: the same place is one finding", len(first), len(later))
	}
	if first[0].ID != later[0].ID || first[0].Source.Line != 4 || later[0].Source.Line != 5 {
		t.Errorf("%s at line %d, %s at line %d: the ID lasts, the line moves", first[0].ID, first[0].Source.Line, later[0].ID, later[0].Source.Line)
	}
	if first[0].Message != "ab" {
		t.Errorf("message = %q, want no control sequences", first[0].Message)
	}
	two, problems, err := kube.ReadManifests(kube.ManifestOptions{Paths: []string{"a.yaml", "b.yaml"}, Texts: map[string][]byte{"a.yaml": []byte(service), "b.yaml": []byte(service)}})
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	each := Check{ID: "network/nodeport", Find: func(inv *kube.Inventory) Result {
		return Found([]Hit{{Object: inv.Services[0]}, {Object: inv.Services[1]}})
	}}
	if found := Evaluate([]Check{each}, two)[0].Findings; len(found) != 2 {
		t.Errorf("%d findings, want one for each of two overlays", len(found))
	}
}

func TestARunEvaluatesEachCheckOnceWhenItIsReady(t *testing.T) {
	empty := &kube.Inventory{} // nothing is settled yet
	run := NewRun([]Check{
		{ID: "a/now", Find: func(*kube.Inventory) Result { return Result{} }},
		{ID: "a/later", Needs: []kube.Resource{kube.Services}, Find: finds(1)},
		{ID: "a/hinted", Hints: []kube.Resource{kube.Services}, Find: finds(1)},
	})
	if got := run.Advance(empty); len(got) != 1 || got[0].Check.ID != "a/now" {
		t.Errorf("ready at once: %v", got)
	}
	if got := run.Advance(inventory(t, service)); len(got) != 2 || got[0].Check.ID != "a/later" || got[1].Check.ID != "a/hinted" {
		t.Errorf("ready once services are read: %v", got)
	}
	if got := run.Advance(inventory(t, service)); len(got) != 0 || len(run.Results()) != 3 {
		t.Errorf("ran again: %v", got)
	}
}

func TestScoresCanBeRecomputedByHand(t *testing.T) {
	result := func(layer Layer, severity Severity, status Status) CheckResult {
		r := CheckResult{Check: Check{Layer: layer, Severity: severity}, Status: status}
		if status == Fail {
			r.Findings = make([]Finding, 3)
		}
		return r
	}
	scores := Scores([]CheckResult{
		result(Pod, Critical, Pass), result(Pod, High, Fail), result(Pod, Low, Pass), result(Pod, Critical, NotKnown),
		result(Node, High, NotKnown), result(Audit, Info, Fail),
	})
	if p := scores[Pod]; p.Percent == nil || *p.Percent != 100*(10+1)/(10+6+1) || p.Findings != 3 || p.Unknown != 1 {
		t.Errorf("pod: %+v", p)
	}
	if n := scores[Node]; n.Percent != nil || n.Unknown != 1 {
		t.Errorf("node: %+v, want no score", n)
	}
	if a := scores[Audit]; a.Percent != nil {
		t.Errorf("audit: %+v: info weighs nothing", a)
	}
}
