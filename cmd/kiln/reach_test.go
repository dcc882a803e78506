package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"kiln/scanners"
	"kiln/scanners/netpol"
	"kiln/scanners/scantest"
)

const reachable = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: registry.example/web:1, ports: [{name: http, containerPort: 8080}]}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: c, image: registry.example/db:1, ports: [{name: sql, containerPort: 5432}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: db}
spec: {selector: {app: db}, ports: [{port: 5432}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db-from-web}
spec: {podSelector: {matchLabels: {app: db}}, policyTypes: [Ingress, Egress], ingress: [{from: [{podSelector: {matchLabels: {app: web}}}]}]}
`

func TestReachOfANamespace(t *testing.T) {
	testbed := useTestbed(t)
	ns := testbed.Namespace(t, "reach")
	testbed.Apply(t, reachable, ns)
	got := kiln(t, "", "reach", "-n", ns, "-o", "json")
	var report reachReport
	if err := json.Unmarshal([]byte(got.out), &report); err != nil || got.code != exitDone {
		t.Fatalf("exit %d, %v: %s", got.code, err, got.err)
	}
	// Other tests load clusters with flannel, which enforces none.
	if report.Enforced == scanners.Pass || report.Reason == "" {
		t.Errorf("nothing runs here that would enforce policies: %s, %q", report.Enforced, report.Reason)
	}
	by := map[string]reachedWorkload{}
	for _, w := range report.Workloads {
		by[w.Workload.Name] = w
	}
	db, web := by["db"], by["web"]
	if len(db.In.Peers) != 1 || db.In.Peers[0].Workload.Name != "web" || db.In.Peers[0].Ports[0] != "5432/TCP" || db.Metadata || db.Out.Internet {
		t.Errorf("db: %+v", db)
	}
	if !web.Metadata || !web.Out.Internet || len(web.In.Policies) != 0 || web.In.Outside != "every address" {
		t.Errorf("web: %+v", web)
	}
	text := strings.Join(strings.Fields(kiln(t, "", "reach", "StatefulSet/db", "-n", ns).out), " ")
	for _, want := range []string{ns + " 1 (by db-from-web)", "← Deployment/web in " + ns + " on 5432/TCP (sql, Service db:5432)", "169.254.169.254 can't be asked"} {
		if !strings.Contains(text, want) {
			t.Errorf("the text lacks %q: %s", want, text)
		}
	}
}

func TestReachUsage(t *testing.T) {
	testbed := useTestbed(t)
	ns := testbed.Namespace(t, "reach-empty")
	for args, want := range map[string]struct {
		code int
		err  string
	}{
		"reach a b":            {exitUsage, "one KIND/NAME at most"},
		"reach -o table":       {exitUsage, "use text or json"},
		"reach Pod/x -n " + ns: {exitError, "no workload Pod/x is known in namespace " + ns},
		"reach -n " + ns:       {exitDone, "no workload runs in namespace " + ns},
	} {
		if got := kiln(t, "", strings.Fields(args)...); got.code != want.code || !strings.Contains(got.err, want.err) {
			t.Errorf("%s: exit %d, %q; want %d, %q", args, got.code, got.err, want.code, want.err)
		}
	}
}

// TestReachOfMany: what is too long for one document is still counted.
func TestReachOfMany(t *testing.T) {
	const many = 800 // each of which may talk to all others, both ways
	var pods strings.Builder
	for i := range many {
		fmt.Fprintf(&pods, "{apiVersion: v1, kind: Pod, metadata: {name: p%d, namespace: shop}, spec: {containers: [{name: c, image: i}]}}\n---\n", i)
	}
	inv := scantest.Files(t, pods.String())
	hood := netpol.NewNeighbourhood(inv)
	var out strings.Builder
	a := &app{streams: streams{out: &out}}
	if err := a.writeReachJSON(t.Context(), hood, reachReport{}, inv.Workloads); err == nil || !strings.Contains(err.Error(), "name a namespace") || out.Len() > 0 {
		t.Errorf("%v, and %d bytes were written", err, out.Len())
	}
	if err := a.writeReachJSON(t.Context(), hood, reachReport{}, inv.Workloads[:20]); err != nil {
		t.Errorf("those of a few should fit: %v", err)
	}
	out.Reset()
	if err := a.writeReach(t.Context(), hood, reachReport{}, inv.Workloads, false); err != nil || strings.Count(out.String(), "every workload: shop 799") != 2*many {
		t.Errorf("%v:\n%.500s", err, out.String())
	}
}
