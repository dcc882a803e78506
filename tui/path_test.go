package tui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"kiln/kube"
	"kiln/kube/kubetest"
	"kiln/scanners"
)

func TestAnswersAreJudgedByHowNearTheyAre(t *testing.T) {
	s := inventorySnapshot()
	finding := func(kind, namespace, name, check string) *scanners.Finding {
		return &scanners.Finding{Check: check, Message: "is privileged", Object: kube.Ref{APIVersion: "apps/v1", Kind: kind, Namespace: namespace, Name: name}}
	}
	right := []*scanners.Finding{finding("Deployment", "shop", "checkout", "pod/privileged")}
	all := append(right, finding("Service", "shop", "front", "network/nodeport"), finding("Service", "ops", "metrics", "network/nodeport"), finding("NetworkPolicy", "shop", "open", "network/open-policy"))
	for text, want := range map[string]string{
		"checkout":                    "That's one",
		"deploy/checkout":             "That's one",
		"shop/deployments/checkout":   "That's one",
		"Deployment checkout -n shop": "That's one",
		"pod/checkout-2":              "the pod is made by Deployment/checkout in shop",
		"sts/checkout":                "Hot: the name is right",
		"checkout -n ops":             "Hot: the name is right",
		"networkpolicies/open":        "another thing (network/open-policy). But the namespace is right.",
		"svc/front":                   "another thing (network/nodeport). But the namespace is right.",
		"svc/metrics":                 "another thing (network/nodeport). Look in another namespace.",
		"sleeper":                     "Lukewarm: Deployment/sleeper in idle is there",
		"nobody":                      "Cold: kiln finds nothing wrong with an object of that name, if there is one.",
		"nobody -n shop":              "if there is one. But the namespace is right.",
		"CheckOut":                    "That's one",
		"deploy/check":                "Hot: that is how the name of a right one begins",
		"deploy/":                     "Name an object",
	} {
		j := judge(parseAnswer(text), right, all, s.inventory)
		if !strings.Contains(j.words, want) || (j.right != nil) != strings.Contains(j.words, "That's one") {
			t.Errorf("%q: %s, want %q", text, j.words, want)
		}
	}
	hints := hintsFor(right[0])
	if hints[0] != "Its kind is Deployment." || hints[len(hints)-1] != "It is Deployment/checkout in shop." {
		t.Errorf("hints: %q", hints)
	}
}

func TestTheLessonsShowHowToLook(t *testing.T) {
	lesson := "# Title\n\n## How it is abused\n\n    kubectl get secrets --token=STOLEN\n\n## See it yourself\n\n```\nkubectl get pod NAME -o yaml\n```\n\nOr:\n\n```\nkubectl get pods -A |\n  grep x\n```\n"
	if got := strings.Join(lookYourself(lesson), "\n"); got != "kubectl get pods -A |\n  grep x" {
		t.Errorf("the command is %q", got)
	}
	if got := lookYourself("# Title\n\n## See it yourself\n\n    kubectl get node NAME\n"); got != nil {
		t.Errorf("a command that needs the name doesn't help to find it: %q", got)
	}
}

func TestPathStopsAtWhatIsWrongHere(t *testing.T) {
	s := newSnapshot(fixtureResults(), nil)
	done := newPathProgress()
	var keys []string
	for _, p := range pathStops(s, done, nil) {
		keys = append(keys, p.key())
	}
	got := strings.Join(keys, " ")
	if !strings.Contains(got, "pod pod/privileged pod/privilege-escalation") || !strings.Contains(got, "audit") || strings.Contains(got, "audit/") {
		t.Errorf("the path is %s", got)
	}
	keys = nil
	for _, p := range pathStops(s, done, []string{"pod/image-pull-policy"}) {
		keys = append(keys, p.key())
	}
	if got := strings.Join(keys, " "); !strings.Contains(got, "pod pod/privileged pod/image-pull-policy") {
		t.Errorf("one of the stops should be what a guardrail can keep out: %s", got)
	}
	done.Done["pod/no-owner-label"] = []string{"read"}
	keys = nil
	for _, p := range pathStops(s, done, nil) {
		keys = append(keys, p.key())
	}
	if got := strings.Join(keys, " "); !strings.Contains(got, "pod pod/no-owner-label") {
		t.Errorf("what was begun should stay first: %s", got)
	}
}

func TestPathProgressIsKept(t *testing.T) {
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	path, err := pathFile()
	if err != nil {
		t.Fatal(err)
	}
	a, c := newTestApp(t, "staging", 120, 40)
	settle(a, a.runCommand("learn path"))
	for range 2 { // the introductions of the first two layers
		press(a, "enter")
		_, cmd := a.Update(keyOf("enter"))
		settle(a, cmd)
		press(a, "down")
	}
	kept, err := readPathProgress()
	if err != nil || len(kept.Done) != 2 {
		t.Fatalf("kept: %+v (%v)\n%s", kept, err, screenText(a))
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file's mode: %v, %v", info, err)
	}
	a.runCommand("learn path reset")
	c.now = c.now.Add(settleTime)
	press(a, "tab")
	_, cmd := a.Update(keyOf("enter"))
	settle(a, cmd)
	if kept, err = readPathProgress(); err != nil || len(kept.Done) != 0 {
		t.Errorf("after the reset: %+v (%v)", kept, err)
	}
	for text, want := range map[string]string{`{"apiVersion":"kiln/v9"}`: "this kiln reads kiln/v1", `{`: "reading how far"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		a.runCommand("learn path")
		if got := screenText(a); !strings.Contains(got, want) {
			t.Errorf("%s: want %q in\n%s", filepath.Base(path), want, got)
		}
	}
}

// TestTheGuidedPath walks one stop to its end on a real server: the lesson, a
// wrong and a right answer, the fix, and the refusal by Pod Security.
func TestTheGuidedPath(t *testing.T) {
	cluster := kubetest.Cluster(t)
	namespace := cluster.Namespace(t, "path")
	cluster.Apply(t, strings.ReplaceAll(shopManifest, "image: registry.example/shop/checkout:1.0", "image: registry.example/shop/checkout:1.0\n        securityContext: {privileged: true}"), namespace)
	d := openStory(t, cluster.Kubeconfig(), namespace)
	d.command("learn path")
	path := d.app.top().(*pathView)
	stop := -1
	for i, p := range path.stops {
		if p.key() == "pod/privileged" {
			stop = i
		}
	}
	if stop < 0 {
		t.Fatalf("pod/privileged isn't on the path:\n%s", screenText(d.app))
	}
	path.table.moveTo(stop)
	d.keys("enter")
	d.shows("1 read the lesson", "Privileged container")
	d.keys("enter")
	d.shows("Which object is it?", "kubectl get pods")
	d.keys("enter")
	d.shows("Hint: Its kind is ")
	d.write("nobody")
	d.keys("enter")
	d.shows(`"nobody"? Cold`)
	d.write("deploy/checkout")
	d.keys("enter")
	d.shows("That's one", "Enter shows the fix")
	d.keys("enter")
	d.shows("privileged", "Apply")
	d.keys("tab", "enter")
	d.shows("it is fixed")

	d.keys("enter", "enter") // on to the last step, and try it
	d.shows("would be let in", "kiln guard pod/privileged -n "+namespace)
	for _, stage := range []string{"Warn of", "Refuse"} { // the guardrails
		d.keys("enter")
		d.shows(stage, "Apply")
		d.keys("tab", "enter")
		d.shows("Enter sends the object as it was")
		d.keys("enter")
	}
	d.shows("refused by", "So it doesn't come back")
	if kept, err := readPathProgress(); err != nil || len(kept.Done["pod/privileged"]) != 4 {
		t.Errorf("kept: %+v (%v)", kept, err)
	}
	if list, err := cluster.Client().CoreV1().Pods(namespace).List(t.Context(), metav1.ListOptions{LabelSelector: "app=checkout"}); err == nil {
		for _, pod := range list.Items {
			if strings.HasSuffix(pod.Name, "-copy") {
				t.Error("the trial has made a pod")
			}
		}
	}
}

func TestThePathInReadOnlyMode(t *testing.T) {
	a, _ := newTestApp(t, "staging", 120, 40)
	a.path = newPathProgress()
	v := pathStopOf(a, "pod/privileged")
	v.step = fixIt
	a.push(v)
	if text := screenText(a); !strings.Contains(text, "Enter shows the fix") || strings.Contains(text, "read-only now") {
		t.Errorf("writable:\n%s", text)
	}
	press(a, "ctrl+o")
	if text := screenText(a); !strings.Contains(text, "kiln is read-only now: the preview works") {
		t.Errorf("read-only:\n%s", text)
	}
}
