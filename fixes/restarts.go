package fixes

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/kube"
)

// restarts says which pods a change of these fields replaces, and how.
func restarts(live *unstructured.Unstructured, fields []kube.FieldChange) string {
	if live == nil {
		return ""
	}
	path := templatePath(live.GetKind())
	if path == nil {
		return ""
	}
	template := strings.Join(path[:len(path)-1], ".")
	if !slices.ContainsFunc(fields, func(f kube.FieldChange) bool { return f.Under(template) }) {
		return ""
	}
	name := live.GetKind() + "/" + live.GetName()
	switch live.GetKind() {
	case "Deployment":
		return deploymentRestarts(live, name)
	case "StatefulSet":
		return setRestarts(live, name, replicas(live), "one at a time, the last first")
	case "DaemonSet":
		pods, _, _ := unstructured.NestedInt64(live.Object, "status", "desiredNumberScheduled")
		return setRestarts(live, name, pods, "node by node")
	case "CronJob":
		return "no running pod; the next runs of " + name + " have it"
	}
	return "no running pod; pods of " + name + " that are made from now on have it"
}

func deploymentRestarts(live *unstructured.Unstructured, name string) string {
	pods := replicas(live)
	switch {
	case field(live.Object, "spec", "paused") == true:
		return name + " is paused: no pod until its rollout is resumed"
	case pods == 0:
		return ""
	case field(live.Object, "spec", "strategy", "type") == "Recreate":
		return fmt.Sprintf("restarts %s of %s, all at once: it is down meanwhile", podCount(pods), name)
	}
	surge, down := field(live.Object, "spec", "strategy", "rollingUpdate", "maxSurge"), field(live.Object, "spec", "strategy", "rollingUpdate", "maxUnavailable")
	return fmt.Sprintf("restarts %s of %s, rolling: up to %v more and %v fewer at a time", podCount(pods), name, surge, down)
}

func setRestarts(live *unstructured.Unstructured, name string, pods int64, order string) string {
	switch {
	case field(live.Object, "spec", "updateStrategy", "type") == "OnDelete":
		return "no pod of " + name + " until it is deleted (updateStrategy OnDelete)"
	case pods == 0:
		return ""
	}
	if partition, _, _ := unstructured.NestedInt64(live.Object, "spec", "updateStrategy", "rollingUpdate", "partition"); partition > 0 {
		order += fmt.Sprintf(", only those from number %d on (partition)", partition)
	}
	return fmt.Sprintf("restarts %s of %s, %s", podCount(pods), name, order)
}

func replicas(live *unstructured.Unstructured) int64 {
	n, found, _ := unstructured.NestedInt64(live.Object, "spec", "replicas")
	if !found {
		return 1
	}
	return n
}

func podCount(n int64) string {
	if n == 1 {
		return "1 pod"
	}
	return fmt.Sprintf("%d pods", n)
}
