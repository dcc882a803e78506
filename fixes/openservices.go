package fixes

import (
	"fmt"
	"net/netip"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/kube"
)

const (
	howRanges      = "ranges"
	rangesQuestion = "ranges"
	// privateRanges are the networks that no internet router knows (RFC 1918).
	privateRanges = "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16"
)

// publicLoadBalancer closes a load balancer to the internet: it keeps its
// address, and takes connections from some networks alone.
func publicLoadBalancer() Recipe {
	return Recipe{Check: "network/public-loadbalancer", Questions: whoMayConnect, Plan: func(s Situation) (Plan, error) {
		if field(s.Live.Object, "spec", "type") != "LoadBalancer" {
			return Plan{}, fmt.Errorf("%w: %s has no load balancer any more", ErrNothingToDo, s.Finding.Object)
		}
		if s.Answers[howQuestion] == howClusterIP {
			return toClusterIP(s, "Take the service off its load balancer",
				"The provider deletes the load balancer and its address: clients outside the cluster lose it. Taking this back gets a new one, often with another address."), nil
		}
		ranges := []any{}
		for _, network := range s.Answers.All(rangesQuestion) {
			ranges = append(ranges, network)
		}
		if len(ranges) == 0 {
			return Plan{}, fmt.Errorf("%w: no network is named that may connect", ErrNothingToDo)
		}
		change := applyTo(s.Live)
		change.Apply.Object["spec"] = map[string]any{"loadBalancerSourceRanges": ranges}
		return Plan{
			Title:   "Let only some networks connect to the load balancer",
			Changes: []Change{change},
			Notes: []string{
				"Clients from everywhere else are refused. It takes a provider whose load balancers keep to spec.loadBalancerSourceRanges; most do.",
				"The load balancer keeps its address.",
			},
		}, nil
	}}
}

func whoMayConnect(s Situation) []Question {
	asked := []Question{{Key: howQuestion, Ask: "Who may still connect?", Choices: []Choice{
		{Value: howRanges, Label: "some networks, through the same load balancer"},
		{Value: howClusterIP, Label: "only the cluster's own pods: the load balancer goes"},
	}}}
	if s.Answers[howQuestion] == howClusterIP {
		return asked
	}
	return append(asked, Question{
		Key: rangesQuestion, Ask: "Which networks?", Many: true, Value: privateRanges, Free: narrowNetwork,
		Choices: privateChoices(),
	})
}

func privateChoices() []Choice {
	var choices []Choice
	for network := range strings.SplitSeq(privateRanges, ",") {
		choices = append(choices, Choice{Value: network, Label: "private networks"})
	}
	return choices
}

// narrowNetwork checks an answer: a network, and not all of them.
func narrowNetwork(text string) error {
	prefix, err := netip.ParsePrefix(text)
	switch {
	case err != nil:
		return fmt.Errorf("write a network such as 198.51.100.0/24: %w", err)
	case prefix.Bits() == 0:
		return fmt.Errorf("%s is the whole internet", prefix)
	}
	return nil
}

// toClusterIP leaves a service to the cluster's own pods.
func toClusterIP(s Situation, title string, notes ...string) Plan {
	change := applyTo(s.Live)
	change.Apply.Object["spec"] = map[string]any{"type": "ClusterIP"}
	return Plan{Title: title, Changes: []Change{change}, Notes: notes}
}

// exposedDashboard keeps a web interface inside; an ingress may serve others,
// too, so it is a person's.
func exposedDashboard() Recipe {
	return Recipe{Check: "network/exposed-dashboard", Plan: func(s Situation) (Plan, error) {
		if s.Live.GetKind() != "Service" {
			return Plan{}, dashboardBehindIngress(s)
		}
		return toClusterIP(s, "Keep the web interface inside of the cluster",
			fmt.Sprintf("Reach it by: kubectl port-forward %s 8443:%v", target(s.Finding.Object), firstPort(s.Live)),
			"Taking this back asks for the same ports again; they may be taken by then."), nil
	}}
}

func firstPort(service *unstructured.Unstructured) any {
	ports, _, _ := unstructured.NestedSlice(service.Object, "spec", "ports")
	if len(ports) == 0 {
		return 443
	}
	port, _ := ports[0].(map[string]any)
	return port["port"]
}

// dashboardBehindIngress says how to take the interface's paths out.
func dashboardBehindIngress(s Situation) error {
	g := &guide{finding: s.Finding, inv: s.Inventory}
	g.keepCopy()
	rules, _, _ := unstructured.NestedSlice(s.Live.Object, "spec", "rules")
	for i, item := range rules {
		rule, _ := item.(map[string]any)
		paths, _, _ := unstructured.NestedSlice(rule, "http", "paths")
		for j := len(paths) - 1; j >= 0; j-- {
			path, _ := paths[j].(map[string]any)
			at := fmt.Sprintf("/spec/rules/%d/http/paths/%d", i, j)
			switch {
			case field(path, "backend", "service", "name") != s.Finding.Key:
			case len(paths) == 1 && len(rules) == 1:
				g.say("It serves nothing else, so it can go:")
				g.run("kubectl delete %s", g.target())
			case len(paths) == 1:
				g.patch(s.Finding.Object, PatchOperation{Op: "test", Path: at, Value: path}, PatchOperation{Op: "remove", Path: fmt.Sprintf("/spec/rules/%d", i)})
			default:
				g.patch(s.Finding.Object, PatchOperation{Op: "test", Path: at, Value: path}, PatchOperation{Op: "remove", Path: at})
			}
		}
	}
	g.say("Those who need it reach it by:")
	g.run("kubectl port-forward %s 8443:443", target(kube.Ref{Kind: "Service", APIVersion: "v1", Namespace: s.Finding.Object.Namespace, Name: s.Finding.Key}))
	return &ManualError{Why: "the ingress may serve others, too, and a login may stand before it", Steps: g.text()}
}

// externalIPs lets the service give up its claim to addresses.
func externalIPs() Recipe {
	return Recipe{Check: "network/external-ips", Plan: func(s Situation) (Plan, error) {
		addresses, found, err := unstructured.NestedSlice(s.Live.Object, "spec", "externalIPs")
		if err != nil || !found {
			return Plan{}, fmt.Errorf("%w: %s claims no addresses any more", ErrNothingToDo, s.Finding.Object)
		}
		return Plan{
			Title: "Give up the service's external addresses",
			Changes: []Change{{
				Target: kube.RefOf(s.Live), UID: s.Live.GetUID(), Mechanism: JSONPatch,
				Patch: []PatchOperation{
					{Op: "test", Path: "/spec/externalIPs", Value: addresses},
					{Op: "remove", Path: "/spec/externalIPs"},
				},
			}},
			Notes: []string{"Traffic to these addresses no longer reaches the service: neither from outside, nor from pods."},
		}, nil
	}}
}
