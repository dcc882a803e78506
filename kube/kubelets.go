package kube

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"
	kubeletconfig "k8s.io/kubelet/config/v1beta1"

	"kiln/kube/crash"
)

// readKubelets asks every node for its kubelet's live configuration.
func (col *collector) readKubelets(ctx context.Context) {
	if !col.opts.Kubelets {
		col.settleProbedKubelets()
		return
	}
	var mu sync.Mutex
	configs := map[string]*kubeletconfig.KubeletConfiguration{}
	var failures []error
	var group errgroup.Group
	group.SetLimit(listsAtOnce)
	for _, node := range col.inv.Nodes {
		group.Go(func() error {
			defer crash.Catch(ctx)
			config, err := col.cluster.configz(ctx, node.Name)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				failures = append(failures, fmt.Errorf("node %s: %w", node.Name, err))
			} else {
				configs[node.Name] = config
			}
			return nil
		})
	}
	_ = group.Wait() // failures are kept, none is returned
	col.settle(KubeletConfigs, batch{store: func(inv *Inventory) { inv.Kubelets = configs }}, kubeletGap(failures, len(col.inv.Nodes)))
}

// settleProbedKubelets takes what node probes saw, where nobody asks the
// kubelets themselves.
func (col *collector) settleProbedKubelets() {
	configs, all := probedKubelets(col.inv, col.opts.NodeFacts)
	var gap *Gap
	if !all {
		gap = &Gap{KubeletConfigs,
			"the kubelets were not asked, because that takes the right to proxy to nodes" + probedInVain(col.inv, col.opts.NodeFacts),
			"--kubelets, or :kubelets in the terminal UI, asks them; 'kiln debug node/NAME --probe' looks at one node's"}
	}
	col.settle(KubeletConfigs, batch{store: func(inv *Inventory) { inv.Kubelets = configs }}, gap)
}

// probedInVain says why node probes, too, could not tell; empty if they did.
func probedInVain(inv *Inventory, kept map[string]NodeFacts) string {
	facts, _ := currentFacts(inv, kept)
	for _, name := range slices.Sorted(maps.Keys(facts)) {
		if why := facts[name].WhyUnseen("kubelet-config"); why != "" {
			return "; of node " + Clean(name) + " a probe could not tell: " + why
		}
	}
	return ""
}

func kubeletGap(failures []error, nodes int) *Gap {
	if len(failures) == 0 {
		return nil
	}
	return &Gap{KubeletConfigs,
		Clean(fmt.Sprintf("%d of %d kubelets did not answer, the first: %v", len(failures), nodes, failures[0])),
		"needs the right to get nodes/proxy"}
}

// configz reads one kubelet's configuration through the API server.
func (c *Cluster) configz(ctx context.Context, node string) (*kubeletconfig.KubeletConfiguration, error) {
	ctx, cancel := context.WithTimeout(ctx, endpointTimeout)
	defer cancel()
	raw, err := c.Client.CoreV1().RESTClient().Get().Resource("nodes").Name(node).
		SubResource("proxy").Suffix("configz").DoRaw(ctx)
	if err != nil {
		return nil, err
	}
	var answer struct {
		Config *kubeletconfig.KubeletConfiguration `json:"kubeletconfig"`
	}
	if err := json.Unmarshal(raw, &answer); err != nil || answer.Config == nil {
		return nil, fmt.Errorf("its /configz is not a KubeletConfiguration: %.60q", raw)
	}
	return answer.Config, nil
}
