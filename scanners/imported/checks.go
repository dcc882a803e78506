// Package imported shows the findings of other tools beside kiln's own, with
// their origin: one check per tool.
package imported

import (
	"embed"
	"strings"

	"kiln/kube"
	"kiln/scanners"
)

//go:embed *.md
var lessons embed.FS

// Checks are one per origin. Each counts for nothing in a score, since a
// score is kiln's own judgement; the findings bring their severities along.
func Checks() []scanners.Check {
	return scanners.WithLessons(lessons, []scanners.Check{kubeBench(), policyReport(), trivy()})
}

// severityOf maps the words of other tools; what is none of them is unset.
func severityOf(word string) scanners.Severity {
	s, err := scanners.ParseSeverity(word)
	if err != nil {
		return 0
	}
	return s
}

// objects finds what a report is about in an Inventory.
type objects map[kube.Ref]kube.Object

// objectsOf knows Workloads, and ReplicaSets as their Deployments. Refs have
// no apiVersion here, since reports leave it out.
func objectsOf(inv *kube.Inventory) objects {
	known := objects{}
	for _, w := range inv.Workloads {
		known[shortRef(w.Object)] = w.Object
		for _, p := range w.Pods {
			known[shortRef(p)] = w.Object
		}
	}
	for _, rs := range inv.ReplicaSets {
		for _, owner := range rs.OwnerReferences {
			if w := known[kube.Ref{Kind: owner.Kind, Namespace: rs.Namespace, Name: owner.Name}]; w != nil && owner.Controller != nil && *owner.Controller {
				known[kube.Ref{Kind: "ReplicaSet", Namespace: rs.Namespace, Name: rs.Name}] = w
			}
		}
	}
	for _, ns := range inv.Namespaces {
		known[shortRef(ns)] = ns
	}
	for _, node := range inv.Nodes {
		known[shortRef(node)] = node
	}
	for _, role := range inv.ClusterRoles {
		known[shortRef(role)] = role
	}
	for _, role := range inv.Roles {
		known[shortRef(role)] = role
	}
	return known
}

func shortRef(obj kube.Object) kube.Ref {
	ref := kube.RefOf(obj)
	ref.APIVersion = ""
	return ref
}

// find returns the object, else the report itself, so that nothing is lost.
func (o objects) find(kind, namespace, name string, report kube.Object) kube.Object {
	if obj := o[kube.Ref{Kind: kind, Namespace: namespace, Name: name}]; obj != nil {
		return obj
	}
	return report
}

// text is a string of an unstructured object.
func text(item map[string]any, key string) string {
	value, _ := item[key].(string)
	return strings.TrimSpace(value)
}
