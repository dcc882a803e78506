package fixes

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"kiln/kube"
)

const (
	workloadsQuestion = "workloads"
	fromQuestion      = "from"
	toQuestion        = "to"

	// onlySeen allows what probes saw, and nothing else.
	onlySeen = "seen"
	// anyPod and anything allow more than what was seen.
	anyPod   = "cluster"
	anything = "open"
)

// noPolicy makes a policy for each workload of a namespace that probes have
// seen: its ports, and whom it talks to. Without a probe it denies by default.
func noPolicy() Recipe {
	return Recipe{Check: "network/no-policy", Questions: askWhatToAllow, Plan: func(s Situation) (Plan, error) {
		namespace := policyNamespace(s)
		if len(probedWorkloads(s)) == 0 {
			return denyByDefault(s)
		}
		plan := Plan{Title: "Create network policies in " + namespace + " from what probes saw"}
		for _, w := range probedWorkloads(s) {
			if !slices.Contains(s.Answers.All(workloadsQuestion), workloadName(w)) {
				continue
			}
			policy := seenPolicy(s, w)
			plan.Changes = append(plan.Changes, Change{Target: kube.RefOf(policy), Mechanism: Create, Apply: policy})
			plan.Notes = append(plan.Notes, policyNotes(s, w)...)
		}
		if len(plan.Changes) == 0 {
			return Plan{}, fmt.Errorf("%w: no workload was chosen", ErrNothingToDo)
		}
		reach, err := reachNotes(s, plan.Changes)
		plan.Notes = slices.Concat(plan.Notes, reach, []string{
			"A probe sees what is connected at that moment: short connections are seldom caught. Probe again under load, and the policies get better.",
			"Workloads without a probe stay open. It needs a network plugin that enforces policies; some don't.",
		})
		return plan, err
	}}
}

// probedWorkloads are those of the namespace that probes have seen.
func probedWorkloads(s Situation) []*kube.Workload {
	var probed []*kube.Workload
	for _, w := range s.Inventory.Workloads {
		if !w.EphemeralOnly && !w.Spec.HostNetwork && w.Namespace() == policyNamespace(s) && len(s.Workloads[w.Ref()]) > 0 {
			probed = append(probed, w)
		}
	}
	return probed
}

func workloadName(w *kube.Workload) string { return w.Ref().Kind + "/" + w.Ref().Name }

// askWhatToAllow asks for which workloads, and how far to go beyond what was
// seen.
func askWhatToAllow(s Situation) []Question {
	workloads := Question{Key: workloadsQuestion, Ask: "Which workloads get a policy?", Many: true}
	var names []string
	inbound := 0
	for _, w := range probedWorkloads(s) {
		evidence := s.Workloads[w.Ref()]
		name := workloadName(w)
		workloads.add(Choice{Value: name, Found: s.seenAt(evidence) + " saw it"})
		names = append(names, name)
		for _, c := range connectionsOf(evidence) {
			if c.Inbound {
				inbound++
			}
		}
	}
	if len(names) == 0 {
		return whichDirections(s)
	}
	workloads.Value = strings.Join(names, ",")
	from := Question{Key: fromQuestion, Ask: "Who may connect to the ports that they listen at?", Choices: []Choice{
		{Value: onlySeen, Label: "those that were seen connected", Found: fmt.Sprintf("%d were", inbound)},
		{Value: anyPod, Label: "every pod of the cluster, and no one from outside"},
		{Value: anything, Label: "everybody: only the other ports are closed"},
	}}
	if inbound == 0 {
		from.Value = anyPod
	}
	to := Question{Key: toQuestion, Ask: "Where may they connect?", Value: anything, Choices: []Choice{
		{Value: onlySeen, Label: "where they were seen connected, and to the cluster's DNS"},
		{Value: anything, Label: "anywhere, as today"},
	}}
	return []Question{workloads, from, to}
}

// connectionsOf merges what several probes saw: each connection once.
func connectionsOf(evidence []kube.Evidence) []kube.Connection {
	var merged []kube.Connection
	for _, e := range evidence {
		for _, c := range e.Connections {
			i := slices.IndexFunc(merged, func(m kube.Connection) bool {
				return m.Inbound == c.Inbound && m.Peer == c.Peer && m.Port == c.Port
			})
			if i < 0 {
				merged = append(merged, c)
			} else if len(merged[i].Peers) == 0 {
				merged[i] = c
			}
		}
	}
	return merged
}

// listeningOf merges the sockets that others can reach, by port.
func listeningOf(evidence []kube.Evidence) []kube.Socket {
	var merged []kube.Socket
	for _, e := range evidence {
		for _, s := range e.Listening {
			address, err := netip.ParseAddr(s.Address)
			if err == nil && address.IsLoopback() {
				continue
			}
			s.Address = ""
			if !slices.Contains(merged, s) {
				merged = append(merged, s)
			}
		}
	}
	return merged
}

// selectorOf is how the workload itself finds its pods, which lasts longer than
// all of its pods' labels.
func selectorOf(w *kube.Workload) map[string]string {
	var selector *metav1.LabelSelector
	switch object := w.Object.(type) {
	case *appsv1.Deployment:
		selector = object.Spec.Selector
	case *appsv1.StatefulSet:
		selector = object.Spec.Selector
	case *appsv1.DaemonSet:
		selector = object.Spec.Selector
	}
	if selector != nil && len(selector.MatchLabels) > 0 && len(selector.MatchExpressions) == 0 {
		return selector.MatchLabels
	}
	return w.Meta.Labels
}

// peerOf names the other end of a connection as a network policy does.
func peerOf(s Situation, namespace string, c kube.Connection) []any {
	var peers []any
	for _, p := range c.Peers {
		for _, address := range p.Addresses {
			peers = append(peers, block(address))
		}
		selector := p.Labels
		for _, w := range s.Inventory.Workloads {
			own := selectorOf(w)
			if p.Kind == "Pod" && w.Namespace() == p.Namespace && !w.EphemeralOnly && len(own) > 0 && labels.SelectorFromSet(own).Matches(labels.Set(p.Labels)) {
				selector = own
				break
			}
		}
		if len(selector) == 0 {
			continue
		}
		peer := map[string]any{"podSelector": matching(selector)}
		if p.Namespace != namespace {
			peer["namespaceSelector"] = matching(map[string]string{"kubernetes.io/metadata.name": p.Namespace})
		}
		peers = append(peers, peer)
	}
	if len(peers) == 0 && len(c.Peers) == 0 {
		peers = append(peers, block(c.Peer))
	}
	return peers
}

func matching(selector map[string]string) map[string]any {
	wanted := map[string]any{}
	for key, value := range selector {
		wanted[key] = value
	}
	return map[string]any{"matchLabels": wanted}
}

// block is a single address; an address that is none matches nobody.
func block(address string) map[string]any {
	bits := "/32"
	if strings.Contains(address, ":") {
		bits = "/128"
	}
	return map[string]any{"ipBlock": map[string]any{"cidr": address + bits}}
}

func policyPort(protocol, port string) map[string]any {
	if number, err := strconv.ParseInt(port, 10, 32); err == nil {
		return map[string]any{"protocol": protocol, "port": number}
	}
	return map[string]any{"protocol": protocol, "port": port}
}

// portsOf are where a connection arrives: a service may send it to another
// port than it was opened to.
func portsOf(c kube.Connection) []any {
	numbers := map[string]bool{}
	for _, p := range c.Peers {
		if p.Kind == "Service" && p.Port != "" {
			numbers[p.Port] = true
		}
	}
	if len(numbers) == 0 {
		numbers[strconv.Itoa(c.Port)] = true
	}
	var ports []any
	for _, port := range slices.Sorted(maps.Keys(numbers)) {
		ports = append(ports, policyPort("TCP", port))
	}
	return ports
}
