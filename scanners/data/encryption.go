package data

import (
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/flags"
)

func encryptionAtRest() scanners.Check {
	return scanners.Check{
		ID: "data/encryption-at-rest", Layer: scanners.Data, Severity: scanners.High,
		Title:      "Secrets lie in etcd in the clear",
		References: []string{"CIS 1.2.27", "CIS 1.2.28", "NSA", "C-0066", "C-0141", "C-0142"},
		Fix:        scanners.Manual,
		// A configuration among manifests can be judged without the flags.
		Reads: []kube.Resource{kube.APIServerFlags},
		Find: func(inv *kube.Inventory) scanners.Result {
			if files := inv.Custom[kube.EncryptionFiles]; len(files) > 0 {
				return scanners.Found(inTheClear(files))
			}
			if len(inv.APIServer.Flags) == 0 {
				return scanners.Unknown("no flags of kube-apiserver are visible")
			}
			if file := flags.Of(inv, "encryption-provider-config"); file.Set {
				return scanners.Unknown(fmt.Sprintf("which providers %s lists can't be read through the API, and identity first would encrypt nothing: scan the file (kiln scan -f)", kube.Clean(file.Text)))
			}
			return scanners.Found([]scanners.Hit{{
				Object:  scanners.APIServer(inv),
				Path:    flags.Path,
				Key:     "encryption-provider-config",
				Message: "kube-apiserver has no --encryption-provider-config, so Secrets lie in etcd in the clear",
			}})
		},
	}
}

// inTheClear judges EncryptionConfigurations as the API server reads them: the
// first entry that names a resource counts, and its first provider writes.
func inTheClear(files []*unstructured.Unstructured) []scanners.Hit {
	var hits []scanners.Hit
	for _, file := range files {
		hit := scanners.Hit{Object: file, Path: "resources", Key: "secrets"}
		switch writer(file) {
		case "":
			hit.Message = "says nothing of secrets, which are written in the clear"
		case "identity":
			hit.Message = "lists identity first for secrets, which are written in the clear"
		case "aesgcm":
			hit.Severity = scanners.Low
			hit.Message = "writes secrets with aesgcm, whose key has to be changed every 200,000 writes: take kms, secretbox or aescbc"
		default:
			continue
		}
		hits = append(hits, hit)
	}
	return hits
}

// writer is the provider that new secrets are written with.
func writer(file *unstructured.Unstructured) string {
	entries, _, _ := unstructured.NestedSlice(file.Object, "resources")
	for _, e := range entries {
		entry, _ := e.(map[string]any)
		names, _, _ := unstructured.NestedStringSlice(entry, "resources")
		if !slices.ContainsFunc(names, func(n string) bool { return slices.Contains([]string{"secrets", "*.", "*.*"}, n) }) {
			continue
		}
		providers, _, _ := unstructured.NestedSlice(entry, "providers")
		if len(providers) == 0 {
			return ""
		}
		first, _ := providers[0].(map[string]any)
		for name := range first {
			return name
		}
	}
	return ""
}
