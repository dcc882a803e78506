package fixes

import (
	"fmt"
	"strings"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"kiln/kube"
)

// Stage is how hard a guardrail is.
type Stage string

// The stages. The API server can't warn and deny at once: what is denied is
// said in the refusal.
const (
	Warns  Stage = "warn"
	Denies Stage = "deny"
)

// actions are what the API server does about a request that breaks the rule.
func (s Stage) actions() []any {
	if s == Denies {
		return []any{string(admissionv1.Deny), string(admissionv1.Audit)}
	}
	return []any{string(admissionv1.Warn), string(admissionv1.Audit)}
}

const (
	// guardCheckAnnotation says on a policy and its binding which check they
	// keep fixed.
	guardCheckAnnotation = "kiln/check"
	policyKind           = "ValidatingAdmissionPolicy"
	bindingKind          = "ValidatingAdmissionPolicyBinding"
)

// guardName names the policy and the binding of a guardrail: by its check, and
// by the namespace unless it holds in all.
func guardName(check, namespace string) string {
	name := "kiln-" + strings.ReplaceAll(check, "/", "-")
	if namespace == "" {
		return name
	}
	return name + "." + namespace
}

// policyOf is the policy that keeps a check fixed.
func policyOf(rule guardRule, namespace string) (*unstructured.Unstructured, error) {
	return guardObject(policyKind, rule.check, namespace, &admissionv1.ValidatingAdmissionPolicySpec{
		MatchConstraints: &admissionv1.MatchResources{
			ResourceRules:     rule.on.resourceRules(namespace),
			NamespaceSelector: guardedNamespaces(namespace),
		},
		Variables:       rule.on.variables,
		MatchConditions: rule.on.conditions(),
		Validations: []admissionv1.Validation{{
			Expression: rule.allowed,
			Message:    fmt.Sprintf("%s: kept from coming back by a guardrail; kiln explain %s", rule.check, rule.check),
		}},
	})
}

// bindingOf puts the policy into force.
func bindingOf(rule guardRule, namespace string, stage Stage) (*unstructured.Unstructured, error) {
	binding, err := guardObject(bindingKind, rule.check, namespace, &admissionv1.ValidatingAdmissionPolicyBindingSpec{
		PolicyName:     guardName(rule.check, namespace),
		MatchResources: &admissionv1.MatchResources{NamespaceSelector: guardedNamespaces(namespace)},
	})
	if err != nil {
		return nil, err
	}
	return binding, unstructured.SetNestedSlice(binding.Object, stage.actions(), "spec", "validationActions")
}

// guardedNamespaces is one namespace, or all but the cluster's own.
func guardedNamespaces(namespace string) *metav1.LabelSelector {
	if namespace != "" {
		return &metav1.LabelSelector{MatchLabels: map[string]string{corev1.LabelMetadataName: namespace}}
	}
	return &metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{{
		Key: corev1.LabelMetadataName, Operator: metav1.LabelSelectorOpNotIn, Values: systemNamespaces(),
	}}}
}

// systemNamespaces are Kubernetes' own: a guardrail there could stop the
// cluster.
func systemNamespaces() []string {
	return []string{metav1.NamespaceSystem, metav1.NamespacePublic, corev1.NamespaceNodeLease}
}

func guardObject(kind, check, namespace string, spec any) (*unstructured.Unstructured, error) {
	obj := createdByKiln(admissionv1.SchemeGroupVersion.String(), kind, "", guardName(check, namespace))
	obj.SetAnnotations(map[string]string{guardCheckAnnotation: check})
	fields, err := runtime.DefaultUnstructuredConverter.ToUnstructured(spec)
	if err != nil {
		return nil, fmt.Errorf("making %s: %w", kube.RefOf(obj), err)
	}
	obj.Object["spec"] = fields
	return obj, nil
}

// resourceRules match what is created or updated. What lives in no namespace
// would match any selector, so a namespace's guardrail leaves it out.
func (k guardedKinds) resourceRules(namespace string) []admissionv1.NamedRuleWithOperations {
	scope := admissionv1.AllScopes
	if namespace != "" {
		scope = admissionv1.NamespacedScope
	}
	var all []admissionv1.NamedRuleWithOperations
	for _, r := range k.rules {
		all = append(all, admissionv1.NamedRuleWithOperations{RuleWithOperations: admissionv1.RuleWithOperations{
			Operations: []admissionv1.OperationType{admissionv1.Create, admissionv1.Update},
			Rule:       admissionv1.Rule{APIGroups: []string{r.group}, APIVersions: []string{r.version}, Resources: r.names, Scope: &scope},
		}})
	}
	return all
}

// conditions let through what brings nothing new, and what the control plane
// writes for itself.
func (k guardedKinds) conditions() []admissionv1.MatchCondition {
	all := []admissionv1.MatchCondition{{Name: "brings-something-new", Expression: `request.operation == "CREATE" || !(` + k.same + `)`}}
	if k.ofUsers {
		all = append(all, admissionv1.MatchCondition{
			Name:       "not-by-the-control-plane",
			Expression: `!(request.userInfo.username in ["system:apiserver", "system:serviceaccount:kube-system:clusterrole-aggregation-controller"])`,
		})
	}
	return all
}
