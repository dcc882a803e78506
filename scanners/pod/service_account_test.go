package pod

import "testing"

const noTokenByDefault = `{apiVersion: v1, kind: ServiceAccount, metadata: {name: default}, automountServiceAccountToken: false}
---
`

func TestAutomountToken(t *testing.T) {
	found := []string{`spec.automountServiceAccountToken: the pod gets the token of ServiceAccount "default"`}
	run(t, automountToken(),
		is("nothing said", pod(`{containers: [{name: a}]}`), found),
		is("the account allows it", pod(`{containers: [{name: a}]}`)+
			`{apiVersion: v1, kind: ServiceAccount, metadata: {name: default}, automountServiceAccountToken: true}`, found),
		is("the pod wins over its account", noTokenByDefault+pod(`{automountServiceAccountToken: true, containers: [{name: a}]}`), found),
		is("an account of that name elsewhere", pod(`{containers: [{name: a}]}`)+
			`{apiVersion: v1, kind: ServiceAccount, metadata: {name: default, namespace: other}, automountServiceAccountToken: false}`, found),
		is("the pod refuses", pod(`{automountServiceAccountToken: false, containers: [{name: a}]}`), none),
		is("the account refuses", noTokenByDefault+pod(`{containers: [{name: a}]}`), none),
		is("a static pod has no account", `{apiVersion: v1, kind: Pod, metadata: {name: etcd, annotations: {kubernetes.io/config.mirror: x}}, spec: {containers: [{name: a}]}}`, none),
	)
}

func TestDefaultServiceAccount(t *testing.T) {
	found := []string{"spec.template.spec.serviceAccountName: the pod acts as the default ServiceAccount of its namespace"}
	run(t, defaultServiceAccount(),
		is("nothing said", deployment(`{containers: [{name: a}]}`), found),
		is("by name", deployment(`{serviceAccountName: default, containers: [{name: a}]}`), found),
		is("one of its own", deployment(`{serviceAccountName: web, containers: [{name: a}]}`), none),
		is("by the field's old name", deployment(`{serviceAccount: web, containers: [{name: a}]}`), none),
		is("without its token it is nobody", deployment(`{automountServiceAccountToken: false, containers: [{name: a}]}`), none),
		is("the account keeps its token", noTokenByDefault+deployment(`{containers: [{name: a}]}`), none),
	)
}
