package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	yaml "go.yaml.in/yaml/v3"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// manifest is an object in a file.
type manifest struct {
	*unstructured.Unstructured
	file string
	line int
}

// String names it for people: where it stands, and what it is.
func (m manifest) String() string {
	name := fmt.Sprintf("%s:%d: %s/%s", m.file, m.line, m.GetKind(), m.GetName())
	if m.GetNamespace() != "" {
		name += " in " + m.GetNamespace()
	}
	return name
}

// readManifests reads files, and folders with all that is below them.
func readManifests(paths []string) ([]manifest, error) {
	var all []manifest
	var errs []error
	for _, path := range paths {
		err := filepath.WalkDir(path, func(file string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || file != path && !isManifest(file) {
				return err
			}
			found, err := readFile(file)
			all = append(all, found...)
			if err != nil {
				errs = append(errs, err)
			}
			return nil
		})
		if err != nil {
			errs = append(errs, fmt.Errorf("reading manifests: %w", err))
		}
	}
	if len(all) == 0 && len(errs) == 0 {
		return nil, fmt.Errorf("no manifests in %s", strings.Join(paths, ", "))
	}
	return all, errors.Join(errs...)
}

func isManifest(file string) bool {
	return slices.Contains([]string{".yaml", ".yml", ".json"}, filepath.Ext(file))
}

// readFile reads the documents of a file up to the first that is broken.
func readFile(file string) ([]manifest, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("reading manifests: %w", err)
	}
	defer f.Close()
	var all []manifest
	documents := yaml.NewDecoder(f)
	for {
		var document yaml.Node
		err := documents.Decode(&document)
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return all, fmt.Errorf("%s: %w", file, err)
		}
		root := document.Content[0]
		if root.Tag == "!!null" {
			continue // nothing but comments
		}
		m := manifest{&unstructured.Unstructured{}, file, root.Line}
		if err := m.decode(root); err != nil {
			return all, fmt.Errorf("%s:%d: %w", file, root.Line, err)
		}
		all = append(all, m)
	}
}

func (m manifest) decode(node *yaml.Node) error {
	var content any
	if err := node.Decode(&content); err != nil {
		return err
	}
	asJSON, err := json.Marshal(content)
	if err != nil {
		return err
	}
	if err := m.UnmarshalJSON(asJSON); err != nil {
		return fmt.Errorf("not an object: %w", err)
	}
	if m.GetName() == "" {
		return errors.New("an object without a name")
	}
	return nil
}

// loadOrder is the order in which kinds need each other. Those that it doesn't
// name, custom resources above all, go before the workloads; admission comes
// last, so that it doesn't judge what is being loaded.
var loadOrder = []string{
	"Namespace", "CustomResourceDefinition",
	"PriorityClass", "StorageClass", "PersistentVolume", "Node",
	"ServiceAccount", "ClusterRole", "Role", "ClusterRoleBinding", "RoleBinding",
	"LimitRange", "ResourceQuota", "NetworkPolicy",
	"ConfigMap", "Secret", "PersistentVolumeClaim", "Service", otherKinds,
	"DaemonSet", "StatefulSet", "Deployment", "ReplicaSet", "Job", "CronJob", "Pod",
	"PodDisruptionBudget", "HorizontalPodAutoscaler", "Ingress",
	"ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding",
	"ValidatingWebhookConfiguration", "MutatingWebhookConfiguration",
}

const otherKinds = ""

// rank is a kind's place in the order.
func rank(kind string) int {
	if i := slices.Index(loadOrder, kind); i >= 0 {
		return i
	}
	return slices.Index(loadOrder, otherKinds)
}

// inLoadOrder groups manifests by rank, and keeps the files' order within.
func inLoadOrder(all []manifest) [][]manifest {
	groups := make([][]manifest, len(loadOrder))
	for _, m := range all {
		groups[rank(m.GetKind())] = append(groups[rank(m.GetKind())], m)
	}
	return groups
}
