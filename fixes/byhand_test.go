package fixes

import (
	"errors"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"kiln/kube"
	"kiln/scanners"
)

const barePod = `
apiVersion: v1
kind: Pod
metadata: {name: naked, namespace: shop, uid: 7b2f0c1e-0000-4000-8000-000000000001}
spec:
  volumes: [{name: root, hostPath: {path: /}}, {name: token, secret: {secretName: token}}]
  containers:
  - name: shell
    image: registry.example/shell:1.0
    ports: [{containerPort: 80, hostPort: 80}]
    env: [{name: DB_PASSWORD, value: correct-horse}]
    volumeMounts: [{name: root, mountPath: /host}]
    securityContext: {privileged: true, runAsUser: 0, capabilities: {add: [SYS_ADMIN]}}
`

// A pod that nobody controls can't be changed: whoever asks for a fix gets the
// steps, also where the fix has questions.
func TestFixesOfBarePodsAreSteps(t *testing.T) {
	live := &unstructured.Unstructured{}
	if err := yaml.Unmarshal([]byte(barePod), live); err != nil {
		t.Fatal(err)
	}
	keys := map[string]string{"pod/host-path-writable": "root", "pod/host-path": "root", "pod/host-port": "80", "pod/capabilities-added": "SYS_ADMIN"}
	seen := 0
	for _, recipe := range Recipes() {
		if !strings.HasPrefix(recipe.Check, "pod/") {
			continue
		}
		situation := Situation{Live: live, Inventory: &kube.Inventory{}, Finding: scanners.Finding{
			Check: recipe.Check, Layer: scanners.Pod, Object: kube.RefOf(live), Container: "shell", Key: keys[recipe.Check],
		}}
		plan, err := recipe.plan(situation, nil)
		var manual *ManualError
		switch {
		case errors.Is(err, ErrNothingToDo):
		case err == nil && len(plan.Changes) > 0: // labels may be changed
		case !errors.As(err, &manual):
			t.Errorf("%s: %v, want the steps for a person", recipe.Check, err)
		case !strings.Contains(manual.Steps, "naked"):
			t.Errorf("%s: the steps don't name the pod:\n%s", recipe.Check, manual.Steps)
		default:
			seen++
		}
	}
	if seen < 20 {
		t.Errorf("only %d recipes were seen", seen)
	}
}
