package kubetest

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes"
)

func TestMain(m *testing.M) { os.Exit(Run(m)) }

// clientOf connects as an identity.
func clientOf(t *testing.T, kubeconfig string) kubernetes.Interface {
	t.Helper()
	config, err := loadConfig(kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func TestClusterIsSharedAndReportsItsVersion(t *testing.T) {
	t.Parallel()
	c := Cluster(t)
	if c != Cluster(t) {
		t.Error("a second cluster was started")
	}
	version, err := c.Client().Discovery().ServerVersion()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(version.GitVersion, "v1.") || version.Major != "1" {
		t.Errorf("the server says it is %+v", version)
	}
}

func TestConfigBelongsToTheCaller(t *testing.T) {
	t.Parallel()
	c := Cluster(t)
	c.Config().Host = "changed"
	if c.Config().Host == "changed" {
		t.Error("one caller's change reached another")
	}
}

func TestHardenedRefusesPrivilegedPodsAndKeepsAnAuditLog(t *testing.T) {
	t.Parallel()
	c := Hardened(t)
	namespace := c.Namespace(t, "shop")
	_, err := c.dynamic.Resource(schema.GroupVersionResource{Version: "v1", Resource: "pods"}).Namespace(namespace).
		Create(t.Context(), decode(t, privilegedPod), metav1.CreateOptions{})
	if !apierrors.IsForbidden(err) {
		t.Errorf("creating a privileged pod: %v", err)
	}
	log, err := os.ReadFile(c.AuditLog())
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(log), namespace) {
		t.Error("the audit log doesn't mention the namespace")
	}
}

func TestNamespacesDifferAndGoAway(t *testing.T) {
	t.Parallel()
	c := Cluster(t)
	var names []string
	t.Run("a test", func(t *testing.T) {
		names = []string{c.Namespace(t, "shop"), c.Namespace(t, "shop")}
		if names[0] == names[1] || !strings.HasPrefix(names[0], "shop-") {
			t.Errorf("got %q", names)
		}
	})
	eventually(t, "both are gone", func(ctx context.Context) (bool, error) {
		list, err := c.Client().CoreV1().Namespaces().List(ctx, metav1.ListOptions{})
		if err != nil {
			return false, err
		}
		for _, namespace := range list.Items {
			if slices.Contains(names, namespace.Name) {
				return false, nil
			}
		}
		return true, nil
	})
}

func TestIdentityHasItsRightsAndNoOthers(t *testing.T) {
	t.Parallel()
	c := Cluster(t)
	viewer := clientOf(t, c.Identity(t, "viewer", []string{"team-a"},
		rbacv1.PolicyRule{Verbs: []string{"list"}, APIGroups: []string{""}, Resources: []string{"pods"}},
		rbacv1.PolicyRule{Verbs: []string{"get"}, NonResourceURLs: []string{"/flagz"}}))
	if _, err := viewer.CoreV1().Pods("").List(t.Context(), metav1.ListOptions{}); err != nil {
		t.Errorf("listing all pods: %v", err)
	}
	if err := viewer.Discovery().RESTClient().Get().AbsPath("/flagz").Do(t.Context()).Error(); err != nil {
		t.Errorf("reading /flagz: %v", err)
	}
	_, err := viewer.CoreV1().Secrets("").List(t.Context(), metav1.ListOptions{})
	if !apierrors.IsForbidden(err) || !strings.Contains(err.Error(), `"viewer"`) {
		t.Errorf("listing all secrets: %v", err)
	}
}

func TestIdentityTakesRightsFromItsGroups(t *testing.T) {
	t.Parallel()
	c := Cluster(t)
	monitor := clientOf(t, c.Identity(t, "monitor", []string{"system:monitoring"}))
	if err := monitor.Discovery().RESTClient().Get().AbsPath("/metrics").Do(t.Context()).Error(); err != nil {
		t.Errorf("reading /metrics: %v", err)
	}
}

func TestIdentityInIsBoundToItsNamespace(t *testing.T) {
	t.Parallel()
	c := Cluster(t)
	own, foreign := c.Namespace(t, "own"), c.Namespace(t, "foreign")
	editor := clientOf(t, c.IdentityIn(t, own, "editor", nil,
		rbacv1.PolicyRule{Verbs: []string{"*"}, APIGroups: []string{"apps"}, Resources: []string{"deployments/scale", "deployments"}}))
	if _, err := editor.AppsV1().Deployments(own).List(t.Context(), metav1.ListOptions{}); err != nil {
		t.Errorf("in its own namespace: %v", err)
	}
	if _, err := editor.AppsV1().Deployments(foreign).List(t.Context(), metav1.ListOptions{}); !apierrors.IsForbidden(err) {
		t.Errorf("in another namespace: %v", err)
	}
}
