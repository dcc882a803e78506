package audit

import (
	"strings"
	"testing"

	"kiln/scanners/scantest"
)

func TestAuditPoliciesInManifests(t *testing.T) {
	policy := func(rules ...string) string {
		return "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- " + strings.Join(rules, "\n- ") + "\n"
	}
	const secrets = `{level: Metadata, resources: [{group: "", resources: [secrets, configmaps, serviceaccounts/token]}, {group: authentication.k8s.io, resources: [tokenreviews]}]}`
	at := func(keys ...string) []string {
		var want []string
		for _, key := range keys {
			want = append(want, "Policy/- | rules | "+key)
		}
		return want
	}
	bodies := at("reading secrets", "changing secrets", "making ServiceAccounts' tokens", "reviews of tokens", "changing config maps")
	scantest.Judge(t, auditPolicyGaps(), []scantest.Verdict{
		{Name: "everything, without bodies", Objects: policy("{level: Metadata}"), Files: true},
		{Name: "secrets without bodies, the rest with", Objects: policy(secrets, "{level: RequestResponse}"), Files: true},
		{Name: "components left out", Objects: policy("{level: None, users: ['system:kube-proxy'], verbs: [watch]}", "{level: None, userGroups: ['system:nodes'], verbs: [get]}", "{level: Metadata}"), Files: true},
		{Name: "bodies of secrets", Objects: policy("{level: RequestResponse}"), Files: true, Want: bodies},
		{Name: "exec left out", Objects: policy(`{level: None, resources: [{group: "", resources: [pods/exec, pods/portforward]}]}`, "{level: Metadata}"), Files: true, Want: at("commands in containers", "forwarding ports")},
		{Name: "only changes", Objects: policy("{level: Metadata, verbs: [create, update, patch, delete]}"), Files: true, Want: at("reading secrets", "the proxy to pods", "the proxy to services")},
		{Name: "everybody left out", Objects: policy("{level: None, userGroups: ['system:authenticated']}", "{level: Metadata}"), Files: true, Want: at(all()...)},
		{Name: "no such level", Objects: policy("{level: Everything}"), Files: true, Want: at("unreadable")},
		{Name: "no policy", Objects: "{apiVersion: v1, kind: Namespace, metadata: {name: shop}}", Files: true, Unknown: "no audit policy to judge"},
	})
}

func all() []string {
	var keys []string
	for _, m := range matters() {
		keys = append(keys, m.what)
	}
	return keys
}
