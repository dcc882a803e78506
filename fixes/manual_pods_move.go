package fixes

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"kiln/kube"
)

// move makes the workload anew in a namespace of its own.
func (g *guide) move() {
	ref := g.finding.Object
	namespace := g.freeNamespace(ref.Name)
	g.say("Into a namespace of its own, here %s. What it refers to has to be there first: its ServiceAccount, ConfigMaps, Secrets and claims.", namespace)
	g.run("kubectl create namespace %s", namespace)
	for _, need := range g.needs() {
		g.run("kubectl get %s -o json | jq %s | kubectl apply -f -", target(need), moved(namespace))
	}
	g.say("Then the workload itself, and once it runs there the old one goes (a Service in front of it has to move, too):")
	g.run("kubectl get %s -o json | jq %s > %s", g.target(), moved(namespace), g.file(".json"))
	g.run("kubectl apply --dry-run=server -f %s", g.file(".json"))
	g.run("kubectl apply -f %s", g.file(".json"))
	g.run("kubectl get pods -n %s", namespace)
	g.run("kubectl delete %s", g.target())
}

// moved takes an object to another namespace, without what the API server
// keeps about it.
func moved(namespace string) string {
	return fmt.Sprintf(`del(.metadata.uid, .metadata.resourceVersion, .metadata.creationTimestamp, .metadata.managedFields, .metadata.ownerReferences, `+
		`.metadata.annotations["kubectl.kubernetes.io/last-applied-configuration"], .status, .spec.nodeName, .spec.clusterIP, .spec.clusterIPs) | .metadata.namespace = %q`, namespace)
}

func (g *guide) freeNamespace(name string) string {
	const longest = 60
	name = strings.Trim(strings.ReplaceAll(name[:min(len(name), longest)], ".", "-"), "-")
	return free(name, func(n string) bool {
		return slices.ContainsFunc(g.inv.Namespaces, func(ns *corev1.Namespace) bool { return ns.Name == n })
	})
}

// needs are what the workload's pods refer to by name.
func (g *guide) needs() []kube.Ref {
	var refs []kube.Ref
	for _, w := range g.inv.Workloads {
		if w.Ref() != g.finding.Object || w.EphemeralOnly {
			continue
		}
		add := func(kind, name string) {
			refs = append(refs, kube.Ref{APIVersion: "v1", Kind: kind, Namespace: w.Namespace(), Name: name})
		}
		if account := w.Spec.ServiceAccountName; account != "" && account != "default" {
			add("ServiceAccount", account)
		}
		for _, r := range referencesOf(w.Spec) {
			if r.name != rootCA { // each namespace has its own
				add(r.kind, r.name)
			}
		}
	}
	return refs
}

// rootCA is the ConfigMap that the control plane puts into every namespace,
// and into every pod beside its token.
const rootCA = "kube-root-ca.crt"
