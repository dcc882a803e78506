package fixes

import (
	"fmt"
	"slices"
	"strings"

	"kiln/kube"
)

// guardTitle says what the guardrail does.
func guardTitle(request GuardRequest) string {
	verb := "Warn of"
	if request.Stage == Denies {
		verb = "Refuse"
	}
	where := "everywhere but in the cluster's own namespaces"
	if request.Namespace != "" {
		where = "in namespace " + request.Namespace
	}
	return fmt.Sprintf("%s whatever would bring back %s, %s", verb, request.Check, where)
}

// guardNotes say what the stage means, whom the rule would stop today, and
// where it judges otherwise than the check.
func guardNotes(rule guardRule, request GuardRequest, refusals []Refusal, inv *kube.Inventory) []string {
	notes := []string{"Requests that break the rule succeed with a warning and a mark in the audit log; the next stage, deny, makes them fail."}
	if request.Stage == Denies {
		notes = []string{"Requests that break the rule fail. What runs stays, and updates that leave alone what the rule is about pass."}
	}
	notes = append(notes, refusalNotes(refusals, request.Stage)...)
	for _, r := range rule.on.reads {
		if gap, missed := inv.Gap(r); missed {
			notes = append(notes, fmt.Sprintf("There may be more: %s could not be read (%s).", r, gap.Reason))
		}
	}
	for _, more := range []string{rule.note, rule.remark} {
		if more != "" {
			notes = append(notes, more)
		}
	}
	return notes
}

// refusalNotes name everything that breaks the rule today, by namespace.
func refusalNotes(refusals []Refusal, stage Stage) []string {
	if len(refusals) == 0 {
		return []string{"Nothing in the cluster breaks the rule today."}
	}
	verb := "be warned of"
	if stage == Denies {
		verb = "be refused"
	}
	notes := []string{fmt.Sprintf("%s in the cluster would %s if made today, and so would their new pods:", objectCount(len(refusals)), verb)}
	byNamespace := map[string][]string{}
	var namespaces []string
	for _, r := range refusals {
		ns := r.Object.Namespace
		if byNamespace[ns] == nil {
			namespaces = append(namespaces, ns)
		}
		text := r.Object.Kind + "/" + r.Object.Name
		if r.Why != "" {
			text += " (" + r.Why + ")"
		}
		byNamespace[ns] = append(byNamespace[ns], text)
	}
	slices.Sort(namespaces)
	for _, ns := range namespaces {
		where := "in " + ns
		if ns == "" {
			where = "without a namespace"
		}
		notes = append(notes, where+": "+strings.Join(byNamespace[ns], ", "))
	}
	return notes
}

func objectCount(n int) string {
	if n == 1 {
		return "1 object"
	}
	return fmt.Sprintf("%d objects", n)
}
