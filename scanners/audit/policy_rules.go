package audit

import (
	"encoding/json"
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	auditapi "k8s.io/apiserver/pkg/apis/audit"
	kubeaudit "k8s.io/apiserver/pkg/audit"
	"k8s.io/apiserver/pkg/audit/policy"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/authorization/authorizer"

	"kiln/scanners"
)

// matter is a request that an audit log has to hold. secret says that its body
// must not be in the log, since it holds a credential.
type matter struct {
	what, verb, group, resource, subresource string
	secret                                   bool
}

// matters are what the CIS benchmark asks for in 3.2.2, and changes of rights.
func matters() []matter {
	const rbac = "rbac.authorization.k8s.io"
	return []matter{
		{"reading secrets", "get", "", "secrets", "", true},
		{"changing secrets", "update", "", "secrets", "", true},
		{"making ServiceAccounts' tokens", "create", "", "serviceaccounts", "token", true},
		{"reviews of tokens", "create", "authentication.k8s.io", "tokenreviews", "", true},
		{"changing config maps", "update", "", "configmaps", "", true},
		{"commands in containers", "create", "", "pods", "exec", false},
		{"forwarding ports", "create", "", "pods", "portforward", false},
		{"the proxy to pods", "get", "", "pods", "proxy", false},
		{"the proxy to services", "get", "", "services", "proxy", false},
		{"creating pods", "create", "", "pods", "", false},
		{"changing deployments", "update", "apps", "deployments", "", false},
		{"changing roles", "update", rbac, "clusterroles", "", false},
		{"changing bindings", "create", rbac, "clusterrolebindings", "", false},
	}
}

// policyGaps asks the API server's own evaluator what a policy logs of each of
// them, when somebody who is no component of the cluster does it.
func policyGaps(file *unstructured.Unstructured) []scanners.Hit {
	hit := func(key, message string, severity scanners.Severity) scanners.Hit {
		return scanners.Hit{Object: file, Path: "rules", Key: key, Message: message, Severity: severity}
	}
	rules, err := evaluator(file)
	if err != nil {
		return []scanners.Hit{hit("unreadable", fmt.Sprintf("can't be loaded by the API server: %v", err), 0)}
	}
	var hits []scanners.Hit
	for _, m := range matters() {
		switch level := rules.EvaluatePolicyRule(m.request()).Level; {
		case level == auditapi.LevelNone:
			hits = append(hits, hit(m.what, "logs nothing of "+m.what, 0))
		case m.secret && level != auditapi.LevelMetadata:
			hits = append(hits, hit(m.what, fmt.Sprintf("writes the contents of %s into the log (level %s): Metadata tells enough", m.what, level), 0))
		}
	}
	return hits
}

func evaluator(file *unstructured.Unstructured) (kubeaudit.PolicyRuleEvaluator, error) {
	text, err := json.Marshal(file.Object)
	if err != nil {
		return nil, fmt.Errorf("writing the policy: %w", err)
	}
	loaded, err := policy.LoadPolicyFromBytes(text)
	if err != nil {
		return nil, fmt.Errorf("reading the policy: %w", err)
	}
	return policy.NewPolicyRuleEvaluator(loaded), nil
}

func (m matter) request() authorizer.Attributes {
	return authorizer.AttributesRecord{
		User: &user.DefaultInfo{Name: "kiln:somebody", Groups: []string{user.AllAuthenticated}},
		Verb: m.verb, APIGroup: m.group, APIVersion: "v1", Resource: m.resource, Subresource: m.subresource,
		Namespace: "kiln-any-namespace", Name: "any", ResourceRequest: true,
	}
}
