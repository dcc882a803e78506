package kube

import (
	"fmt"
	"path/filepath"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// The configuration files of the control plane and of kubelets. They are
// written like objects and lie beside manifests; no cluster serves them, so that
// only an Inventory from files holds any, in Custom.
const (
	KubeletConfigFiles Resource = "kubeletconfigurations.kubelet.config.k8s.io"
	AuditPolicyFiles   Resource = "policies.audit.k8s.io"
	EncryptionFiles    Resource = "encryptionconfigurations.apiserver.config.k8s.io"
)

// configFileKinds is the table of the configuration files that are read.
func configFileKinds() []kind {
	return []kind{
		configFile(KubeletConfigFiles, schema.GroupVersionKind{Group: "kubelet.config.k8s.io", Version: "v1beta1", Kind: "KubeletConfiguration"}, nil),
		configFile(AuditPolicyFiles, schema.GroupVersionKind{Group: "audit.k8s.io", Version: "v1", Kind: "Policy"}, nil),
		configFile(EncryptionFiles, schema.GroupVersionKind{Group: "apiserver.config.k8s.io", Version: "v1", Kind: "EncryptionConfiguration"}, dropKeys),
	}
}

// configFile is the row of a kind of file. Such a file mostly has no name: then
// it has the file's. slim drops what must not be kept.
func configFile(r Resource, gvk schema.GroupVersionKind, slim func(*unstructured.Unstructured)) kind {
	k := customKind(r, gvk)
	add := k.add
	k.add = func(inv *Inventory, obj Object) error {
		item, ok := obj.(*unstructured.Unstructured)
		if !ok {
			return fmt.Errorf("%s was read as a %T", gvk.Kind, obj)
		}
		item.SetNamespace("")
		if item.GetName() == "" {
			item.SetName(filepath.Base(inv.origins[obj].File))
		}
		if slim != nil {
			slim(item)
		}
		return add(inv, item)
	}
	return k
}

// dropKeys leaves of each provider of encryption what it is called.
func dropKeys(config *unstructured.Unstructured) {
	resources, _ := config.Object["resources"].([]any)
	for _, r := range resources {
		entry, _ := r.(map[string]any)
		providers, _ := entry["providers"].([]any)
		for _, p := range providers {
			if provider, ok := p.(map[string]any); ok {
				for name := range provider {
					provider[name] = map[string]any{}
				}
			}
		}
	}
}
