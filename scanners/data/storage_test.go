package data

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/installed"
	"kiln/scanners/scantest"
)

func TestVolumeUnencrypted(t *testing.T) {
	class := func(provisioner, parameters string) string {
		return `{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: c}, provisioner: ` + provisioner + `, parameters: {` + parameters + `}}`
	}
	run(t, volumeUnencrypted(),
		is("not asked for", class("ebs.csi.aws.com", "type: gp3"), "parameters.encrypted: volumes of ebs.csi.aws.com are made without encrypted: true"),
		is("refused", class("rook-ceph.rbd.csi.ceph.com", `encrypted: "false"`), "parameters.encrypted: volumes of rook-ceph.rbd.csi.ceph.com are made without encrypted: true"),
		is("asked for", class("ebs.csi.aws.com", `Encrypted: "True"`)),
		is("always encrypted, or decided elsewhere", class("pd.csi.storage.gke.io", "")),
	)
}

func TestVolumeReclaimDelete(t *testing.T) {
	volume := func(spec string) string {
		return `{apiVersion: v1, kind: PersistentVolume, metadata: {name: pv}, spec: {` + spec + `}}`
	}
	run(t, volumeReclaimDelete(),
		is("in use", volume("persistentVolumeReclaimPolicy: Delete, claimRef: {namespace: shop, name: db}"),
			"spec.persistentVolumeReclaimPolicy: the data of claim shop/db is deleted with the claim"),
		is("kept", volume("persistentVolumeReclaimPolicy: Retain, claimRef: {namespace: shop, name: db}")),
		is("nobody's", volume("persistentVolumeReclaimPolicy: Delete")),
	)
}

func etcdPod(args string) string {
	return `{apiVersion: v1, kind: Pod, metadata: {name: etcd, namespace: kube-system, labels: {component: etcd}}, spec: {containers: [{name: etcd, command: [etcd, ` + args + `]}]}}
---
`
}

func TestEtcdTLS(t *testing.T) {
	const member = "--cert-file=/c, --key-file=/k, --client-cert-auth=true, --trusted-ca-file=/ca"
	const peers = `, "--initial-cluster=a=https://a:2380,b=https://b:2380"`
	run(t, etcdTLS(),
		is("nothing set", etcdPod("--name=a"),
			"spec.containers[0].command: etcd serves its clients without a certificate of its own",
			"spec.containers[0].command: etcd takes clients without a certificate"),
		is("certificates that nobody can check", etcdPod(member+", --auto-tls"),
			"spec.containers[0].command: etcd signs its own certificate, which no client can check"),
		is("peers in the clear", etcdPod(member+peers),
			"spec.containers[0].command: etcd talks to its peers without a certificate",
			"spec.containers[0].command: etcd takes peers without a certificate"),
		is("alone", etcdPod(member)),
		is("all set, values apart", etcdPod(member+peers+", --peer-cert-file, /c, --peer-key-file, /k, --peer-client-cert-auth, --peer-trusted-ca-file, /ca")),
	)
}

func TestEtcdTLSFromTheAPIServersSide(t *testing.T) {
	for servers, want := range map[string]scanners.Severity{
		"http://10.0.0.1:2379":    scanners.Critical,
		"[http://127.0.0.1:2379]": scanners.Medium,
		"https://127.0.0.1:2379":  0,
		"unix:///run/kine.sock":   0,
	} {
		inv := &kube.Inventory{APIServer: kube.APIServer{Flags: map[string]string{"etcd-servers": servers}, From: "/flagz"}}
		result := scanners.Evaluate([]scanners.Check{etcdTLS()}, inv)[0]
		switch {
		case want == 0 && result.Status != scanners.NotKnown:
			t.Errorf("%s: %s, though etcd itself wasn't seen", servers, result.Status)
		case want != 0 && (len(result.Findings) != 1 || result.Findings[0].Severity != want):
			t.Errorf("%s: %+v, want one finding of %v", servers, result.Findings, want)
		}
	}
}

func TestMissingTools(t *testing.T) {
	const claim = "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: db}}\n---\n"
	const velero = "{apiVersion: apps/v1, kind: Deployment, metadata: {name: velero}, spec: {template: {spec: {containers: [{name: v, image: 'velero/velero:v1'}]}}}}\n---\n"
	const externalSecrets = "{apiVersion: apps/v1, kind: Deployment, metadata: {name: eso}, spec: {template: {spec: {containers: [{name: e, image: 'external-secrets/external-secrets:v1'}]}}}}\n---\n"
	for _, c := range []struct {
		name, manifests string
		check           scanners.Check
		want            scanners.Status
	}{
		{"data and no backup", claim, noBackup(installed.Embedded()), scanners.Fail},
		{"data and Velero without a schedule", claim + velero, noBackup(installed.Embedded()), scanners.Fail},
		{"no data", externalSecrets, noBackup(installed.Embedded()), scanners.Pass},
		{"no secret manager", claim, noExternalSecrets(installed.Embedded()), scanners.Fail},
		{"a secret manager", externalSecrets, noExternalSecrets(installed.Embedded()), scanners.Pass},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := scanners.Evaluate([]scanners.Check{c.check}, scantest.Cluster(t, c.manifests))[0]; got.Status != c.want {
				t.Errorf("%s (%s), want %s", got.Status, got.Reason, c.want)
			}
		})
	}
	if got := scanners.Evaluate([]scanners.Check{noBackup(installed.Embedded())}, scantest.Files(t, claim))[0]; got.Status != scanners.NotKnown {
		t.Errorf("manifests alone: %s", got.Status)
	}
}

func TestUnusedSecret(t *testing.T) {
	const manifests = `
{apiVersion: v1, kind: Secret, metadata: {name: forgotten, labels: {app.kubernetes.io/name: x}}}
---
{apiVersion: v1, kind: Secret, metadata: {name: in-env}}
---
{apiVersion: v1, kind: Secret, metadata: {name: in-env, namespace: other}}
---
{apiVersion: v1, kind: Secret, metadata: {name: in-env-from}}
---
{apiVersion: v1, kind: Secret, metadata: {name: in-volume}}
---
{apiVersion: v1, kind: Secret, metadata: {name: in-projected}}
---
{apiVersion: v1, kind: Secret, metadata: {name: in-args}}
---
{apiVersion: v1, kind: Secret, metadata: {name: pull}}
---
{apiVersion: v1, kind: Secret, metadata: {name: of-account}}
---
{apiVersion: v1, kind: Secret, metadata: {name: tls}}
---
{apiVersion: v1, kind: Secret, metadata: {name: basic-auth}}
---
{apiVersion: v1, kind: Secret, metadata: {name: of-class, namespace: storage}}
---
{apiVersion: v1, kind: Secret, metadata: {name: of-volume, namespace: storage}}
---
{apiVersion: v1, kind: Secret, metadata: {name: sh.helm.release.v1.web.v1}}
---
{apiVersion: v1, kind: Secret, metadata: {name: bootstrap-token-abcdef, namespace: kube-system}}
---
{apiVersion: v1, kind: Secret, metadata: {name: repo, labels: {argocd.argoproj.io/secret-type: repository}}}
---
{apiVersion: v1, kind: Secret, metadata: {name: owned}}
---
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  imagePullSecrets: [{name: pull}]
  volumes: [{name: a, secret: {secretName: in-volume}}, {name: b, projected: {sources: [{secret: {name: in-projected}}]}}]
  containers:
  - name: a
    args: [--secret=shop/in-args]
    env: [{name: A, valueFrom: {secretKeyRef: {name: in-env, key: k}}}]
    envFrom: [{secretRef: {name: in-env-from}}]
---
{apiVersion: v1, kind: ServiceAccount, metadata: {name: a}, imagePullSecrets: [{name: of-account}]}
---
{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: i, annotations: {nginx.ingress.kubernetes.io/auth-secret: default/basic-auth}}, spec: {tls: [{secretName: tls}]}}
---
{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: c}, provisioner: x, parameters: {csi.storage.k8s.io/provisioner-secret-name: of-class, csi.storage.k8s.io/provisioner-secret-namespace: storage}}
---
{apiVersion: v1, kind: PersistentVolume, metadata: {name: pv}, spec: {csi: {driver: d, volumeHandle: h, nodeStageSecretRef: {name: of-volume, namespace: storage}}}}
`
	inv := scantest.Cluster(t, manifests)
	for _, s := range inv.Secrets {
		if s.Name == "owned" {
			s.OwnerReferences = []metav1.OwnerReference{{APIVersion: "x/v1", Kind: "X", Name: "x"}}
		}
	}
	var got []string
	for _, h := range unusedSecret().Find(inv).Hits {
		got = append(got, h.Object.GetNamespace()+"/"+h.Object.GetName())
	}
	slices.Sort(got)
	if want := []string{"default/forgotten", "other/in-env"}; !slices.Equal(got, want) {
		t.Errorf("unused are %v, want %v", got, want)
	}
}

func TestSecretReaders(t *testing.T) {
	const secrets = `
{apiVersion: v1, kind: Secret, metadata: {name: db, namespace: shop}}
---
{apiVersion: v1, kind: Secret, metadata: {name: tls, namespace: shop}}
---
`
	binding := func(rule, subject string) string {
		return secrets + `{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: r, namespace: shop}, rules: [` + rule + `]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: b, namespace: shop}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: r}, subjects: [` + subject + `]}
`
	}
	const reads, runner = `{apiGroups: [""], resources: [secrets], verbs: [get]}`, `{kind: ServiceAccount, name: runner, namespace: ci}`
	const message = "metadata.name: can be read from outside of its namespace, by "
	run(t, secretReaders(),
		is("an account of another namespace", binding(reads, runner),
			message+"ServiceAccount ci/runner through RoleBinding b", message+"ServiceAccount ci/runner through RoleBinding b"),
		is("one Secret by name", binding(`{apiGroups: [""], resources: [secrets], resourceNames: [tls], verbs: [get]}`, runner),
			message+"ServiceAccount ci/runner through RoleBinding b"),
		is("everybody", binding(`{apiGroups: ["*"], resources: ["*"], verbs: [list]}`, `{kind: Group, apiGroup: rbac.authorization.k8s.io, name: "system:authenticated"}`),
			message+"Group system:authenticated through RoleBinding b", message+"Group system:authenticated through RoleBinding b"),
		is("an account of its own namespace", binding(reads, `{kind: ServiceAccount, name: web, namespace: shop}`)),
		is("a person", binding(reads, `{kind: User, apiGroup: rbac.authorization.k8s.io, name: jane}`)),
		is("another right", binding(`{apiGroups: [""], resources: [configmaps], verbs: [get]}`, runner)),
		is("a right without a reader", binding(`{apiGroups: [""], resources: [secrets], verbs: [create]}`, runner)),
	)
}

func TestEncryptionConfigurationsInManifests(t *testing.T) {
	config := func(entries string) string {
		return "{apiVersion: apiserver.config.k8s.io/v1, kind: EncryptionConfiguration, resources: [" + entries + "]}"
	}
	const key = "{keys: [{name: k1, secret: FAKEc2VjcmV0LWtleQ==}]}"
	at := "EncryptionConfiguration/- | resources | secrets"
	scantest.Judge(t, encryptionAtRest(), []scantest.Verdict{
		{Name: "identity first", Objects: config("{resources: [secrets], providers: [{identity: {}}, {aescbc: " + key + "}]}"), Files: true, Want: []string{at}},
		{Name: "identity last, to read what is there", Objects: config("{resources: [configmaps, secrets], providers: [{aescbc: " + key + "}, {identity: {}}]}"), Files: true},
		{Name: "a key manager for everything", Objects: config("{resources: ['*.*'], providers: [{kms: {apiVersion: v2, name: k, endpoint: 'unix:///k.sock'}}]}"), Files: true},
		{Name: "the first entry counts", Objects: config("{resources: [secrets], providers: [{identity: {}}]}, {resources: ['*.*'], providers: [{secretbox: " + key + "}]}"), Files: true, Want: []string{at}},
		{Name: "other resources alone", Objects: config("{resources: [configmaps], providers: [{aescbc: " + key + "}]}"), Files: true, Want: []string{at}},
		{Name: "aesgcm", Objects: config("{resources: [secrets], providers: [{aesgcm: " + key + "}]}"), Files: true, Want: []string{at + " | low"}},
	})
	inv := scantest.Files(t, config("{resources: [secrets], providers: [{aescbc: "+key+"}]}"))
	if text := fmt.Sprint(inv.Custom[kube.EncryptionFiles][0].Object); strings.Contains(text, "FAKE") {
		t.Errorf("the key is kept: %s", text)
	}
}
