package tui

import (
	"slices"
	"strings"
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"kiln/kube"
	"kiln/kube/kubetest"
	"kiln/scanners"
)

const privilegedPod = `
apiVersion: v1
kind: Pod
metadata: {name: intruder}
spec:
  containers:
  - name: shell
    image: registry.example/shell:1.0
    securityContext: {privileged: true}
`

// finds says whether the list has a finding of a check and an object's name.
func finds(a *App, check, name string) bool {
	return slices.ContainsFunc(a.snapshot.findings, func(f *scanners.Finding) bool { return f.Check == check && f.Object.Name == name })
}

func TestFindingsFollowTheCluster(t *testing.T) {
	cluster := kubetest.Cluster(t)
	namespace := cluster.Namespace(t, "live")
	cluster.Apply(t, shopManifest, namespace)
	d := openStory(t, cluster.Kubeconfig(), namespace)
	d.shows("● live")
	d.keys("down", "down", "down", "down")
	selectedBefore, line := selected(d.app), d.app.findings.table.cursor-d.app.findings.table.offset

	d.keepsMarks = true // for as long as this test takes to look at them
	cluster.Apply(t, privilegedPod, namespace)
	d.until("the intruder is found", func() bool { return finds(d.app, "pod/privileged", "intruder") })
	d.until("it is in the list", func() bool { return strings.Contains(screenText(d.app), "intruder") })
	d.shows("live +")
	if selected(d.app) != selectedBefore {
		t.Errorf("the cursor went from %s to %s", selectedBefore, selected(d.app))
	}
	if now := d.app.findings.table.cursor - d.app.findings.table.offset; now < line {
		t.Errorf("the cursor went from line %d to %d", line, now)
	}
	d.command("posture")
	d.shows("Pod/intruder")
	d.command("workloads")
	d.shows("Pod/intruder")

	if err := cluster.Client().CoreV1().Pods(namespace).Delete(t.Context(), "intruder", *metav1.NewDeleteOptions(0)); err != nil {
		t.Fatal(err)
	}
	d.until("the intruder is gone", func() bool { return !finds(d.app, "pod/privileged", "intruder") })
	if strings.Contains(screenText(d.app), "intruder") {
		t.Errorf("the workloads still have it:\n%s", screenText(d.app))
	}
	d.command("findings")
	d.shows("gone · ", "intruder")
	d.app.Update(marksOverMsg{d.app.live.id, d.app.live.marks.batch})
	if strings.Contains(screenText(d.app), "intruder") {
		t.Errorf("what is gone stays in the list:\n%s", screenText(d.app))
	}
}

// TestAKeyChangesFewLines keeps a slow line usable: what changes is all that is
// sent to the terminal.
func TestAKeyChangesFewLines(t *testing.T) {
	a, _ := newTestApp(t, "staging", 160, 45)
	a.View()
	before := strings.Split(screenText(a), "\n")
	press(a, "down")
	changed := 0
	for i, line := range strings.Split(screenText(a), "\n") {
		if line != before[i] {
			changed++
		}
	}
	if changed == 0 || changed > 3 {
		t.Errorf("moving the cursor changes %d lines, want those of two rows and the status", changed)
	}
}

func TestANewRowIsMarkedForAWhile(t *testing.T) {
	a, _ := newTestApp(t, "staging", 120, 30)
	a.opts.Live, a.live.running = true, true
	fresh := a.snapshot.findings[3]
	a.mark(&delta{appeared: []*scanners.Finding{fresh}, gone: []*scanners.Finding{{ID: "elsewhere"}}})
	if text := screenText(a); !strings.Contains(text, "● live +1 −1") || !strings.Contains(text, "+▲") && !strings.Contains(text, "+◆") {
		t.Fatalf("nothing is marked:\n%s", text)
	}
	a.Update(marksOverMsg{a.live.id, a.live.marks.batch})
	if text := screenText(a); strings.Contains(text, "+1") {
		t.Errorf("it's still marked:\n%s", text)
	}
}

func TestALostClusterIsStaleUntilItIsBack(t *testing.T) {
	cluster := kubetest.Cluster(t)
	namespace := cluster.Namespace(t, "stale")
	line := cluster.Line(t)
	d := openStory(t, line.Kubeconfig, namespace)
	d.shows("● live")
	line.Cut()
	d.until("it is said to be stale", func() bool { return strings.Contains(screenText(d.app), "stale since") })
	cluster.Apply(t, privilegedPod, namespace)
	line.Mend(t)
	d.until("it is live again", func() bool { return strings.Contains(screenText(d.app), "● live") })
	d.until("what happened meanwhile is found", func() bool { return finds(d.app, "pod/privileged", "intruder") })
}

// A right that is taken away meanwhile must not look like a mended cluster.
func TestWhatCannotBeReadAnyMoreIsSaid(t *testing.T) {
	cluster := kubetest.Cluster(t)
	namespace := cluster.Namespace(t, "blinded")
	cluster.Apply(t, privilegedPod, namespace)
	reads := rbacv1.PolicyRule{APIGroups: []string{""}, Resources: []string{"pods", "services"}, Verbs: []string{"get", "list", "watch"}}
	kubeconfig := cluster.IdentityIn(t, namespace, "night", nil, reads)
	line := cluster.LineFor(t, kubeconfig)
	d := openStory(t, line.Kubeconfig, namespace)
	d.until("it is live", func() bool {
		return finds(d.app, "pod/privileged", "intruder") && strings.Contains(screenText(d.app), "● live")
	})
	cluster.RevokeIn(t, namespace, kubeconfig, reads)
	line.Cut()
	line.Mend(t)
	d.until("it is said", func() bool {
		return slices.ContainsFunc(d.app.messages.entries, func(m message) bool { return strings.Contains(m.text, "can't be read any more (forbidden") })
	})
	if finds(d.app, "pod/privileged", "intruder") {
		t.Error("it still shows pods that it may not read")
	}
}

func TestAnOpenFindingSeesItsObjectMended(t *testing.T) {
	cluster := kubetest.Cluster(t)
	namespace := cluster.Namespace(t, "mended")
	cluster.Apply(t, shopManifest, namespace)
	d := openStory(t, cluster.Kubeconfig(), namespace)
	d.find("privilege-escalation Deployment/checkout")
	d.keys("enter")
	patch := `{"spec":{"template":{"spec":{"containers":[{"name":"api","securityContext":{"allowPrivilegeEscalation":false}}]}}}}`
	_, err := cluster.Client().AppsV1().Deployments(namespace).Patch(t.Context(), "checkout", types.StrategicMergePatchType, []byte(patch), metav1.PatchOptions{})
	if err != nil {
		t.Fatal(err)
	}
	d.until("the page says so", func() bool { return strings.Contains(screenText(d.app), "doesn't find this any more") })
}

func TestWithoutLiveNothingIsWatched(t *testing.T) {
	cluster := kubetest.Cluster(t)
	namespace := cluster.Namespace(t, "still")
	d := openStory(t, cluster.Kubeconfig(), namespace)
	d.app.opts.Live = false
	d.keys("ctrl+r")
	if d.app.live.running || strings.Contains(screenText(d.app), "live") {
		t.Errorf("the cluster is followed all the same:\n%s", screenText(d.app))
	}
}

func TestDeltaTellsWhatHappenedToFindings(t *testing.T) {
	check := fixtureChecks()[9]
	before := scanners.CheckResult{Check: check, Status: scanners.Fail, Findings: fixtureFindings(check)}
	after := before
	after.Findings = slices.Clone(before.Findings)[1:]
	after.Findings[0].Message = "worse"
	after.Findings = append(after.Findings, scanners.Finding{ID: "new", Object: kube.Ref{Name: "fresh"}})
	var d delta
	d.compare(before, after)
	if len(d.appeared) != 1 || d.appeared[0].ID != "new" || len(d.altered) != 1 || len(d.gone) != 1 || d.gone[0].ID != before.Findings[0].ID {
		t.Errorf("delta = %+v", d)
	}
	after.Incomplete = true
	var partial delta
	partial.compare(before, after)
	if len(partial.gone) != 0 {
		t.Error("what can't be judged any more isn't gone")
	}
	back := changes{}.add(&d).add(&delta{appeared: d.gone, gone: d.appeared})
	if len(back.appeared)+len(back.gone) != 0 {
		t.Errorf("what came and went is no change: %+v", back)
	}
}
