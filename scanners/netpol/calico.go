package netpol

import (
	"regexp"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// calico reads a Calico NetworkPolicy or GlobalNetworkPolicy.
func calico(object *unstructured.Unstructured) []otherPolicy {
	spec := fields(object.Object["spec"])
	for _, forHosts := range []string{"doNotTrack", "preDNAT"} {
		if on, _ := spec[forHosts].(bool); on {
			return nil // only for the nodes' own interfaces
		}
	}
	return []otherPolicy{{
		isolates: calicoIsolates(spec),
		selects: func(p pod) Coverage {
			if object.GetNamespace() != "" && object.GetNamespace() != p.namespace {
				return Uncovered
			}
			covered := min(
				calicoMatches(text(spec["selector"]), p.labels),
				calicoMatches(text(spec["namespaceSelector"]), p.namespaceLabels))
			if text(spec["serviceAccountSelector"]) != "" {
				covered = min(covered, Perhaps) // the labels of accounts aren't looked at
			}
			return covered
		},
	}}
}

// calicoIsolates: without types a policy is about the directions that it has
// rules for, and about ingress if it has none.
func calicoIsolates(spec map[string]any) map[Direction]bool {
	if types := list(spec["types"]); len(types) > 0 {
		about := map[Direction]bool{}
		for _, t := range types {
			about[Direction(text(t))] = true
		}
		return about
	}
	in, out := len(list(spec["ingress"])) > 0, len(list(spec["egress"])) > 0
	return map[Direction]bool{Ingress: in || !out, Egress: out}
}

// calicoTerm is one comparison of Calico's selector language.
var calicoTerm = regexp.MustCompile(`^(?:(all|global)\(\)|(!?)\s*has\(\s*([\w./-]+)\s*\)|([\w./-]+)\s*(==|!=)\s*(?:"([^"]*)"|'([^']*)')|([\w./-]+)\s+(not\s+)?in\s*\{([^}]*)\})$`)

// calicoMatches evaluates a selector of comparisons joined by &&. What says
// more than that is left open.
func calicoMatches(selector string, labels map[string]string) Coverage {
	result := Covered
	if strings.TrimSpace(selector) == "" {
		return result
	}
	for term := range strings.SplitSeq(selector, "&&") {
		result = min(result, calicoCompares(calicoTerm.FindStringSubmatch(strings.TrimSpace(term)), labels))
	}
	return result
}

// calicoCompares evaluates the parts of a calicoTerm. A label that is missing
// is unlike any value.
func calicoCompares(m []string, labels map[string]string) Coverage {
	if m == nil {
		return Perhaps
	}
	var holds bool
	switch {
	case m[1] != "":
		holds = true
	case m[3] != "":
		_, has := labels[m[3]]
		holds = has == (m[2] == "")
	case m[4] != "":
		value, has := labels[m[4]]
		holds = (has && value == m[6]+m[7]) == (m[5] == "==")
	default:
		value, has := labels[m[8]]
		holds = (has && inSet(m[10], value)) == (m[9] == "")
	}
	if holds {
		return Covered
	}
	return Uncovered
}

func inSet(set, value string) bool {
	for item := range strings.SplitSeq(set, ",") {
		if strings.Trim(strings.TrimSpace(item), `"'`) == value {
			return true
		}
	}
	return false
}
