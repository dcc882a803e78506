package main

import (
	"encoding/json"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"kiln/fixes"
	"kiln/kube/kubetest"
	"kiln/scanners"
)

// useTestbed points the environment at the testbed, as its admin.
func useTestbed(t *testing.T) *kubetest.Testbed {
	t.Helper()
	testbed := kubetest.Cluster(t)
	isolate(t)
	t.Setenv("KUBECONFIG", testbed.Kubeconfig())
	return testbed
}

// scanOf scans a namespace for one check.
func scanOf(t *testing.T, ns, check string) scanners.Report {
	t.Helper()
	got := kiln(t, "", "scan", "-n", ns, "--check", check, "-o", "json")
	var report scanners.Report
	if err := json.Unmarshal([]byte(got.out), &report); err != nil {
		t.Fatalf("exit %d, %v: %s", got.code, err, got.err)
	}
	return report
}

func TestScanFixUndoStory(t *testing.T) {
	testbed := useTestbed(t)
	ns := testbed.Namespace(t, "story")
	testbed.Apply(t, strings.ReplaceAll(privileged, "namespace: shop", ""), ns)
	deployment := func() *appsv1.Deployment {
		t.Helper()
		d, err := testbed.Client().AppsV1().Deployments(ns).Get(t.Context(), "web", metav1.GetOptions{})
		if err != nil {
			t.Fatal(err)
		}
		d.ResourceVersion, d.Generation, d.Status, d.Annotations = "", 0, appsv1.DeploymentStatus{}, withoutRevision(d.Annotations)
		d.ManagedFields = withoutStatus(d.ManagedFields)
		return d
	}
	before := deployment()

	report := scanOf(t, ns, "pod/privileged")
	if len(report.Findings) != 1 || report.Findings[0].Object.Kind != "Deployment" {
		t.Fatalf("findings = %v, want one, on the Deployment and not on its pods", report.Findings)
	}
	id := report.Findings[0].ID

	refused := kiln(t, "", "fix", id)
	if refused.code != exitError || !strings.Contains(refused.err, "say --yes") {
		t.Fatalf("without --yes nobody said so: exit %d, %s", refused.code, refused.err)
	}
	looked := kiln(t, "", "fix", "pod/privileged", "-n", ns, "--object", "Deployment/web", "--dry-run")
	if looked.code != exitDone || !strings.Contains(looked.out, "-          privileged: true") || !strings.Contains(looked.err, "takes over kubectl-client-side-apply") {
		t.Fatalf("dry run: exit %d\n%s%s", looked.code, looked.out, looked.err)
	}
	readOnly := kiln(t, "", "fix", "pod/privileged", "-n", ns, "--yes", "--readonly")
	if readOnly.code != exitError || !strings.Contains(readOnly.err, "read-only mode") {
		t.Fatalf("read-only: exit %d, %s", readOnly.code, readOnly.err)
	}
	if got := deployment(); !reflect.DeepEqual(got, before) {
		t.Fatal("looking has changed the object")
	}

	fixed := kiln(t, "", "fix", "pod/privileged", "-n", ns, "--object", "Deployment/web", "--yes")
	if fixed.code != exitDone {
		t.Fatalf("fix: exit %d\n%s", fixed.code, fixed.err)
	}
	if p := deployment().Spec.Template.Spec.Containers[0].SecurityContext.Privileged; p == nil || *p {
		t.Error("the container is still privileged")
	}
	if report := scanOf(t, ns, "pod/privileged"); len(report.Findings) != 0 || report.Checks[0].Status != scanners.Pass {
		t.Errorf("after the fix: %v", report.Checks)
	}
	if again := kiln(t, "", "fix", "pod/privileged", "-n", ns, "--yes"); again.code != exitError || !strings.Contains(again.err, "fixed already") {
		t.Errorf("a second time: exit %d, %s", again.code, again.err)
	}

	var entries []fixes.Entry
	if err := json.Unmarshal([]byte(kiln(t, "", "journal", "-o", "json").out), &entries); err != nil || len(entries) != 1 || entries[0].State != fixes.Applied || entries[0].Finding.ID != id {
		t.Fatalf("journal: %v, %+v", err, entries)
	}
	undone := kiln(t, "", "undo")
	if undone.code != exitDone || !strings.Contains(undone.out, "+          privileged: true") {
		t.Fatalf("undo: exit %d\n%s%s", undone.code, undone.out, undone.err)
	}
	if got := deployment(); !reflect.DeepEqual(got, before) {
		t.Errorf("undo brought back\n%+v\nnot\n%+v", got, before)
	}
	if nothing := kiln(t, "", "undo"); nothing.code != exitError || !strings.Contains(nothing.err, "nothing to undo") {
		t.Errorf("undo without an entry: exit %d, %s", nothing.code, nothing.err)
	}
}

// withoutRevision drops what the deployment controller counts.
func withoutRevision(annotations map[string]string) map[string]string {
	delete(annotations, "deployment.kubernetes.io/revision")
	return annotations
}

// withoutStatus drops the controllers' entries: they go on working meanwhile.
func withoutStatus(entries []metav1.ManagedFieldsEntry) []metav1.ManagedFieldsEntry {
	var kept []metav1.ManagedFieldsEntry
	for _, e := range entries {
		if e.Manager != "kube-controller-manager" {
			kept = append(kept, e)
		}
	}
	return kept
}

func TestViewOnlyIdentityPassesNothingThatItCannotRead(t *testing.T) {
	testbed := kubetest.Hardened(t) // in the demo's cluster everybody has rights
	isolate(t)
	ns := testbed.Namespace(t, "view")
	testbed.Apply(t, strings.ReplaceAll(privileged, "namespace: shop", ""), ns)
	t.Setenv("KUBECONFIG", testbed.Identity(t, "onlooker", nil,
		rbacv1.PolicyRule{APIGroups: []string{"apps"}, Resources: []string{"deployments"}, Verbs: []string{"list", "get"}}))

	got := kiln(t, "", "scan", "-n", ns, "-o", "json", "--require-complete")
	var report scanners.Report
	if err := json.Unmarshal([]byte(got.out), &report); err != nil {
		t.Fatalf("%v: %s", err, got.err)
	}
	if got.code != exitIncomplete {
		t.Errorf("exit %d, want %d", got.code, exitIncomplete)
	}
	for _, c := range report.Checks {
		if c.ID == "api/outdated-version" || c.ID == "api/certificates" {
			continue // who can connect sees the version and the certificates
		}
		if c.Status == scanners.Pass || c.Reason == "" {
			t.Errorf("%s is %s with reason %q: hardly anything could be read", c.ID, c.Status, c.Reason)
		}
	}
	if fixed := kiln(t, "", "fix", "pod/privileged", "-n", ns, "--yes"); fixed.code != exitError || !strings.Contains(fixed.err, "may not") {
		t.Errorf("fix without the right to patch: exit %d, %s", fixed.code, fixed.err)
	}
}

func TestRefusedCredentialsAreOneClearSentence(t *testing.T) {
	testbed := useTestbed(t)
	tests := []struct {
		name  string
		spoil func(*clientcmdapi.Config)
		want  string
	}{
		{"expired token", func(c *clientcmdapi.Config) {
			for name := range c.AuthInfos {
				c.AuthInfos[name] = &clientcmdapi.AuthInfo{Token: "expired"}
			}
		}, "doesn't accept the credentials"},
		{"another authority", func(c *clientcmdapi.Config) {
			for _, cluster := range c.Clusters {
				cluster.CertificateAuthority, cluster.CertificateAuthorityData = "", nil
			}
		}, "signed by an authority that the kubeconfig doesn't know"},
		{"another name", func(c *clientcmdapi.Config) {
			for _, cluster := range c.Clusters {
				cluster.TLSServerName = "elsewhere.example.com"
			}
		}, "is for another name"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			config, err := clientcmd.LoadFromFile(testbed.Kubeconfig())
			if err != nil {
				t.Fatal(err)
			}
			tt.spoil(config)
			path := filepath.Join(t.TempDir(), "config")
			if err := clientcmd.WriteToFile(*config, path); err != nil {
				t.Fatal(err)
			}
			got := kiln(t, "", "scan", "--kubeconfig", path)
			if got.code != exitError || !strings.Contains(got.err, tt.want) || !strings.Contains(got.err, "Try: ") || strings.Count(got.err, "\n") != 1 {
				t.Errorf("exit %d, err %q; want %q", got.code, got.err, tt.want)
			}
		})
	}
}

func TestWhoCanNamesSubjectBindingAndRule(t *testing.T) {
	testbed := useTestbed(t)
	ns := testbed.Namespace(t, "who")
	testbed.Apply(t, `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader}
rules:
- {apiGroups: [""], resources: [pods], verbs: [get]}
- {apiGroups: [""], resources: [secrets], verbs: [get], resourceNames: [key]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: reader}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects: [{kind: ServiceAccount, name: api}]
`, ns)
	subject := "ServiceAccount " + ns + "/api"
	tests := []struct {
		args  string
		found bool
	}{
		{"get secrets key -n " + ns, true},
		{"get secret key", true}, // somewhere
		{"get secrets -n " + ns, false},
		{"get secrets other -n " + ns, false},
		{"get secrets key -n default", false},
		{"get po -n " + ns, true},
		{"create pods/exec -n " + ns, false},
	}
	for _, tt := range tests {
		got := kiln(t, "", append([]string{"who-can"}, strings.Fields(tt.args)...)...)
		if got.code != exitDone || strings.Contains(got.out, subject) != tt.found {
			t.Errorf("who-can %s: exit %d, %s named: %v, want %v\n%s%s", tt.args, got.code, subject, !tt.found, tt.found, got.out, got.err)
		}
	}
	back := kiln(t, "", "what-can", "sa:"+ns+"/api", "-o", "json")
	if back.code != exitDone || !strings.Contains(back.out, `"secrets"`) || !strings.Contains(back.out, "system:discovery") {
		t.Errorf("what-can: exit %d\n%s", back.code, back.out)
	}
	if typo := kiln(t, "", "who-can", "get", "secretz"); typo.code != exitError || !strings.Contains(typo.err, `no resource "secretz"`) {
		t.Errorf("exit %d: %s", typo.code, typo.err)
	}
	if typo := kiln(t, "", "what-can", "robot:x"); typo.code != exitUsage {
		t.Errorf("exit %d: %s", typo.code, typo.err)
	}
}
