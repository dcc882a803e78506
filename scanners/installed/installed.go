// Package installed recognises the tools that a cluster runs, by their images
// and CRDs.
package installed

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"sigs.k8s.io/yaml"

	"kiln/kube"
)

// Category is what tools are for, as the table names it.
type Category string

// The categories of tools.yaml.
const (
	RuntimeDetection Category = "runtime-detection"
	LogShipping      Category = "log-shipping"
	Metrics          Category = "metrics"
	FlowLogs         Category = "flow-logs"
	Mesh             Category = "mesh"
	PolicyEngine     Category = "policy-engine"
	ImageScanning    Category = "image-scanning"
	FileIntegrity    Category = "file-integrity"
	Backup           Category = "backup"
	ExternalSecrets  Category = "external-secrets"
	// NetworkPlugin are those that enforce NetworkPolicies.
	NetworkPlugin Category = "network-plugin"
	// PlainNetworkPlugin are those that don't.
	PlainNetworkPlugin Category = "network-plugin-without-policies"
)

// Tool is a row of the table.
type Tool struct {
	Name string `json:"name"`
	// Images are ends of image paths, on whole parts: "istio/pilot".
	Images []string `json:"images,omitempty"`
	// Groups are the API groups of the tool's CRDs, and CRDs single ones of
	// a group that other tools share.
	Groups []string `json:"groups,omitempty"`
	CRDs   []string `json:"crds,omitempty"`
}

// Table is the tools that are recognised, by what they are for.
type Table map[Category][]Tool

// With is the table with a user's own tools before kiln's.
func (t Table) With(own Table) Table {
	merged := maps.Clone(t)
	for category, tools := range own {
		merged[category] = slices.Concat(tools, t[category])
	}
	return merged
}

// Complain says what is wrong with a user's own tools; nil if nothing.
func (t Table) Complain() error {
	for _, category := range slices.Sorted(maps.Keys(t)) {
		if _, known := Embedded()[category]; !known {
			return fmt.Errorf("there is no category %q: they are %s", category, categories())
		}
		for _, tool := range t[category] {
			if tool.Name == "" || len(tool.Images)+len(tool.Groups)+len(tool.CRDs) == 0 {
				return fmt.Errorf("%s: a tool needs a name, and images, groups or crds to be recognised by", category)
			}
		}
	}
	return nil
}

func categories() string {
	var names []string
	for _, c := range slices.Sorted(maps.Keys(Embedded())) {
		names = append(names, string(c))
	}
	return strings.Join(names, ", ")
}

// Found is a tool that was recognised.
type Found struct {
	Name string
	// Workload runs it; nil if it was recognised by its CRDs.
	Workload *kube.Workload
}

// Resources are what tools are recognised by.
func Resources() []kube.Resource {
	return append(kube.WorkloadResources(), kube.CustomResourceDefinitions)
}

// Find lists the tools of a category that inv shows, in the table's order.
func (t Table) Find(inv *kube.Inventory, category Category) []Found {
	var found []Found
	for _, tool := range t[category] {
		if w := tool.runs(inv.Workloads); w != nil {
			found = append(found, Found{tool.Name, w})
		} else if tool.defined(inv) {
			found = append(found, Found{Name: tool.Name})
		}
	}
	return found
}

// runs returns a workload with one of the tool's images.
func (t Tool) runs(workloads []*kube.Workload) *kube.Workload {
	for _, w := range workloads {
		if w.Ended {
			continue
		}
		for _, c := range w.Containers() {
			if slices.ContainsFunc(t.Images, func(image string) bool { return endsIn(path(c.Image), image) }) {
				return w
			}
		}
	}
	return nil
}

// defined says that a CRD of the tool is there. CRDs are named RESOURCE.GROUP.
func (t Tool) defined(inv *kube.Inventory) bool {
	for _, crd := range inv.CustomResourceDefinitions {
		_, group, _ := strings.Cut(crd.Name, ".")
		if slices.Contains(t.CRDs, crd.Name) || slices.Contains(t.Groups, group) {
			return true
		}
	}
	return false
}

// path is an image without tag and digest.
func path(image string) string {
	image, _, _ = strings.Cut(image, "@")
	if colon := strings.LastIndex(image, ":"); colon > strings.LastIndex(image, "/") {
		image = image[:colon]
	}
	return image
}

func endsIn(path, end string) bool { return path == end || strings.HasSuffix(path, "/"+end) }

//go:embed tools.yaml
var toolsFile []byte

// Embedded is kiln's own table.
func Embedded() Table { return embedded() }

// embedded reads the file once.
var embedded = sync.OnceValue(func() Table {
	t, err := parse(toolsFile)
	if err != nil {
		panic(err)
	}
	return t
})

func parse(file []byte) (Table, error) {
	var t Table
	if err := yaml.UnmarshalStrict(file, &t); err != nil {
		return nil, fmt.Errorf("reading the table of tools: %w", err)
	}
	return t, nil
}
