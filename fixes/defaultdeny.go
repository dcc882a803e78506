package fixes

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/kube"
)

const allowQuestion = "allow"

// defaultDenyIngress refuses what comes in, but for the services that are
// chosen.
func defaultDenyIngress() Recipe {
	return Recipe{Check: "network/no-default-deny-ingress", Questions: whichServices, Plan: func(s Situation) (Plan, error) {
		plan := defaultDeny(s, "default-deny-ingress", map[string]any{"podSelector": map[string]any{}, "policyTypes": []any{"Ingress"}},
			"Every connection to the pods is refused but those that another policy allows, and those from the pod's own node.")
		for _, name := range s.Answers.All(allowQuestion) {
			change, err := allowService(s, name)
			if err != nil {
				return Plan{}, err
			}
			plan.Changes = append(plan.Changes, change)
		}
		return plan, nil
	}}
}

// defaultDenyEgress refuses what goes out, but for the destinations that are
// chosen.
func defaultDenyEgress() Recipe {
	return Recipe{Check: "network/no-default-deny-egress", Questions: whichDestinations, Plan: func(s Situation) (Plan, error) {
		rules, but, allowed := []any{}, []string{}, s.Answers.All(allowQuestion)
		for _, d := range destinations() {
			if slices.Contains(allowed, d.Value) {
				rules, but = append(rules, d.rule), append(but, "those to "+d.Label)
			}
		}
		but = append(but, "those that another policy allows")
		notes := []string{"Every connection from the pods is refused but " + strings.Join(but, ", ") + ": add policies for their databases, APIs and the API server."}
		if slices.Contains(allowed, toDNS) {
			notes = append(notes, "Where a DNS cache runs on the nodes, its address has to be allowed, too.")
		}
		return defaultDeny(s, "default-deny-egress",
			map[string]any{"podSelector": map[string]any{}, "policyTypes": []any{"Egress"}, "egress": rules}, notes...), nil
	}}
}

// whichServices asks which of the namespace's services stay reachable.
func whichServices(s Situation) []Question {
	q := Question{Key: allowQuestion, Ask: "Which services stay open, each on its own ports?", Many: true}
	for _, svc := range s.Inventory.Services {
		if svc.Namespace == policyNamespace(s) && len(svc.Spec.Selector) > 0 {
			q.add(Choice{Value: svc.Name, Found: openedBy(s.Inventory, svc)})
		}
	}
	if len(q.Choices) == 0 {
		return nil
	}
	return []Question{q}
}

// openedBy says who from outside of the cluster reaches a service.
func openedBy(inv *kube.Inventory, svc *corev1.Service) string {
	if svc.Spec.Type == corev1.ServiceTypeNodePort || svc.Spec.Type == corev1.ServiceTypeLoadBalancer {
		return "it is open to the outside, type " + string(svc.Spec.Type)
	}
	for _, ingress := range inv.Ingresses {
		if ingress.Namespace == svc.Namespace && routesTo(ingress, svc.Name) {
			return "Ingress/" + ingress.Name + " leads to it"
		}
	}
	return ""
}

func routesTo(ingress *networkingv1.Ingress, service string) bool {
	is := func(b networkingv1.IngressBackend) bool { return b.Service != nil && b.Service.Name == service }
	if b := ingress.Spec.DefaultBackend; b != nil && is(*b) {
		return true
	}
	for _, rule := range ingress.Spec.Rules {
		if rule.HTTP != nil && slices.ContainsFunc(rule.HTTP.Paths, func(p networkingv1.HTTPIngressPath) bool { return is(p.Backend) }) {
			return true
		}
	}
	return false
}

// allowService lets everybody connect to a service's pods, at the ports that
// it leads to.
func allowService(s Situation, name string) (Change, error) {
	i := slices.IndexFunc(s.Inventory.Services, func(svc *corev1.Service) bool {
		return svc.Namespace == policyNamespace(s) && svc.Name == name
	})
	if i < 0 {
		return Change{}, fmt.Errorf("%w the scan: service %s is gone", ErrChanged, name)
	}
	svc := s.Inventory.Services[i]
	labels, ports := map[string]any{}, []any{}
	for key, value := range svc.Spec.Selector {
		labels[key] = value
	}
	for _, p := range svc.Spec.Ports {
		port := map[string]any{"protocol": string(cmp.Or(p.Protocol, corev1.ProtocolTCP)), "port": int64(p.Port)}
		switch {
		case p.TargetPort.StrVal != "":
			port["port"] = p.TargetPort.StrVal
		case p.TargetPort.IntVal != 0:
			port["port"] = int64(p.TargetPort.IntVal)
		}
		ports = append(ports, port)
	}
	policy := createdByKiln("networking.k8s.io/v1", "NetworkPolicy", svc.Namespace, freePolicyName(s.Inventory, svc.Namespace, "allow-to-"+name))
	policy.Object["spec"] = map[string]any{
		"podSelector": map[string]any{"matchLabels": labels}, "policyTypes": []any{"Ingress"},
		"ingress": []any{map[string]any{"ports": ports}},
	}
	return Change{Target: kube.RefOf(policy), Mechanism: Create, Apply: policy}, nil
}

// destination is an answer to where pods may still connect.
type destination struct {
	Choice
	rule map[string]any
}

const toDNS = "dns"

// destinations are those that don't have to be named.
func destinations() []destination {
	anywhere := map[string]any{"namespaceSelector": map[string]any{}}
	return []destination{
		{Choice{Value: toDNS, Label: "the cluster's DNS"}, allowDNS()},
		{Choice{Value: "namespace", Label: "the namespace's own pods"}, map[string]any{"to": []any{map[string]any{"podSelector": map[string]any{}}}}},
		{Choice{Value: "cluster", Label: "the pods of all namespaces"}, map[string]any{"to": []any{anywhere}}},
		{Choice{Value: "https", Label: "ports 443 and 6443 of all addresses (the API server, HTTPS)"}, map[string]any{"ports": []any{
			map[string]any{"protocol": "TCP", "port": int64(443)}, map[string]any{"protocol": "TCP", "port": int64(6443)},
		}}},
	}
}

// whichDestinations asks where the namespace's pods may still connect.
func whichDestinations(s Situation) []Question {
	q := Question{Key: allowQuestion, Ask: "Where may the pods still connect?", Many: true, Value: toDNS}
	for _, d := range destinations() {
		if d.Value == "https" {
			d.Found = tokenUsers(s.Inventory, policyNamespace(s))
		}
		q.add(d.Choice)
	}
	return []Question{q}
}

// tokenUsers names workloads that get the API server's token, as those do that
// say nothing about it.
func tokenUsers(inv *kube.Inventory, namespace string) string {
	var users []string
	for _, w := range inv.Workloads {
		mounted := w.Spec.AutomountServiceAccountToken
		if w.Namespace() == namespace && !w.EphemeralOnly && !w.Ended && mounted != nil && *mounted {
			users = append(users, w.Ref().Kind+"/"+w.Ref().Name)
		}
	}
	if len(users) == 0 {
		return ""
	}
	return strings.Join(users, ", ") + " asks for the API server's token"
}

// allowDNS lets pods look names up at the cluster's own DNS.
func allowDNS() map[string]any {
	return map[string]any{
		"to": []any{map[string]any{
			"namespaceSelector": map[string]any{"matchLabels": map[string]any{"kubernetes.io/metadata.name": "kube-system"}},
			"podSelector":       map[string]any{"matchLabels": map[string]any{"k8s-app": "kube-dns"}},
		}},
		"ports": []any{
			map[string]any{"protocol": "UDP", "port": int64(53)},
			map[string]any{"protocol": "TCP", "port": int64(53)},
		},
	}
}

// policyNamespace is where the policy goes.
func policyNamespace(s Situation) string { return homeOf(s.Finding.Object) }

// homeOf is the namespace that an object is, or is in.
func homeOf(ref kube.Ref) string {
	if ref.Kind == "Namespace" {
		return ref.Name
	}
	return ref.Namespace
}

func defaultDeny(s Situation, name string, spec map[string]any, notes ...string) Plan {
	namespace := policyNamespace(s)
	policy := createdByKiln("networking.k8s.io/v1", "NetworkPolicy", namespace, freePolicyName(s.Inventory, namespace, name))
	policy.Object["spec"] = spec
	return Plan{
		Title:   "Create NetworkPolicy " + policy.GetName() + placeIn(namespace),
		Changes: []Change{{Target: kube.RefOf(policy), Mechanism: Create, Apply: policy}},
		Notes:   append(notes, "It needs a network plugin that enforces policies; some don't."),
	}
}

// placeIn names a namespace; manifests may leave it out.
func placeIn(namespace string) string {
	if namespace == "" {
		return ""
	}
	return " in " + namespace
}

// freePolicyName is name, or name-2 and so on where that is taken.
func freePolicyName(inv *kube.Inventory, namespace, name string) string {
	return free(name, func(n string) bool {
		return slices.ContainsFunc(inv.NetworkPolicies, func(p *networkingv1.NetworkPolicy) bool {
			return p.Namespace == namespace && p.Name == n
		})
	})
}

// createdByKiln starts a new object, labelled with who made it.
func createdByKiln(apiVersion, kind, namespace, name string) *unstructured.Unstructured {
	obj := &unstructured.Unstructured{Object: map[string]any{}}
	obj.SetAPIVersion(apiVersion)
	obj.SetKind(kind)
	obj.SetNamespace(namespace)
	obj.SetName(name)
	obj.SetLabels(map[string]string{"app.kubernetes.io/managed-by": kube.FieldManager})
	return obj
}
