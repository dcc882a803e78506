package fixes

import (
	"encoding/json"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"sigs.k8s.io/yaml"
)

// An exported patch, merged as kustomize does it, makes of the manifest what
// the fix makes of the live object.
func TestExportMergesLikeTheFix(t *testing.T) {
	t.Parallel()
	for _, check := range []string{"pod/privileged", "data/secret-in-env-literal"} {
		t.Run(check, func(t *testing.T) {
			b := newBench(t)
			b.testbed.Apply(t, workload("Deployment", "", "", `securityContext: {privileged: true}, env: [{name: DB_PASSWORD, value: `+literal+`}]`), b.namespace)
			finding := onWorkload(check, "Deployment", "api", "", "DB_PASSWORD")
			finding.Object.Namespace = b.namespace
			preview := b.preview(finding)
			export, err := Export(preview)
			if err != nil {
				t.Fatal(err)
			}
			documents := strings.Split(export, "---\n")
			if len(documents) != len(preview.Targets) || strings.Contains(export, "uid") {
				t.Fatalf("the export is\n%s", export)
			}
			patch, err := yaml.YAMLToJSON([]byte(documents[len(documents)-1]))
			if err != nil {
				t.Fatal(err)
			}
			live := b.read(finding.Object)
			merged, err := strategicpatch.StrategicMergePatch([]byte(asJSON(t, live.Object)), patch, appsv1.Deployment{})
			if err != nil {
				t.Fatal(err)
			}
			var deployment map[string]any
			if err := json.Unmarshal(merged, &deployment); err != nil {
				t.Fatal(err)
			}
			b.apply(finding)
			live.Object = deployment
			container := inPodSpec("containers", "1")
			if want, got := fieldAsJSON(t, b.read(finding.Object), container), fieldAsJSON(t, live, container); got != want {
				t.Errorf("merged into %s, want %s", got, want)
			}
		})
	}
}

func TestExportSaysWhereItBelongs(t *testing.T) {
	b := newBench(t)
	finding := b.privilegedDeployment()
	b.patchAs("helm", finding.Object, `{"metadata":{"annotations":{"meta.helm.sh/release-name":"shop"}}}`)
	export, err := Export(b.preview(finding))
	if err != nil {
		t.Fatal(err)
	}
	want := `# Run container api unprivileged (pod/privileged)
# A patch for Deployment/api in ` + b.namespace + `
# Its source of truth is with Helm release shop.
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
  namespace: ` + b.namespace + `
spec:
  template:
    spec:
      containers:
      - name: api
        securityContext:
          privileged: false
`
	if export != want {
		t.Errorf("the export is\n%s", export)
	}
}
