package api

import (
	"testing"

	"kiln/scanners/scantest"
)

const people = `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: people}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
subjects:
- {kind: User, apiGroup: rbac.authorization.k8s.io, name: "jane@shop.example"}
- {kind: User, apiGroup: rbac.authorization.k8s.io, name: "system:kube-scheduler"}
- {kind: Group, apiGroup: rbac.authorization.k8s.io, name: devs}
`

func TestWhomTheAPIServerBelieves(t *testing.T) {
	const at = "APIServer/kube-apiserver | spec.containers[0].command | "
	idp := "https://id.example"
	for _, tt := range []struct {
		name    string
		objects string
		flags   pairs
		want    []string
		unknown string
	}{
		{"client certificates, and groups alone", shop, pairs{"client-ca-file": "/ca.crt"}, nil, ""},
		{"a person and no identity provider", people, pairs{"client-ca-file": "/ca.crt"}, []string{at + "people | low"}, ""},
		{"a person of an identity provider", people, pairs{"oidc-issuer-url": idp}, nil, ""},
		{"a person that a webhook knows", people, pairs{"authentication-token-webhook-config-file": "/hook"}, nil, ""},
		{"groups as they are", shop, pairs{"oidc-issuer-url": idp, "oidc-groups-claim": "groups"}, []string{at + "oidc-groups-prefix | high"}, ""},
		{"groups with a prefix", shop, pairs{"oidc-issuer-url": idp, "oidc-groups-claim": "groups", "oidc-groups-prefix": "oidc:"}, nil, ""},
		{"names as they are", shop, pairs{"oidc-issuer-url": idp, "oidc-username-prefix": "-"}, []string{at + "oidc-username-prefix"}, ""},
		{"any client is a proxy", shop, pairs{"client-ca-file": "/ca.crt", "requestheader-client-ca-file": "/ca.crt"}, []string{at + "requestheader-allowed-names | critical"}, ""},
		{"the proxy is named", shop, pairs{"client-ca-file": "/ca.crt", "requestheader-client-ca-file": "/ca.crt", "requestheader-allowed-names": "[front-proxy-client]"}, nil, ""},
		{"the proxy has an authority of its own", shop, pairs{"client-ca-file": "/ca.crt", "requestheader-client-ca-file": "/front.crt"}, nil, ""},
		{"a file decides", people, pairs{"authentication-config": "/authn.yaml"}, nil, "/authn.yaml"},
	} {
		scantest.Judge(t, authentication(), []scantest.Verdict{{
			Name: tt.name, Objects: tt.objects, Change: apiServer(tt.flags), Want: tt.want, Unknown: tt.unknown,
		}})
	}
}

func TestAPassTellsWhatIsAccepted(t *testing.T) {
	inv := scantest.Cluster(t, shop)
	apiServer(pairs{"client-ca-file": "/ca.crt", "anonymous-auth": "false", "enable-bootstrap-token-auth": "false"})(inv)
	if got, want := authentication().Find(inv).Note, "the API server accepts client certificates, ServiceAccounts' tokens"; got != want {
		t.Errorf("note: %q, want %q", got, want)
	}
}

func TestRightsOfTheDefaultAccount(t *testing.T) {
	role := func(rules string) string {
		return "{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: r, namespace: shop}, rules: [" + rules + "]}\n---\n"
	}
	binding := func(account string) string {
		return "{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: b, namespace: shop}, " +
			"roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: r}, subjects: [" + account + "]}\n"
	}
	const pods = `{apiGroups: [""], resources: [pods], verbs: [list]}`
	at := []string{"RoleBinding/b in shop | subjects[0] | ServiceAccount:shop/default"}
	scantest.Judge(t, defaultAccountRights(), []scantest.Verdict{
		{Name: "bound", Objects: role(pods) + binding("{kind: ServiceAccount, name: default}"), Want: at},
		{Name: "bound as a user", Objects: role(pods) + binding(`{kind: User, apiGroup: rbac.authorization.k8s.io, name: "system:serviceaccount:shop:default"}`), Want: at},
		{Name: "another account", Objects: role(pods) + binding("{kind: ServiceAccount, name: web}")},
		{Name: "a user of that name", Objects: role(pods) + binding("{kind: User, apiGroup: rbac.authorization.k8s.io, name: default}")},
		{Name: "an empty role", Objects: role("") + binding("{kind: ServiceAccount, name: default}")},
		{Name: "no role", Objects: binding("{kind: ServiceAccount, name: default}")},
		{Name: "a role that manifests don't show", Objects: binding("{kind: ServiceAccount, name: default}"), Files: true, Want: at},
		{Name: "no subjects", Objects: role(pods) + binding("")},
	})
}
