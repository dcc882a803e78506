package tui

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/labels"

	"kiln/kube"
	"kiln/scanners"
)

// fieldFilter is one word of a filter that is about a column: "sev:high",
// "ns:shop,ops", "sev:medium+", and with a leading ! its inverse.
type fieldFilter struct {
	inverse bool
	matches func(*scanners.Finding) bool
}

// filterFields are the names before the colon.
func filterFields() []string {
	return []string{"sev", "layer", "ns", "fix", "owner", "check", "kind", "name"}
}

// longFields are other names of some fields.
var longFields = map[string]string{"severity": "sev", "namespace": "ns"}

// parseField reads a word; ok says that it is about a field at all.
func parseField(word string) (f fieldFilter, ok bool, err error) {
	rest, inverse := strings.CutPrefix(word, "!")
	name, value, found := strings.Cut(rest, ":")
	name = cmp.Or(longFields[name], name)
	if !found || !slices.Contains(filterFields(), name) {
		return f, false, nil
	}
	f.inverse = inverse
	value = strings.ToLower(value)
	switch {
	case value == "":
		f.matches = func(*scanners.Finding) bool { return !inverse } // still being typed
	case name == "sev":
		f.matches, err = severityFilter(value)
	default:
		f.matches, err = wordsFilter(name, strings.Split(value, ","))
	}
	f.inverse = inverse && err == nil // what isn't understood hides nothing
	return f, true, err
}

// wordsFilter admits findings of which a field has one of some words.
func wordsFilter(name string, wanted []string) (func(*scanners.Finding) bool, error) {
	choices := fieldChoices(name)
	for i, word := range wanted {
		at := slices.IndexFunc(choices, func(c string) bool { return strings.HasPrefix(c, word) })
		switch kind, known := kindNamed(word, nil); {
		case word == "": // still being typed
		case name == "kind" && known:
			wanted[i] = strings.ToLower(kind)
		case at >= 0:
			wanted[i] = choices[at]
		case choices != nil:
			return func(*scanners.Finding) bool { return true }, fmt.Errorf("%q is none of %s", word, strings.Join(choices, " "))
		}
	}
	return func(f *scanners.Finding) bool {
		text := strings.ToLower(fieldText(f, name))
		return slices.ContainsFunc(wanted, func(w string) bool { return w != "" && fieldMatches(name, text, w) })
	}, nil
}

// fieldChoices are all words that a field can have; nil where there is no end
// of them. A filter may cut them short.
func fieldChoices(name string) []string {
	var words []string
	switch name {
	case "layer":
		for _, layer := range scanners.Layers() {
			words = append(words, string(layer))
		}
	case "fix":
		words = []string{string(scanners.Safe), string(scanners.Guided), string(scanners.Manual)}
	}
	return words
}

// fieldText is what a field filter looks at.
func fieldText(f *scanners.Finding, name string) string {
	switch name {
	case "layer":
		return string(f.Layer)
	case "ns":
		return f.Object.Namespace
	case "fix":
		return string(f.Fix)
	case "owner":
		return ownerText(f)
	case "check":
		return f.Check
	case "kind":
		return f.Object.Kind
	}
	return f.Object.Name
}

// fieldMatches compares whole words where there are few of them, and parts of
// names.
func fieldMatches(name, text, wanted string) bool {
	switch name {
	case "layer", "fix", "kind":
		return text == wanted
	}
	return strings.Contains(text, wanted)
}

// severityFilter admits findings of some severities.
func severityFilter(value string) (func(*scanners.Finding) bool, error) {
	wanted, err := parseSeverities(value)
	if err != nil {
		return func(*scanners.Finding) bool { return true }, err
	}
	return func(f *scanners.Finding) bool { return slices.Contains(wanted, f.Severity) }, nil
}

// parseSeverities reads "high", "crit,high" and "medium+": that and worse. A
// severity may be cut short.
func parseSeverities(value string) ([]scanners.Severity, error) {
	var wanted []scanners.Severity
	for _, word := range strings.Split(value, ",") {
		name, orWorse := strings.CutSuffix(word, "+")
		at := slices.IndexFunc(scanners.Severities(), func(s scanners.Severity) bool { return name != "" && strings.HasPrefix(s.String(), name) })
		if at < 0 {
			return nil, fmt.Errorf("%q is not a severity: use critical, high, medium, low or info", word)
		}
		wanted = append(wanted, scanners.Severities()[at])
		if orWorse {
			wanted = append(wanted, scanners.Severities()[:at]...)
		}
	}
	return wanted, nil
}

// takeFields takes the words about fields out of a pattern.
func takeFields(pattern string) (rest string, all []fieldFilter, problem error) {
	if !strings.Contains(pattern, ":") {
		return pattern, nil, nil
	}
	var words []string
	for _, word := range strings.Fields(pattern) {
		field, ok, err := parseField(word)
		if err != nil {
			problem = err
		}
		if ok {
			all = append(all, field)
		} else {
			words = append(words, word)
		}
	}
	if len(all) == 0 {
		return pattern, nil, nil
	}
	return strings.Join(words, " "), all, problem
}

// admitsFields says whether a finding has the fields that are asked for.
func (f filter) admitsFields(finding *scanners.Finding) bool {
	for _, field := range f.fields {
		if field.matches(finding) == field.inverse {
			return false
		}
	}
	return true
}

// labelsByObject are the labels of all objects that carry findings. Asked for
// labels only, since few ever do.
func labelsByObject(inv *kube.Inventory) map[kube.Ref]labels.Set {
	all := map[kube.Ref]labels.Set{}
	if inv == nil {
		return all
	}
	for _, w := range inv.Workloads {
		all[w.Ref()] = w.Object.GetLabels()
	}
	addLabels(all, inv.Namespaces)
	addLabels(all, inv.Nodes)
	addLabels(all, inv.Services)
	addLabels(all, inv.Ingresses)
	addLabels(all, inv.NetworkPolicies)
	addLabels(all, inv.ServiceAccounts)
	addLabels(all, inv.Roles)
	addLabels(all, inv.RoleBindings)
	addLabels(all, inv.ClusterRoles)
	addLabels(all, inv.ClusterRoleBindings)
	addLabels(all, inv.ConfigMaps)
	addLabels(all, inv.Secrets)
	addLabels(all, inv.PersistentVolumes)
	addLabels(all, inv.PersistentVolumeClaims)
	addLabels(all, inv.StorageClasses)
	addLabels(all, inv.PodDisruptionBudgets)
	return all
}

func addLabels[T kube.Object](all map[kube.Ref]labels.Set, objects []T) {
	for _, obj := range objects {
		all[kube.RefOf(obj)] = obj.GetLabels()
	}
}
