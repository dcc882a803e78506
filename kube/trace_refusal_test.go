package kube_test

import (
	"errors"
	"net/http"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"kiln/kube"
)

func TestRefusersAreKnownByTheirWords(t *testing.T) {
	tests := []struct {
		message, by, name, says string
		reason                  metav1.StatusReason
	}{
		{`pods "a" is forbidden: violates PodSecurity "restricted:v1.30": privileged (…)`, "PodSecurity", "restricted:v1.30", "privileged (…)", metav1.StatusReasonForbidden},
		{`pods "a" is forbidden: exceeded quota: team, requested: pods=1, used: pods=4, limited: pods=4`, "ResourceQuota", "team", "exceeded quota: team, requested: pods=1, used: pods=4, limited: pods=4", metav1.StatusReasonForbidden},
		{`pods "a" is forbidden: failed quota: team: must specify limits.cpu for: c`, "ResourceQuota", "team", "failed quota: team: must specify limits.cpu for: c", metav1.StatusReasonForbidden},
		{`configmaps "a" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no`, "ValidatingAdmissionPolicy", "p", "no", metav1.StatusReasonInvalid},
		{`admission webhook "check.example" denied the request: image unsigned`, "webhook", "check.example", "image unsigned", metav1.StatusReasonForbidden},
		{`admission webhook "check.example" denied the request without explanation`, "webhook", "check.example", "without explanation", metav1.StatusReasonForbidden},
		{`Internal error occurred: failed calling webhook "check.example": connection refused`, "webhook", "check.example", `failed calling webhook "check.example": connection refused`, metav1.StatusReasonInternalError},
		{`admission webhook "old.example" does not support dry run`, "webhook", "old.example", `admission webhook "old.example" does not support dry run`, metav1.StatusReasonBadRequest},
		{`pods "a" is forbidden: maximum cpu usage per Container is 1, but limit is 2`, "LimitRange", "", "maximum cpu usage per Container is 1, but limit is 2", metav1.StatusReasonForbidden},
		{`rolebindings "a" is forbidden: user "u" (groups=["g"]) is attempting to grant RBAC permissions not currently held:`, "RBAC", "", "attempting to grant RBAC permissions not currently held:", metav1.StatusReasonForbidden},
		{`pods "a" is forbidden: node "n" can only create pods with spec.nodeName set to itself`, "NodeRestriction", "n", `node "n" can only create pods with spec.nodeName set to itself`, metav1.StatusReasonForbidden},
		{`pods "a" is forbidden: User "u" cannot create resource "pods" in API group ""`, "authorization", "", `User "u" cannot create resource "pods" in API group ""`, metav1.StatusReasonForbidden},
		{`something of its own`, "admission", "", "something of its own", metav1.StatusReasonForbidden},
		{"Pod is invalid: \x1b[31mspec", "validation", "", "Pod is invalid: spec", metav1.StatusReasonInvalid},
		{`pods "a" already exists`, "storage", "", `pods "a" already exists`, metav1.StatusReasonAlreadyExists},
	}
	for _, tt := range tests {
		err := &apierrors.StatusError{ErrStatus: metav1.Status{Code: http.StatusForbidden, Reason: tt.reason, Message: tt.message}}
		want := kube.Refusal{By: tt.by, Name: tt.name, Says: tt.says}
		if got := kube.RefusalOf(err); got == nil || *got != want {
			t.Errorf("%q\n got %+v\nwant %+v", tt.message, got, want)
		}
	}
	if r := kube.RefusalOf(errors.New("connection refused")); r != nil {
		t.Errorf("a broken connection is nobody's refusal: %+v", r)
	}
}
