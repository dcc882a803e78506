package fixes

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/cel-go/cel"
	celtypes "github.com/google/cel-go/common/types"
	admissionv1 "k8s.io/api/admission/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/version"
	"k8s.io/apiserver/pkg/admission"
	admissioncel "k8s.io/apiserver/pkg/admission/plugin/cel"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"k8s.io/apiserver/pkg/cel/environment"

	"kiln/kube"
)

// Refusal is an object of today's cluster that a guardrail would refuse if
// somebody wrote it anew. What runs stays.
type Refusal struct {
	Object kube.Ref
	// Why is set where it isn't the rule itself: an expression that fails, or
	// the Pod Security controls that are missed.
	Why string
}

func (r Refusal) String() string {
	if r.Why == "" {
		return r.Object.String()
	}
	return r.Object.String() + ": " + r.Why
}

// tryRule evaluates a rule on what an inventory holds, by the API server's own
// libraries.
func tryRule(ctx context.Context, rule guardRule, namespace string, inv *kube.Inventory) ([]Refusal, error) {
	judge, err := newJudge(rule, inv.Source.Version)
	if err != nil {
		return nil, err
	}
	namespaces := map[string]*corev1.Namespace{}
	for _, ns := range inv.Namespaces {
		namespaces[ns.Name] = ns
	}
	var refusals []Refusal
	for _, obj := range rule.on.objects(inv) {
		if !guards(rule, namespace, obj) {
			continue
		}
		refused, why, err := judge.refuses(ctx, obj.Object, namespaces[obj.GetNamespace()])
		if err != nil {
			return nil, fmt.Errorf("trying the guardrail on %s: %w", obj.ref, err)
		}
		if refused {
			refusals = append(refusals, Refusal{Object: obj.ref, Why: why})
		}
	}
	slices.SortFunc(refusals, func(a, b Refusal) int { return strings.Compare(a.Object.String(), b.Object.String()) })
	return refusals, ctx.Err()
}

// guards says whether a binding for a namespace, or for all, concerns obj.
func guards(rule guardRule, namespace string, obj kube.Object) bool {
	switch {
	case rule.on.ofUsers && obj.GetLabels()["kubernetes.io/bootstrapping"] != "":
		return false // only the API server itself writes these
	case namespace != "":
		return obj.GetNamespace() == namespace
	}
	return !slices.Contains(systemNamespaces(), obj.GetNamespace())
}

// judge is a compiled rule.
type judge struct {
	evaluator admissioncel.ConditionEvaluator
}

// newJudge compiles a rule for a server such as v1.36.3, with what CEL could
// do then.
func newJudge(rule guardRule, server string) (judge, error) {
	env := environment.MustBaseEnvSet(environment.DefaultCompatibilityVersion())
	if v, err := version.ParseGeneric(server); err == nil && v.LessThan(environment.DefaultCompatibilityVersion()) {
		env = environment.MustBaseEnvSet(version.MajorMinor(v.Major(), v.Minor()))
	}
	compiler, err := admissioncel.NewCompositedCompiler(env)
	if err != nil {
		return judge{}, fmt.Errorf("preparing CEL: %w", err)
	}
	var variables []admissioncel.NamedExpressionAccessor
	for _, v := range rule.on.variables {
		variables = append(variables, celVariable{v.Name, v.Expression})
	}
	options := admissioncel.OptionalVariableDeclarations{HasAuthorizer: true}
	compiler.CompileAndStoreVariables(variables, options, environment.NewExpressions)
	condition := compiler.CompileCondition([]admissioncel.ExpressionAccessor{celCondition(rule.allowed)}, options, environment.NewExpressions)
	if err := errors.Join(condition.CompilationErrors()...); err != nil {
		return judge{}, fmt.Errorf("the guardrail for %s can't be said to %s: %w", rule.check, server, err)
	}
	return judge{condition}, nil
}

// refuses evaluates the rule on an object as if somebody created it.
func (j judge) refuses(ctx context.Context, obj kube.Object, namespace *corev1.Namespace) (refused bool, why string, err error) {
	fields, err := runtime.DefaultUnstructuredConverter.ToUnstructured(obj)
	if err != nil {
		return false, "", err
	}
	object := &unstructured.Unstructured{Object: fields}
	attributes := admission.NewAttributesRecord(object, nil, object.GroupVersionKind(), object.GetNamespace(), object.GetName(),
		celResource(object), "", admission.Create, &metav1.CreateOptions{}, false, nil)
	versioned := &admission.VersionedAttributes{Attributes: attributes, VersionedObject: admission.NewLazyObject(object), VersionedKind: object.GroupVersionKind()}
	results, _, err := j.evaluator.ForInput(ctx, versioned, &admissionv1.AdmissionRequest{Operation: admissionv1.Create},
		admissioncel.OptionalVariableBindings{}, admissioncel.CreateNamespaceObject(namespace), celconfig.RuntimeCELCostBudget)
	if err != nil {
		return false, "", err
	}
	for _, result := range results {
		if result.Error != nil {
			return true, "the rule can't be evaluated: " + result.Error.Error(), nil
		}
		if result.EvalResult != celtypes.True {
			return true, "", nil
		}
	}
	return false, "", nil
}

// celVariable and celCondition are what the compiler takes.
type celVariable struct{ name, expression string }

func (v celVariable) GetName() string        { return v.name }
func (v celVariable) GetExpression() string  { return v.expression }
func (celVariable) ReturnTypes() []*cel.Type { return []*cel.Type{cel.AnyType, cel.DynType} }

type celCondition string

func (c celCondition) GetExpression() string  { return string(c) }
func (celCondition) ReturnTypes() []*cel.Type { return []*cel.Type{cel.BoolType} }
