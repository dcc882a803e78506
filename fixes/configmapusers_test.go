package fixes

import (
	"reflect"
	"testing"

	"sigs.k8s.io/yaml"

	"kiln/kube"
	"kiln/scanners/scantest"
)

// A list of items that has lost its last one would mean all entries.
func TestAVolumeTakesTheFileFromTheSecret(t *testing.T) {
	for _, c := range []struct{ name, volume, want string }{
		{"all entries", `{name: v, configMap: {name: conf, defaultMode: 288}}`,
			`{name: v, projected: {defaultMode: 288, sources: [{configMap: {name: conf}}, {secret: {name: s, items: [{key: password, path: password}]}}]}}`},
		{"an empty list of items means all", `{name: v, configMap: {name: conf, items: []}}`,
			`{name: v, projected: {sources: [{configMap: {name: conf, items: []}}, {secret: {name: s, items: [{key: password, path: password}]}}]}}`},
		{"one of several", `{name: v, configMap: {name: conf, optional: true, items: [{key: mode, path: mode}, {key: password, path: db/pass}]}}`,
			`{name: v, projected: {sources: [{configMap: {name: conf, optional: true, items: [{key: mode, path: mode}]}}, {secret: {name: s, items: [{key: password, path: db/pass}]}}]}}`},
		{"the only one", `{name: v, configMap: {name: conf, items: [{key: password, path: pass}]}}`,
			`{name: v, projected: {sources: [{secret: {name: s, items: [{key: password, path: pass}]}}]}}`},
		{"projected beside others", `{name: v, projected: {sources: [{configMap: {name: other}}, {configMap: {name: conf, items: [{key: password, path: pass}]}}]}}`,
			`{name: v, projected: {sources: [{configMap: {name: other}}, {secret: {name: s, items: [{key: password, path: pass}]}}]}}`},
		{"done already", `{name: v, projected: {sources: [{configMap: {name: conf}}, {secret: {name: s, items: [{key: password, path: password}]}}]}}`, ``},
		{"other entries only", `{name: v, configMap: {name: conf, items: [{key: mode, path: mode}]}}`, ``},
		{"another ConfigMap", `{name: v, configMap: {name: other}}`, ``},
		{"no ConfigMap", `{name: v, emptyDir: {}}`, ``},
	} {
		t.Run(c.name, func(t *testing.T) {
			var volume, want map[string]any
			for text, into := range map[string]*map[string]any{c.volume: &volume, c.want: &want} {
				if err := yaml.Unmarshal([]byte(text), into); err != nil {
					t.Fatal(err)
				}
			}
			if got := withSecretFile(volume, "conf", "password", "s"); !reflect.DeepEqual(got, want) {
				t.Errorf("got  %v\nwant %v", got, want)
			}
		})
	}
}

// A pod that has ended can't be changed, and needn't be: it must not keep the
// others from being fixed.
func TestPodsThatHaveEndedUseNoConfigMap(t *testing.T) {
	const users = `
{apiVersion: v1, kind: Pod, metadata: {name: once, namespace: shop}, spec: {containers: [{name: c, image: x, envFrom: [{configMapRef: {name: conf}}]}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: runs, namespace: shop}, spec: {containers: [{name: c, image: x, envFrom: [{configMapRef: {name: conf}}]}]}}`
	inv := scantest.Cluster(t, users)
	inv.Workloads[0].Ended = true
	got := usersOfConfigMap(inv, kube.Ref{APIVersion: "v1", Kind: "ConfigMap", Namespace: "shop", Name: "conf"})
	if len(got) != 1 || got[0].Name != "runs" {
		t.Errorf("its users are %v", got)
	}
}
