package tui

import (
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"kiln/kube/kubetest"
	"kiln/scanners"
)

func TestAcceptingNeedsADayAndAReason(t *testing.T) {
	now := newClock().now
	for text, want := range map[string]string{
		"2027-01-31: reads metrics":  "until 2027-01-31: reads metrics",
		"never: by design":           "by design",
		"2026-03-14: only today":     "until 2026-03-14: only today",
		"2027-01-31: see http://a:b": "until 2027-01-31: see http://a:b",
	} {
		if got, err := acceptAnnotation(text, now); err != nil || got != want {
			t.Errorf("%q gives %q, %v; want %q", text, got, err, want)
		}
	}
	for _, text := range []string{"", "2027-01-31", "2027-01-31: ", "never:", "2026-03-13: over", "soon: x", "31.1.2027: x"} {
		if got, err := acceptAnnotation(text, now); err == nil {
			t.Errorf("%q is taken for %q", text, got)
		}
	}
}

func TestAcceptAndTakeBackByKeys(t *testing.T) {
	cluster := kubetest.Cluster(t)
	namespace := cluster.Namespace(t, "accept")
	cluster.Apply(t, shopManifest, namespace)
	annotation := func() string {
		t.Helper()
		d, err := cluster.Client().AppsV1().Deployments(namespace).Get(t.Context(), "checkout", metav1.GetOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return d.Annotations[scanners.AcceptAnnotation("pod/privilege-escalation")]
	}
	d := openStory(t, cluster.Kubeconfig(), namespace)
	d.find("privilege-escalation Deployment/checkout")
	d.keys("a", "enter")
	d.shows("say why after the colon")
	d.write("it needs setuid")
	d.keys("enter")
	d.shows("accept.kiln/pod.privilege-escalation: 'until", "it needs setuid", "Nothing is fixed")
	if annotation() != "" {
		t.Fatal("a preview has changed the cluster")
	}
	d.keys("tab", "enter")
	if got := annotation(); !strings.HasPrefix(got, "until 2") || !strings.HasSuffix(got, ": it needs setuid") {
		t.Fatalf("the annotation is %q:\n%s", got, screenText(d.app))
	}
	d.shows("~ accepted")
	d.keys("enter")
	d.shows("it needs setuid (annotation)")
	d.command("exceptions")
	d.shows("~ accepted", "pod/privilege-escalation", "it needs setuid")
	d.keys("u")
	d.shows("No longer accept", "accept.kiln/pod.privilege-escalation")
	d.keys("tab", "enter")
	if got := annotation(); got != "" {
		t.Fatalf("it is still accepted: %q", got)
	}
	d.shows("Nothing is accepted")
	d.command("journal")
	d.keys("u", "tab", "enter")
	if got := annotation(); !strings.HasSuffix(got, ": it needs setuid") {
		t.Fatalf("the undo didn't bring the annotation back: %q\n%s", got, screenText(d.app))
	}
	d.command("journal")
	d.keys("down")
	d.keys("u", "tab", "enter")
	if got := annotation(); got != "" {
		t.Errorf("after the undo it is still accepted: %q", got)
	}
}
