package network

import (
	"testing"

	"kiln/scanners/installed"
	"kiln/scanners/scantest"
)

const istiod = "---\n{apiVersion: v1, kind: Namespace, metadata: {name: istio-system}}\n---\n{apiVersion: apps/v1, kind: Deployment, metadata: {name: istiod, namespace: istio-system}, spec: {template: {spec: {containers: [{name: d, image: 'docker.io/istio/pilot:1.29'}]}}}}\n"

// inMesh is namespace shop, with sidecars, and a workload.
func inMesh(label string) string {
	return "---\n{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {" + label + "}}}\n" + deployment("web", "")
}

func peers(namespace, spec string) string {
	return "---\n{apiVersion: security.istio.io/v1, kind: PeerAuthentication, metadata: {name: default, namespace: " + namespace + "}, spec: {" + spec + "}}\n"
}

func TestMutualTLS(t *testing.T) {
	const sidecars, ambient = "istio-injection: enabled", "istio.io/dataplane-mode: ambient"
	const strictly = "mtls: {mode: STRICT}"
	plain := []string{"Cluster/cluster |  | istio"}
	scantest.Judge(t, noMTLS(installed.Embedded()), []scantest.Verdict{
		{Name: "no mesh", Objects: inMesh(""), Want: []string{"Cluster/cluster |  | mesh"}},
		{Name: "Istio's default", Objects: istiod + inMesh(sidecars), Want: plain},
		{Name: "strict everywhere", Objects: istiod + inMesh(sidecars) + peers("istio-system", strictly)},
		{Name: "strict in the namespace", Objects: istiod + inMesh(ambient) + peers("shop", strictly)},
		{Name: "strict elsewhere", Objects: istiod + inMesh(ambient) + peers("dev", strictly), Want: plain},
		{Name: "unset takes the mesh's", Objects: istiod + inMesh(sidecars) + peers("istio-system", strictly) + peers("shop", "mtls: {mode: UNSET}")},
		{Name: "the namespace asks for less", Objects: istiod + inMesh(sidecars) + peers("istio-system", strictly) + peers("shop", "mtls: {mode: PERMISSIVE}"), Want: plain},
		{Name: "some pods ask for less", Objects: istiod + inMesh(sidecars) + peers("istio-system", strictly) + peers("shop", "selector: {matchLabels: {app: web}}, mtls: {mode: DISABLE}"),
			Want: []string{"PeerAuthentication/default in shop | spec.mtls.mode"}},
		{Name: "one port asks for less", Objects: istiod + inMesh(sidecars) + peers("istio-system", strictly) + peers("shop", "selector: {matchLabels: {app: web}}, portLevelMtls: {8080: {mode: PERMISSIVE}, 8443: {mode: STRICT}}"),
			Want: []string{"PeerAuthentication/default in shop | spec.portLevelMtls[8080].mode | 8080"}},
		{Name: "outside of the mesh", Objects: istiod + inMesh("") + peers("istio-system", strictly), Unknown: "namespaces outside of the mesh is encrypted can't be told: shop"},
		{Name: "manifests", Files: true, Objects: inMesh(""), Unknown: "manifests don't tell"},
	})
	if got := noMTLS(installed.Embedded()).Find(scantest.Unread(t, istiod+inMesh(sidecars))); got.Unknown == "" || len(got.Hits) > 0 {
		t.Errorf("settings that could not be read: %+v", got)
	}
}
