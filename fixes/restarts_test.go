package fixes

import (
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"kiln/kube"
)

func TestRestarts(t *testing.T) {
	t.Parallel()
	template := kube.FieldChange{Elements: []string{"f:spec", "f:template", "f:spec", "f:hostPID"}}
	job := kube.FieldChange{Elements: []string{"f:spec", "f:jobTemplate", "f:spec", "f:template", "f:spec", "f:hostPID"}}
	label := kube.FieldChange{Elements: []string{"f:metadata", "f:labels", "f:a"}}
	for _, test := range []struct {
		object string
		change kube.FieldChange
		want   string
	}{
		{"{kind: Deployment, metadata: {name: a}, spec: {replicas: 3, strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 25%, maxUnavailable: 1}}}}", template,
			"restarts 3 pods of Deployment/a, rolling: up to 25% more and 1 fewer at a time"},
		{"{kind: Deployment, metadata: {name: a}, spec: {replicas: 1, strategy: {type: Recreate}}}", template,
			"restarts 1 pod of Deployment/a, all at once: it is down meanwhile"},
		{"{kind: Deployment, metadata: {name: a}, spec: {replicas: 3, paused: true}}", template,
			"Deployment/a is paused: no pod until its rollout is resumed"},
		{"{kind: Deployment, metadata: {name: a}, spec: {replicas: 0}}", template, ""},
		{"{kind: Deployment, metadata: {name: a}, spec: {replicas: 3}}", label, ""},
		{"{kind: StatefulSet, metadata: {name: a}, spec: {replicas: 5, updateStrategy: {type: RollingUpdate, rollingUpdate: {partition: 3}}}}", template,
			"restarts 5 pods of StatefulSet/a, one at a time, the last first, only those from number 3 on (partition)"},
		{"{kind: StatefulSet, metadata: {name: a}, spec: {replicas: 5, updateStrategy: {type: OnDelete}}}", template,
			"no pod of StatefulSet/a until it is deleted (updateStrategy OnDelete)"},
		{"{kind: DaemonSet, metadata: {name: a}, spec: {}, status: {desiredNumberScheduled: 7}}", template,
			"restarts 7 pods of DaemonSet/a, node by node"},
		{"{kind: CronJob, metadata: {name: a}, spec: {}}", job, "no running pod; the next runs of CronJob/a have it"},
		{"{kind: ReplicaSet, metadata: {name: a}, spec: {replicas: 2}}", template,
			"no running pod; pods of ReplicaSet/a that are made from now on have it"},
		{"{kind: Namespace, metadata: {name: a}}", label, ""},
	} {
		live := &unstructured.Unstructured{}
		if err := yaml.Unmarshal([]byte(test.object), &live.Object); err != nil {
			t.Fatal(err)
		}
		integers(live.Object)
		if got := restarts(live, []kube.FieldChange{test.change}); got != test.want {
			t.Errorf("%s:\ngot  %q\nwant %q", test.object, got, test.want)
		}
	}
}

// integers makes numbers what the API server's clients make them.
func integers(node map[string]any) {
	for key, value := range node {
		switch value := value.(type) {
		case float64:
			node[key] = int64(value)
		case map[string]any:
			integers(value)
		}
	}
}
