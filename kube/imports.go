package kube

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
)

// KubeBenchResult is one failed or warned test of kube-bench.
type KubeBenchResult struct {
	// Number is the CIS recommendation's, such as "1.2.5".
	Number string `json:"test_number"`
	Text   string `json:"test_desc"`
	// Status is FAIL, or WARN where a person has to look.
	Status string `json:"status"`
	// NodeType says what was tested: "master", "node", "etcd" …
	NodeType string `json:"-"`
}

type kubeBenchControls struct {
	NodeType string `json:"node_type"`
	Tests    []struct {
		Results []KubeBenchResult `json:"results"`
	} `json:"tests"`
}

// Import adds the results of other tools to an Inventory that nobody has been
// handed yet: kube-bench's JSON, or reports as kubectl prints them.
func Import(inv *Inventory, paths []string) error {
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("importing results: %w", err)
		}
		controls, ok := parseKubeBench(text)
		if ok {
			inv.addKubeBench(controls)
			continue
		}
		if err := inv.addReports(path, text); err != nil {
			return err
		}
	}
	return nil
}

// parseKubeBench takes both forms: older versions print the controls without
// the totals around them.
func parseKubeBench(text []byte) ([]kubeBenchControls, bool) {
	var whole struct{ Controls []kubeBenchControls }
	if json.Unmarshal(text, &whole) == nil && whole.Controls != nil {
		return whole.Controls, true
	}
	var list []kubeBenchControls
	if json.Unmarshal(text, &list) == nil && len(list) > 0 && list[0].Tests != nil {
		return list, true
	}
	return nil, false
}

func (inv *Inventory) addKubeBench(controls []kubeBenchControls) {
	if inv.KubeBench == nil {
		inv.KubeBench = []KubeBenchResult{} // given, even if nothing failed
	}
	for _, c := range controls {
		for _, t := range c.Tests {
			for _, r := range t.Results {
				if r.Status == "FAIL" || r.Status == "WARN" {
					r.NodeType = c.NodeType
					inv.KubeBench = append(inv.KubeBench, r)
				}
			}
		}
	}
}

// addReports reads policy reports and Trivy Operator's from a manifest.
func (inv *Inventory) addReports(path string, text []byte) error {
	read, problems, err := ReadManifests(ManifestOptions{Paths: []string{"-"}, Stdin: bytes.NewReader(text), Now: inv.TakenAt})
	if err != nil {
		return fmt.Errorf("importing %s: %w", path, err)
	}
	for _, p := range problems {
		if p.Lost {
			return fmt.Errorf("importing %s: line %d: %s", path, p.Line, p.Message)
		}
	}
	found := 0
	for _, k := range reportKinds() {
		if items := read.Custom[k.resource]; len(items) > 0 {
			inv.storeCustom(k.resource, slices.Concat(inv.Custom[k.resource], items))
			found += len(items)
		}
	}
	if found == 0 {
		return fmt.Errorf("importing %s: neither the JSON of kube-bench nor a report of Trivy Operator or of the policy working group", path)
	}
	return nil
}
