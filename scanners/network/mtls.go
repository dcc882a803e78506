package network

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/installed"
)

func noMTLS(tools installed.Table) scanners.Check {
	return scanners.Check{
		ID: "network/no-mtls", Layer: scanners.Network, Severity: scanners.Low,
		Title:      "Traffic between pods is in the clear",
		References: []string{"NSA"},
		Fix:        scanners.Manual,
		Needs:      installed.Resources(),
		Hints:      []kube.Resource{kube.Namespaces, kube.PeerAuthentications},
		Find:       func(inv *kube.Inventory) scanners.Result { return findNoMTLS(tools, inv) },
	}
}

func findNoMTLS(tools installed.Table, inv *kube.Inventory) scanners.Result {
	meshes := tools.Find(inv, installed.Mesh)
	istio := slices.IndexFunc(meshes, func(m installed.Found) bool { return m.Name == "Istio" })
	switch {
	case istio >= 0:
		return judgeIstio(inv, meshes[istio])
	case inv.FromFiles():
		return scanners.Unknown("manifests don't tell what else runs in the cluster")
	case len(meshes) > 0:
		return scanners.Unknown(meshes[0].Name + " is installed; whether it insists on mutual TLS is in its own settings, which kiln doesn't read")
	}
	return scanners.Found([]scanners.Hit{{Object: scanners.Cluster(), Key: "mesh", Message: "runs no service mesh that kiln recognises, so pods' traffic is encrypted only where the applications or the network plugin do it"}})
}

// judgeIstio asks whether every namespace of the mesh refuses plain text. By
// itself Istio takes both.
func judgeIstio(inv *kube.Inventory, mesh installed.Found) scanners.Result {
	for _, r := range []kube.Resource{kube.PeerAuthentications, kube.Namespaces} {
		if gap, ok := inv.Gap(r); ok {
			return scanners.Unknown("Istio is installed, but whether it insists on mutual TLS could not be read: " + gap.Reason)
		}
	}
	modes := readModes(inv, mesh)
	var plain, outside []string
	for _, ns := range userNamespaces(inv) {
		switch {
		case ns.name == modes.root || ns.object == nil:
		case !meshed(ns.object):
			outside = append(outside, ns.name)
		case modes.of(ns.name) != strict:
			plain = append(plain, ns.name)
		}
	}
	result := scanners.Found(modes.weaker)
	if len(plain) > 0 {
		result.Hits = append(result.Hits, scanners.Hit{Object: scanners.Cluster(), Key: "istio", Message: fmt.Sprintf(
			"Istio takes plain text as well in %s of its mesh, where no PeerAuthentication says STRICT: %s", plural(len(plain), "namespace"), strings.Join(plain, ", "))})
	}
	if len(outside) > 0 {
		result.Unknown = "whether the traffic of namespaces outside of the mesh is encrypted can't be told: " + strings.Join(outside, ", ")
	}
	return result
}

// meshed namespaces get sidecars, or are part of the ambient mesh.
func meshed(ns *corev1.Namespace) bool {
	return ns.Labels["istio-injection"] == "enabled" || ns.Labels["istio.io/rev"] != "" || ns.Labels["istio.io/dataplane-mode"] == "ambient"
}

// strict is the mode that refuses plain text.
const strict = "STRICT"

// peerModes are what the PeerAuthentications without a selector say, and those
// with one that ask for less.
type peerModes struct {
	root        string
	byNamespace map[string]string
	weaker      []scanners.Hit
}

func readModes(inv *kube.Inventory, mesh installed.Found) peerModes {
	modes := peerModes{root: "istio-system", byNamespace: map[string]string{}}
	if mesh.Workload != nil {
		modes.root = mesh.Workload.Namespace()
	}
	for _, policy := range inv.Custom[kube.PeerAuthentications] {
		mode, _, _ := unstructured.NestedString(policy.Object, "spec", "mtls", "mode")
		labels, _, _ := unstructured.NestedMap(policy.Object, "spec", "selector", "matchLabels")
		if len(labels) == 0 {
			if mode != "" && mode != "UNSET" {
				modes.byNamespace[policy.GetNamespace()] = mode
			}
		} else if weak(mode) {
			modes.weaker = append(modes.weaker, scanners.Hit{Object: policy, Path: "spec.mtls.mode", Message: "lets the pods that it selects take plain text (mode " + kube.Clean(mode) + ")"})
		}
		modes.weaker = append(modes.weaker, weakPorts(policy)...)
	}
	return modes
}

// of is the mode of a namespace: its own, else the whole mesh's.
func (m peerModes) of(namespace string) string {
	if mode := m.byNamespace[namespace]; mode != "" {
		return mode
	}
	return m.byNamespace[m.root]
}

func weak(mode string) bool { return mode == "PERMISSIVE" || mode == "DISABLE" }

func weakPorts(policy *unstructured.Unstructured) []scanners.Hit {
	ports, _, _ := unstructured.NestedMap(policy.Object, "spec", "portLevelMtls")
	var hits []scanners.Hit
	for port, setting := range ports {
		fields, _ := setting.(map[string]any)
		if mode, _, _ := unstructured.NestedString(fields, "mode"); weak(mode) {
			hits = append(hits, scanners.Hit{
				Object: policy, Path: "spec.portLevelMtls[" + port + "].mode", Key: port,
				Message: fmt.Sprintf("lets port %s take plain text (mode %s)", kube.Clean(port), mode),
			})
		}
	}
	slices.SortFunc(hits, func(a, b scanners.Hit) int { return strings.Compare(a.Key, b.Key) })
	return hits
}
