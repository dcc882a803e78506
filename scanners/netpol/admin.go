package netpol

import (
	"encoding/json"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
)

// admin reads an AdminNetworkPolicy, a BaselineAdminNetworkPolicy or a
// ClusterNetworkPolicy. They isolate nobody by being there: only a rule that
// denies everybody does.
func admin(object *unstructured.Unstructured) []otherPolicy {
	subject := fields(field(object.Object, "spec", "subject"))
	return []otherPolicy{{
		isolates: map[Direction]bool{
			Ingress: deniesAll(list(field(object.Object, "spec", "ingress")), "from"),
			Egress:  deniesAll(list(field(object.Object, "spec", "egress")), "to"),
		},
		selects: func(p pod) Coverage {
			if namespaces, found := subject["namespaces"]; found {
				return selectorMatches(fields(namespaces), p.namespaceLabels)
			}
			pods, found := subject["pods"]
			if !found {
				return Uncovered
			}
			return min(
				selectorMatches(fields(field(fields(pods), "namespaceSelector")), p.namespaceLabels),
				selectorMatches(fields(field(fields(pods), "podSelector")), p.labels))
		},
	}}
}

// deniesAll says that one of the rules denies all ports of every pod, or of
// every address.
func deniesAll(rules []any, peers string) bool {
	return slices.ContainsFunc(rules, func(r any) bool {
		rule := fields(r)
		return text(rule["action"]) == "Deny" && len(list(rule["ports"]))+len(list(rule["protocols"])) == 0 &&
			slices.ContainsFunc(list(rule[peers]), everybody)
	})
}

func everybody(peer any) bool {
	if namespaces, found := fields(peer)["namespaces"]; found {
		return len(fields(namespaces)) == 0
	}
	return slices.ContainsFunc(list(fields(peer)["networks"]), func(cidr any) bool {
		return cidr == "0.0.0.0/0" || cidr == "::/0"
	})
}

// selectorMatches evaluates a label selector that came without a type. One
// that Kubernetes itself wouldn't understand is left open.
func selectorMatches(selector map[string]any, set map[string]string) Coverage {
	raw, err := json.Marshal(selector)
	if err != nil {
		return Perhaps
	}
	var typed metav1.LabelSelector
	if json.Unmarshal(raw, &typed) != nil {
		return Perhaps
	}
	s, err := metav1.LabelSelectorAsSelector(&typed)
	switch {
	case err != nil:
		return Perhaps
	case s.Matches(labels.Set(set)):
		return Covered
	}
	return Uncovered
}
