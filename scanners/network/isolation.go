package network

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/netpol"
)

func noDefaultDenyIngress() scanners.Check {
	return isolation(scanners.Check{
		ID:    "network/no-default-deny-ingress",
		Title: "Pods of a namespace accept connections from anywhere",
	}, netpol.Ingress, "accepts connections from every pod of the cluster", "accept connections from every pod of the cluster")
}

func noDefaultDenyEgress() scanners.Check {
	return isolation(scanners.Check{
		ID:    "network/no-default-deny-egress",
		Title: "Pods of a namespace may connect to anywhere",
	}, netpol.Egress, "may connect to anything", "may connect to anything")
}

// isolation completes a check that each workload of a namespace is selected by
// some policy for a direction. What the policies then allow is network/allow-all's.
func isolation(c scanners.Check, d netpol.Direction, one, many string) scanners.Check {
	c.Layer, c.Severity, c.Fix = scanners.Network, scanners.Medium, scanners.Guided
	c.References = []string{"CIS 5.3.2", "C-0030", "NSA"}
	c.Needs = []kube.Resource{kube.NetworkPolicies}
	c.Reads = kube.WorkloadResources()
	c.Hints = append(netpol.OtherResources(), kube.Namespaces)
	c.Find = func(inv *kube.Inventory) scanners.Result {
		policies, others := netpol.New(inv), netpol.NewOthers(inv)
		var open []scanners.Hit
		var unsure []string
		for _, ns := range userNamespaces(inv) {
			exposed := slices.DeleteFunc(slices.Clone(ns.workloads), func(w *kube.Workload) bool {
				return len(policies.Isolating(w, d)) > 0 || others.Isolates(w, d) == netpol.Covered
			})
			if slices.ContainsFunc(exposed, func(w *kube.Workload) bool { return others.Isolates(w, d) == netpol.Perhaps }) {
				unsure = append(unsure, ns.name)
				continue
			}
			if len(exposed) == 0 {
				continue
			}
			verb := many
			if len(exposed) == 1 {
				verb = one
			}
			open = append(open, ns.hit(fmt.Sprintf("%s of %s %s: %s", strconv.Itoa(len(exposed)), plural(len(ns.workloads), "workload"), verb, some(exposed))))
		}
		return unlessOthers(others, open, unsure)
	}
	return c
}

// unlessOthers holds hits back where policies of other kinds are installed and
// couldn't be read: what they allow can't be told. unsure are the namespaces
// whose policies were read and not understood.
func unlessOthers(others *netpol.Others, hits []scanners.Hit, unsure []string) scanners.Result {
	if len(hits) > 0 && len(others.Unread) > 0 {
		return scanners.Unknown(fmt.Sprintf("%s not covered by a policy that was read, but %s may govern them",
			plural(len(hits), "namespace"), strings.Join(others.Unread, ", ")))
	}
	result := scanners.Found(hits)
	if len(unsure) > 0 {
		result.Unknown = "policies of Cilium, Calico or the cluster's admins may govern these namespaces, which kiln can't evaluate: " + strings.Join(unsure, ", ")
	}
	return result
}

// namespace is one with workloads that network policies could govern.
type namespace struct {
	name      string
	object    *corev1.Namespace // nil if it wasn't read
	workloads []*kube.Workload
}

// userNamespaces lists the namespaces with workloads, but for the control
// plane's own, in the order of their names.
func userNamespaces(inv *kube.Inventory) []namespace {
	byName := map[string]*namespace{}
	for _, w := range inv.Workloads {
		if !netpol.Governs(w) || w.Ended || scanners.ControlPlaneNamespace(w.Namespace()) {
			continue
		}
		ns := byName[w.Namespace()]
		if ns == nil {
			ns = &namespace{name: w.Namespace()}
			byName[ns.name] = ns
		}
		ns.workloads = append(ns.workloads, w)
	}
	for _, object := range inv.Namespaces {
		if ns := byName[object.Name]; ns != nil {
			ns.object = object
		}
	}
	all := make([]namespace, 0, len(byName))
	for _, ns := range byName {
		all = append(all, *ns)
	}
	slices.SortFunc(all, func(a, b namespace) int { return strings.Compare(a.name, b.name) })
	return all
}

// hit is on the namespace, or on its first workload if the namespace itself
// wasn't read.
func (ns namespace) hit(message string) scanners.Hit {
	if ns.object != nil {
		return scanners.Hit{Object: ns.object, Message: message}
	}
	return scanners.Hit{Object: ns.workloads[0].Object, Key: "namespace", Message: "namespace " + ns.name + ": " + message}
}

// some names the first few workloads.
func some(workloads []*kube.Workload) string {
	const few = 3
	names := make([]string, 0, few+1)
	for i, w := range workloads {
		if i == few {
			names = append(names, "…")
			break
		}
		names = append(names, w.Ref().Kind+"/"+w.Ref().Name)
	}
	return strings.Join(names, ", ")
}

func plural(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}
