package tui

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"kiln/kube/kubetest"
)

// Somebody chooses a user for a container, sees it in the diff at once, fixes
// two things of one object together, and takes both back as one.
func TestAnswerAndBatchByKeys(t *testing.T) {
	cluster := kubetest.Cluster(t)
	namespace := cluster.Namespace(t, "answers")
	cluster.Apply(t, shopManifest, namespace)
	context := func() *corev1.SecurityContext {
		t.Helper()
		d, err := cluster.Client().AppsV1().Deployments(namespace).Get(t.Context(), "checkout", metav1.GetOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return d.Spec.Template.Spec.Containers[0].SecurityContext
	}
	d := openStory(t, cluster.Kubeconfig(), namespace)
	d.find("run-as-root Deployment/checkout")
	d.keys("f")
	d.shows("? Which user does it run as? image", "restarts 1 pod of Deployment/checkout")
	d.keys("e", "down", "down", "1", "2", "enter")
	d.shows("another: 12", "+           runAsUser: 12")
	d.keys("esc", "esc")

	d.keys("/")
	d.app.prompt.input.SetValue("")
	d.write("pod/(run-as-root|privilege-escalation) Deployment/checkout")
	d.keys("enter", "g", "space", "space", "f")
	d.shows("2 fixes, 2 can be applied")
	d.keys("tab", "enter")
	if c := context(); c == nil || c.RunAsNonRoot == nil || c.AllowPrivilegeEscalation == nil {
		t.Fatalf("after the batch: %+v\n%s", c, screenText(d.app))
	}
	d.command("journal")
	d.keys("U")
	d.shows("2 fixes of a batch, 2 can be taken back")
	d.keys("tab", "enter")
	d.shows("2 fixes taken back")
	if c := context(); c != nil && (c.RunAsNonRoot != nil || c.AllowPrivilegeEscalation != nil) {
		t.Errorf("after the undo: %+v", c)
	}
}

// Who may only look is told on the finding's page, before any preview.
func TestMissingRightsAreOnTheFindingsPage(t *testing.T) {
	cluster := kubetest.Cluster(t)
	namespace := cluster.Namespace(t, "viewer")
	cluster.Apply(t, shopManifest, namespace)
	all := rbacv1.PolicyRule{Verbs: []string{"get", "list", "watch"}, APIGroups: []string{"", "apps", "batch"}, Resources: []string{"*"}}
	d := openStory(t, cluster.IdentityIn(t, namespace, "looks-"+namespace, nil, all), namespace)
	d.find("privilege-escalation Deployment/checkout")
	d.keys("enter")
	for range 8 {
		if strings.Contains(screenText(d.app), "You may not do this") {
			break
		}
		d.keys("pgdown")
	}
	d.shows("You may not do this: you may not patch deployments.apps in " + namespace)
	if strings.Contains(screenText(d.app), "shows the change before anything is written") {
		t.Error("the page offers the fix")
	}
}
