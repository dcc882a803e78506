package kube

import (
	"fmt"
	"strings"
	"time"

	kubeletconfig "k8s.io/kubelet/config/v1beta1"
)

// factsLast is how long what a probe saw of a node counts.
const factsLast = 7 * 24 * time.Hour

// settleNodeProbes adds what was kept of the nodes that still exist. It needs
// the nodes, and the kubelets that were asked, to be read.
func (col *collector) settleNodeProbes() {
	facts, gap := currentFacts(col.inv, col.opts.NodeFacts)
	col.settle(NodeProbes, batch{store: func(inv *Inventory) { inv.NodeFacts = facts }}, gap)
}

// currentFacts leaves out what is about other nodes, or too old. The gap says
// of which nodes nothing is known.
func currentFacts(inv *Inventory, kept map[string]NodeFacts) (map[string]NodeFacts, *Gap) {
	current := map[string]NodeFacts{}
	var never, old []string
	for _, node := range inv.Nodes {
		facts, probed := kept[node.Name]
		switch {
		case !probed || facts.UID != node.UID:
			never = append(never, Clean(node.Name))
		case inv.TakenAt.Sub(facts.Time) > factsLast:
			old = append(old, fmt.Sprintf("%s (%d days ago)", Clean(node.Name), int(inv.TakenAt.Sub(facts.Time).Hours()/24)))
		default:
			current[node.Name] = facts
		}
	}
	if _, unread := inv.Gap(Nodes); unread || len(inv.Nodes) == 0 || len(never)+len(old) > 0 {
		return current, nodeProbeGap(never, old, len(inv.Nodes))
	}
	return current, nil
}

func nodeProbeGap(never, old []string, nodes int) *Gap {
	reason := "no node is known"
	switch {
	case len(never) == nodes && nodes > 0:
		reason = "no node was looked at"
	case len(never) > 0:
		reason = fmt.Sprintf("%d of %d nodes were not looked at: %s", len(never), nodes, shortList(never))
	case len(old) > 0:
		reason = "nodes were looked at too long ago: " + shortList(old)
	}
	return &Gap{NodeProbes, reason, "'kiln debug node/NAME --probe' looks at one"}
}

// shortList names the first few.
func shortList(names []string) string {
	const most = 3
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}

// probedKubelets are the kubelets' configurations as probes saw them, and says
// whether all nodes' are known.
func probedKubelets(inv *Inventory, kept map[string]NodeFacts) (configs map[string]*kubeletconfig.KubeletConfiguration, all bool) {
	configs = map[string]*kubeletconfig.KubeletConfiguration{}
	facts, gap := currentFacts(inv, kept)
	for name, f := range facts {
		if f.Kubelet != nil && f.Kubelet.Config != nil {
			configs[name] = f.Kubelet.Config
		}
	}
	return configs, gap == nil && len(configs) == len(inv.Nodes)
}
