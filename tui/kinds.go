package tui

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"kiln/kube"
)

// shortKinds are kubectl's short names, and such as it might have.
var shortKinds = map[string]string{
	"Deployment": "deploy", "StatefulSet": "sts", "DaemonSet": "ds", "ReplicaSet": "rs", "ReplicationController": "rc",
	"CronJob": "cj", "Pod": "po", "Node": "no", "Namespace": "ns", "Service": "svc", "ServiceAccount": "sa",
	"ConfigMap": "cm", "Ingress": "ing", "NetworkPolicy": "netpol", "PersistentVolume": "pv", "PersistentVolumeClaim": "pvc",
	"Secret": "sec", "StorageClass": "sc", "ClusterRole": "cr", "ClusterRoleBinding": "crb", "RoleBinding": "rb",
}

// kindIn is a kind, in narrow columns its short name if it has one.
func kindIn(kind string, width int) string {
	if width >= 24 {
		return kind
	}
	return cmp.Or(shortKinds[kind], kind)
}

// kindsIn are what can be typed as a command besides the commands, as in
// kubectl: kinds that have a short name, and all that a snapshot, which may be
// nil, has findings about.
func kindsIn(s *snapshot) []string {
	known := map[string]bool{"Job": true, "Role": true}
	for kind := range shortKinds {
		known[kind] = true
	}
	if s != nil {
		for _, f := range s.findings {
			known[f.Object.Kind] = true
		}
	}
	return slices.Sorted(maps.Keys(known))
}

// pluralOf is the resource that a kind is listed as, such as networkpolicies.
func pluralOf(kind string) string {
	plural, _ := meta.UnsafeGuessKindToResource(schema.GroupVersionKind{Kind: kind})
	return plural.Resource
}

// kindNamed tells which kind a word means: its name, plural or short name.
func kindNamed(word string, s *snapshot) (kind string, ok bool) {
	if word = strings.ToLower(word); word == "" { // as is the short name of a kind that has none
		return "", false
	}
	for _, kind := range kindsIn(s) {
		if word == strings.ToLower(kind) || word == pluralOf(kind) || word == shortKinds[kind] {
			return kind, true
		}
	}
	return "", false
}

// kindNames are the plurals of the kinds, to suggest them.
func kindNames(s *snapshot) []string {
	var names []string
	for _, kind := range kindsIn(s) {
		names = append(names, kube.Clean(pluralOf(kind)))
	}
	return names
}

// workloadKinds are the kinds that make pods; a pod by itself is found among
// all workloads.
func workloadKinds() []string {
	return []string{"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job", "CronJob"}
}
