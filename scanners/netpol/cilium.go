package netpol

import (
	"maps"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// cilium reads a CiliumNetworkPolicy or its clusterwide twin: one rule in
// spec, or several in specs.
func cilium(object *unstructured.Unstructured) []otherPolicy {
	rules := list(field(object.Object, "specs"))
	if spec := field(object.Object, "spec"); spec != nil {
		rules = append([]any{spec}, rules...)
	}
	var policies []otherPolicy
	for _, rule := range rules {
		rule := fields(rule)
		selector, found := rule["endpointSelector"]
		if !found {
			continue // for nodes, not for pods
		}
		policies = append(policies, otherPolicy{
			isolates: map[Direction]bool{
				Ingress: ciliumIsolates(rule, "ingress"),
				Egress:  ciliumIsolates(rule, "egress"),
			},
			selects: func(p pod) Coverage {
				if object.GetNamespace() != "" && object.GetNamespace() != p.namespace {
					return Uncovered
				}
				return selectorMatches(withoutSources(fields(selector)), ciliumLabels(p))
			},
		})
	}
	return policies
}

// ciliumIsolates: rules for a direction drop the rest, unless they say not to.
func ciliumIsolates(rule map[string]any, direction string) bool {
	if on, set := field(rule, "enableDefaultDeny", direction).(bool); set {
		return on
	}
	return len(list(rule[direction]))+len(list(rule[direction+"Deny"])) > 0
}

// ciliumLabels are a pod's own, and those that Cilium adds about its namespace
// and account.
func ciliumLabels(p pod) map[string]string {
	labels := map[string]string{
		"io.kubernetes.pod.namespace":         p.namespace,
		"io.cilium.k8s.policy.serviceaccount": p.account,
	}
	maps.Copy(labels, p.labels)
	for key, value := range p.namespaceLabels {
		labels["io.cilium.k8s.namespace.labels."+key] = value
	}
	return labels
}

// withoutSources drops the sources that Cilium's keys may begin with: "k8s:app"
// is the label app.
func withoutSources(selector map[string]any) map[string]any {
	plain := map[string]any{}
	if labels := fields(selector["matchLabels"]); len(labels) > 0 {
		stripped := map[string]any{}
		for key, value := range labels {
			stripped[withoutSource(key)] = value
		}
		plain["matchLabels"] = stripped
	}
	var expressions []any
	for _, e := range list(selector["matchExpressions"]) {
		expression := maps.Clone(fields(e))
		if expression == nil {
			continue
		}
		expression["key"] = withoutSource(text(expression["key"]))
		expressions = append(expressions, expression)
	}
	if len(expressions) > 0 {
		plain["matchExpressions"] = expressions
	}
	return plain
}

func withoutSource(key string) string {
	for _, source := range []string{"k8s:", "any:"} {
		if plain, ok := strings.CutPrefix(key, source); ok {
			return plain
		}
	}
	return key
}
