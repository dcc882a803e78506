package main

import (
	"encoding/json"
	"strings"
	"testing"

	authenticationv1 "k8s.io/api/authentication/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// TestConstrainedImpersonationIsSeen gives somebody the two rights that it
// takes, sees that the server lets them act as an account for this request and
// for no other, and that kiln tells who has them.
func TestConstrainedImpersonationIsSeen(t *testing.T) {
	testbed := useTestbed(t)
	ns := testbed.Namespace(t, "deputy")
	deputy := testbed.Identity(t, "deputy", nil,
		rbacv1.PolicyRule{APIGroups: []string{"authentication.k8s.io"}, Resources: []string{"serviceaccounts"}, Verbs: []string{"impersonate:serviceaccount"}},
		rbacv1.PolicyRule{APIGroups: []string{"authentication.k8s.io"}, Resources: []string{"selfsubjectreviews"}, Verbs: []string{"impersonate-on:serviceaccount:create"}})
	config, err := clientcmd.BuildConfigFromFlags("", deputy)
	if err != nil {
		t.Fatal(err)
	}
	config.Impersonate = rest.ImpersonationConfig{UserName: "system:serviceaccount:" + ns + ":default"}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	review, err := client.AuthenticationV1().SelfSubjectReviews().Create(t.Context(), &authenticationv1.SelfSubjectReview{}, metav1.CreateOptions{})
	if err != nil || review.Status.UserInfo.Username != config.Impersonate.UserName {
		t.Fatalf("the server should let deputy be the account: %v, %+v", err, review)
	}
	if _, err := client.CoreV1().Pods(ns).List(t.Context(), metav1.ListOptions{}); !apierrors.IsForbidden(err) || !strings.Contains(err.Error(), "deputy") {
		t.Errorf("the server should refuse deputy another request: %v", err)
	}

	for args, found := range map[string]bool{
		"impersonate:serviceaccount serviceaccounts":              true,
		"impersonate:serviceaccount sa":                           true, // as kubectl writes it
		"impersonate-on:serviceaccount:create selfsubjectreviews": true,
		"impersonate:user-info users":                             false,
		"impersonate serviceaccounts":                             false,
		"impersonate users":                                       false,
	} {
		got := kiln(t, "", append([]string{"who-can"}, strings.Fields(args)...)...)
		if got.code != exitDone || strings.Contains(got.out, "User deputy") != found || strings.Contains(got.err, "no verb") {
			t.Errorf("who-can %s: exit %d, deputy named: %v, want %v\n%s%s", args, got.code, !found, found, got.out, got.err)
		}
	}
	var report struct {
		Findings []struct{ Severity, Message string }
	}
	got := kiln(t, "", "scan", "--check", "api/rbac-impersonate", "-o", "json")
	if err := json.Unmarshal([]byte(got.out), &report); err != nil {
		t.Fatalf("exit %d, %v: %s", got.code, err, got.err)
	}
	for _, f := range report.Findings {
		if strings.HasPrefix(f.Message, "User deputy") && f.Severity == "high" {
			return
		}
	}
	t.Errorf("deputy isn't among the findings: %+v", report.Findings)
}
