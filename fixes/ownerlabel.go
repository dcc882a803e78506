package fixes

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	"kiln/scanners"
)

const (
	ownerQuestion = "owner"
	labelQuestion = "label"
)

// noOwnerLabel labels a workload with whose it is: not its pods, which would
// have to start anew.
func noOwnerLabel() Recipe {
	return Recipe{Check: "pod/no-owner-label", Questions: whoseIsIt, Plan: func(s Situation) (Plan, error) {
		label, owner := s.Answers[labelQuestion], s.Answers[ownerQuestion]
		if owner == "" {
			return Plan{}, ownerByHand(s, label)
		}
		change := applyTo(s.Live)
		change.Apply.SetLabels(map[string]string{label: owner})
		return Plan{
			Title:   fmt.Sprintf("Label %s/%s %s=%s", s.Live.GetKind(), s.Live.GetName(), label, owner),
			Changes: []Change{change},
			Notes:   []string{"Its pods don't get the label: that would restart them. Write it into the manifest, too."},
		}, nil
	}}
}

// whoseIsIt suggests the owners of the namespace's other workloads, the most
// frequent first. Where there are none, only a person knows.
func whoseIsIt(s Situation) []Question {
	owner := Question{Key: ownerQuestion, Ask: "Whose is it?", Free: isLabelValue}
	label := Question{Key: labelQuestion, Ask: "Which label says so?", Free: isLabelKey}
	keys := scanners.DefaultConfig().OwnerLabels
	labels := map[string]int{}
	owners, example := map[string]int{}, map[string]string{}
	for _, w := range s.Inventory.Workloads {
		for _, key := range keys {
			value := cmp.Or(w.Object.GetLabels()[key], w.Meta.Labels[key])
			if value == "" {
				continue
			}
			labels[key]++
			if w.Namespace() == s.Finding.Object.Namespace {
				owners[value]++
				example[value] = w.Ref().Kind + "/" + w.Ref().Name
			}
		}
	}
	for _, value := range byFrequency(owners) {
		owner.add(Choice{Value: value, Found: example[value] + " beside it is theirs"})
	}
	for _, key := range append(byFrequency(labels), keys...) {
		c := Choice{Value: key}
		if labels[key] > 0 {
			c.Found = fmt.Sprintf("%d workloads have it", labels[key])
		}
		label.add(c)
	}
	return []Question{owner, label}
}

func byFrequency(counts map[string]int) []string {
	var names []string
	for name := range counts {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(counts[b]-counts[a], strings.Compare(a, b)) })
	return names
}

func isLabelValue(text string) error {
	problems := validation.IsValidLabelValue(text)
	if len(problems) == 0 && text != "" {
		return nil
	}
	return fmt.Errorf("no label has such a value: %s", strings.Join(append(problems, "at most 63 letters, digits, - _ ."), "; "))
}

func isLabelKey(text string) error {
	if problems := validation.IsQualifiedName(text); len(problems) > 0 {
		return errors.New("no label has such a name: " + problems[0])
	}
	return nil
}

// ownerByHand finds out whom to ask.
func ownerByHand(s Situation, label string) error {
	g := &guide{finding: s.Finding, inv: s.Inventory}
	ref := s.Finding.Object
	g.say("Who has changed it, and who may in its namespace:")
	g.run("kubectl get %s --show-managed-fields -o jsonpath=%s", g.target(), `{range .metadata.managedFields[*]}{.manager} {.time}{"\n"}{end}`)
	g.run("kubectl get rolebindings -n %s -o wide", ref.Namespace)
	g.say("Then write it down; the name is asked for:")
	g.run("read -r owner")
	g.run("kiln fix %s -n %s --object %s --answer %s --answer %s=\"$owner\"", s.Finding.Check, ref.Namespace, ref.Kind+"/"+ref.Name, labelQuestion+"="+label, raw(ownerQuestion))
	return &ManualError{Why: "nothing in the namespace says whose it is", Steps: g.text()}
}
