package tui

import (
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"kiln/kube/kubetest"
)

// From a finding to a guardrail that warns, one that refuses, and none.
func TestKeepFixedByKeys(t *testing.T) {
	cluster := kubetest.Cluster(t)
	namespace := cluster.Namespace(t, "keep")
	cluster.Apply(t, shopManifest, namespace)
	name := "kiln-pod-writable-rootfs." + namespace
	binding := func() string {
		t.Helper()
		b, err := cluster.Client().AdmissionregistrationV1().ValidatingAdmissionPolicyBindings().Get(t.Context(), name, metav1.GetOptions{})
		if errors.IsNotFound(err) {
			return ""
		}
		if err != nil {
			t.Fatal(err)
		}
		return string(b.Spec.ValidationActions[0])
	}
	d := openStory(t, cluster.Kubeconfig(), namespace)
	d.find("pod/writable-rootfs Deployment/checkout")

	d.keys("K")
	d.shows("Warn of whatever would bring back pod/writable-rootfs", "in "+namespace+": Deployment/checkout, Pod/naked", "ValidatingAdmissionPolicy/"+name)
	if binding() != "" {
		t.Fatal("a preview has made it")
	}
	d.keys("tab", "enter")
	d.shows("the server spoke up for 2 objects")
	if binding() != "Warn" {
		t.Fatalf("it is %q", binding())
	}

	d.keys("K")
	d.shows("Refuse whatever would bring back pod/writable-rootfs")
	d.keys("esc")
	d.command("guardrails")
	d.shows("□ warn", "pod/writable-rootfs", namespace)
	d.keys("f")
	d.shows("Refuse whatever", "−   - Warn", "+   - Deny")
	d.keys("tab", "enter")
	if binding() != "Deny" {
		t.Fatalf("it is %q:\n%s", binding(), screenText(d.app))
	}
	d.command("guardrails")
	d.shows("■ deny")
	d.keys("u")
	d.shows("Remove the guardrail " + name)
	d.keys("tab", "enter")
	if binding() != "" {
		t.Fatalf("it is still there:\n%s", screenText(d.app))
	}
}

func TestWhatCannotBeKeptFixedSaysWhy(t *testing.T) {
	cluster := kubetest.Cluster(t)
	namespace := cluster.Namespace(t, "keepnot")
	cluster.Apply(t, shopManifest, namespace)
	d := openStory(t, cluster.Kubeconfig(), namespace)
	d.find("network/no-policy")
	d.keys("K")
	d.shows("no guardrail can keep network/no-policy fixed")
	if v, ok := d.app.top().(*diffView); !ok || strings.Join(v.buttons.labels, " ") != cancelLabel {
		t.Errorf("there is a button to do it:\n%s", screenText(d.app))
	}
}

// Labels are made firm from the list, too.
func TestLabelsByKeys(t *testing.T) {
	cluster := kubetest.Cluster(t)
	namespace := cluster.Namespace(t, "labels")
	cluster.Apply(t, shopManifest, namespace)
	label := func() string {
		t.Helper()
		ns, err := cluster.Client().CoreV1().Namespaces().Get(t.Context(), namespace, metav1.GetOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return ns.Labels["pod-security.kubernetes.io/enforce"]
	}
	d := openStory(t, cluster.Kubeconfig(), namespace)
	d.find("pod/privileged Pod/naked")
	d.keys("K")
	d.shows("Warn of pods that miss the Pod Security level baseline", "in "+namespace+": Pod/naked (privileged)")
	d.keys("tab", "enter")
	d.command("guardrails")
	d.shows("□ warn", "Pod Security baseline")
	d.keys("f")
	d.shows("Refuse pods that miss the Pod Security level baseline")
	d.keys("tab", "enter")
	if label() != "baseline" {
		t.Fatalf("the namespace enforces %q:\n%s", label(), screenText(d.app))
	}
}
