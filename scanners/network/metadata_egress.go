package network

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/netpol"
)

func metadataEgress() scanners.Check {
	return scanners.Check{
		ID: "network/metadata-egress", Layer: scanners.Network, Severity: scanners.Medium,
		Title:      "Pods may ask the cloud for their node's credentials",
		References: []string{"C-0052", "NSA"},
		Fix:        scanners.Guided,
		Needs:      []kube.Resource{kube.NetworkPolicies, kube.Nodes},
		Reads:      kube.WorkloadResources(),
		Hints:      append(netpol.OtherResources(), kube.Namespaces),
		Find:       findMetadataEgress,
	}
}

// findMetadataEgress judges clusters whose nodes say that they are a cloud's:
// others have nothing at that address. Where a policy of another kind is about
// a workload's egress, what it allows isn't judged.
func findMetadataEgress(inv *kube.Inventory) scanners.Result {
	cloud := cloudOf(inv)
	if cloud == "" {
		return scanners.Result{}
	}
	policies, others := netpol.New(inv), netpol.NewOthers(inv)
	var hits []scanners.Hit
	var unsure []string
	for _, ns := range userNamespaces(inv) {
		var open []*kube.Workload
		for _, w := range ns.workloads {
			switch {
			case !reachesMetadata(policies.Isolating(w, netpol.Egress)):
			case others.Selects(w) != netpol.Uncovered:
				unsure = append(unsure, ns.name)
			default:
				open = append(open, w)
			}
		}
		if len(open) > 0 {
			hits = append(hits, ns.hit(fmt.Sprintf("no policy keeps %s from 169.254.169.254, where %s hands out the node's credentials: %s", plural(len(open), "workload"), cloud, some(open))))
		}
	}
	return unlessOthers(others, hits, slices.Compact(unsure))
}

// clouds are the provider IDs of nodes whose machines have a metadata service
// on the usual address.
func clouds() map[string]string {
	return map[string]string{
		"aws": "AWS", "gce": "Google Cloud", "azure": "Azure", "openstack": "OpenStack", "digitalocean": "DigitalOcean",
		"hcloud": "Hetzner", "oci": "Oracle Cloud", "ibm": "IBM Cloud", "vultr": "Vultr", "linode": "Linode", "scaleway": "Scaleway",
	}
}

func cloudOf(inv *kube.Inventory) string {
	for _, n := range inv.Nodes {
		scheme, _, _ := strings.Cut(n.Spec.ProviderID, "://")
		if cloud := clouds()[scheme]; cloud != "" {
			return cloud
		}
	}
	return ""
}

// reachesMetadata says whether traffic to the metadata service gets past a
// workload's egress policies.
func reachesMetadata(policies []*networkingv1.NetworkPolicy) bool {
	metadata := netip.AddrFrom4([4]byte{169, 254, 169, 254})
	return len(policies) == 0 || netpol.ToAddress(policies, metadata, netpol.Port{Number: 80}) // where the service answers
}
