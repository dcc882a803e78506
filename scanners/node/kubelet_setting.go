package node

import (
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	kubeletconfig "k8s.io/kubelet/config/v1beta1"

	"kiln/kube"
	"kiln/scanners"
)

// setting is a field of the kubelet's configuration that can be wrong.
type setting struct {
	id, title  string
	severity   scanners.Severity
	references []string
	// field is the path in the KubeletConfiguration.
	field string
	// fault says what is wrong with a live configuration; empty if nothing.
	// A live configuration has all its defaults filled in.
	fault func(*kubeletconfig.KubeletConfiguration) string
}

func (s setting) check() scanners.Check {
	return scanners.Check{
		ID: s.id, Layer: scanners.Node, Severity: s.severity, Title: s.title,
		References: s.references, Fix: scanners.Manual,
		// Some kubelets may have answered even where there is a gap.
		Reads: []kube.Resource{kube.KubeletConfigs},
		Hints: []kube.Resource{kube.Nodes},
		Find:  s.find,
	}
}

func (s setting) find(inv *kube.Inventory) scanners.Result {
	var hits []scanners.Hit
	for _, name := range slices.Sorted(maps.Keys(inv.Kubelets)) {
		if fault := s.fault(inv.Kubelets[name]); fault != "" {
			hits = append(hits, scanners.Hit{Object: nodeNamed(inv, name), Path: s.field, Message: fmt.Sprintf("its kubelet has %s: %s", s.field, fault)})
		}
	}
	for _, p := range kubeletsInManifests(inv) {
		if fault := s.fault(p.config); fault != "" {
			hits = append(hits, scanners.Hit{Object: p.Object, Path: p.Path + ".command", Message: fmt.Sprintf("has %s: %s", s.field, fault)})
		}
	}
	for _, file := range inv.Custom[kube.KubeletConfigFiles] {
		if fault := s.fault(withDefaults(file)); fault != "" {
			hits = append(hits, scanners.Hit{Object: file, Path: s.field, Message: fmt.Sprintf("has %s: %s", s.field, fault)})
		}
	}
	return scanners.Found(hits)
}

func nodeNamed(inv *kube.Inventory, name string) *corev1.Node {
	for _, n := range inv.Nodes {
		if n.Name == name {
			return n
		}
	}
	return &corev1.Node{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Node"},
		ObjectMeta: metav1.ObjectMeta{Name: name},
	}
}
