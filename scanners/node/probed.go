package node

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"kiln/kube"
	"kiln/scanners"
)

// probed is a check of what node probes saw: the API doesn't show it.
type probed struct {
	id, title  string
	severity   scanners.Severity
	references []string
	// looksAt are the things, as kube.Unseen names them, without which the
	// check can't tell.
	looksAt []string
	// faults are hits without their object.
	faults func(kube.NodeFacts) []scanners.Hit
}

func (p probed) check() scanners.Check {
	return scanners.Check{
		ID: p.id, Layer: scanners.Node, Severity: p.severity, Title: p.title,
		References: p.references, Fix: scanners.Manual,
		Needs: []kube.Resource{kube.Nodes},
		// Some nodes may have been looked at even where there is a gap.
		Reads: []kube.Resource{kube.NodeProbes},
		Find:  p.find,
	}
}

func (p probed) find(inv *kube.Inventory) scanners.Result {
	var result scanners.Result
	var unseen []string
	for _, name := range slices.Sorted(maps.Keys(inv.NodeFacts)) {
		facts := inv.NodeFacts[name]
		for _, hit := range p.faults(facts) {
			hit.Object = nodeNamed(inv, name)
			hit.Message += ", as the probe of " + facts.Time.Format("2006-01-02 15:04 MST") + " saw"
			result.Hits = append(result.Hits, hit)
		}
		if why := facts.WhyUnseen(p.looksAt...); why != "" {
			unseen = append(unseen, fmt.Sprintf("node %s: %s", name, why))
		}
	}
	result.Unknown = strings.Join(unseen, "; ")
	return result
}
