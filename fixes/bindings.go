package fixes

import (
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/rbac"
)

func authenticatedBinding() Recipe {
	return withoutSubject("api/authenticated-binding",
		"Every account that relied on it loses the role: bind those that need it by name first.")
}

func defaultAccountRights() Recipe {
	return withoutSubject("api/default-account-rights",
		"Pods without a ServiceAccount of their own lose the rights: bind the account of the workload that needs them.")
}

func systemMasters() Recipe {
	return withoutSubject("api/system-masters",
		"A binding of the group itself gives its members nothing: they have every right without it.",
		"Certificates of the group stay valid until they expire; no binding can restrict them.")
}

// rbacDangling takes out the ServiceAccount that doesn't exist, or empties the
// binding whose role doesn't: nobody gets anything by it then, whoever makes
// such a role.
func rbacDangling() Recipe {
	withoutAccount := withoutSubject("api/rbac-dangling", "It takes no right from anybody: the account doesn't exist.")
	return Recipe{Check: withoutAccount.Check, Plan: func(s Situation) (Plan, error) {
		if s.Finding.Key != "" {
			return withoutAccount.Plan(s)
		}
		subjects, found, err := unstructured.NestedSlice(s.Live.Object, "subjects")
		if err != nil || !found {
			return Plan{}, fmt.Errorf("%w: %s has no subjects any more", ErrNothingToDo, s.Finding.Object)
		}
		kind, role := field(s.Live.Object, "roleRef", "kind"), field(s.Live.Object, "roleRef", "name")
		return Plan{
			Title: fmt.Sprintf("Remove the subjects from %s/%s", s.Live.GetKind(), s.Live.GetName()),
			Changes: []Change{{
				Target: kube.RefOf(s.Live), UID: s.Live.GetUID(), Mechanism: JSONPatch,
				Patch: []PatchOperation{{Op: "test", Path: "/subjects", Value: subjects}, {Op: "remove", Path: "/subjects"}},
			}},
			Notes: []string{
				fmt.Sprintf("It takes no right from anybody now: the %v %v that it binds doesn't exist. If it only went missing, bring it back instead.", kind, role),
				"Once nobody misses it, delete the empty binding.",
			},
		}, nil
	}}
}

const stepQuestion = "step"

// takeoverPath breaks the way from a pod to the cluster at one of its steps:
// the subject that takes the step leaves the binding that permits it.
func takeoverPath() Recipe {
	return Recipe{
		Check: "api/takeover-path",
		Reads: func(f scanners.Finding, inv *kube.Inventory) []kube.Ref {
			var refs []kube.Ref
			for _, step := range stepsOf(f, inv) {
				refs = append(refs, kube.RefOf(step.Grant.Binding))
			}
			return refs
		},
		Questions: whichStep,
		Plan: func(s Situation) (Plan, error) {
			for _, step := range stepsOf(s.Finding, s.Inventory) {
				if stepName(step) != s.Answers[stepQuestion] {
					continue
				}
				binding := s.Others[kube.RefOf(step.Grant.Binding)]
				if binding == nil {
					break
				}
				patch, err := removeSubject(binding, step.Grant.Subject.String())
				return Plan{
					Title:   fmt.Sprintf("Remove %s from %s/%s", step.Grant.Subject, binding.GetKind(), binding.GetName()),
					Changes: []Change{{Target: kube.RefOf(binding), UID: binding.GetUID(), Mechanism: JSONPatch, Patch: patch}},
					Notes: []string{
						"All other rights of the bound role go, too: bind those that are still needed to a smaller one.",
						"There may be another way to the cluster, which is found then.",
					},
				}, err
			}
			return Plan{}, fmt.Errorf("%w: nothing leads from %s to the whole cluster any more", ErrNothingToDo, s.Finding.Object)
		},
	}
}

// stepsOf are the steps of the finding's way that somebody permits, and not
// Kubernetes itself.
func stepsOf(f scanners.Finding, inv *kube.Inventory) []rbac.Step {
	account, err := rbac.ParseSubject(f.Key)
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(rbac.GraphOf(inv).Takeovers(inv).Path(account), func(step rbac.Step) bool { return len(step.Grant.Added) == 0 })
}

func whichStep(s Situation) []Question {
	q := Question{Key: stepQuestion, Ask: "Which step of the way is taken away?"}
	for _, step := range stepsOf(s.Finding, s.Inventory) {
		q.add(Choice{Value: stepName(step), Label: step.String()})
	}
	if len(q.Choices) == 0 {
		return nil
	}
	return []Question{q}
}

// stepName tells the steps apart: by the binding that permits them.
func stepName(step rbac.Step) string {
	ref := kube.RefOf(step.Grant.Binding)
	if ref.Namespace != "" {
		return ref.Kind + "/" + ref.Namespace + "/" + ref.Name
	}
	return ref.Kind + "/" + ref.Name
}
