package tracing

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/kube"
)

const admissionWhy = "A request that changes something is looked at itself. Fields that it leaves out get the API's defaults; mutating plugins, policies and webhooks " +
	"may change it; the API validates it; then PodSecurity, quotas, ValidatingAdmissionPolicies and webhooks each may refuse it. One no is enough, whoever asks."

// admission explains what the dry run came to.
func admission(t kube.Trace) Step {
	a := t.Admission
	s := Step{Name: "admission", Why: admissionWhy, Warnings: a.Warnings}
	if a.NotAsked != "" {
		s.Outcome, s.Title = Skipped, "not asked: "+kube.Clean(a.NotAsked)
		if !t.Access.Allowed {
			s.Outcome, s.Title = NotReached, kube.Clean(a.NotAsked)
		}
		return s
	}
	var masker kube.Masker
	s.Says = append(s.Says, "sent as "+a.Method+", as a dry run: everything happens but the storing")
	if a.CopyOf != "" {
		s.Says = append(s.Says, "what was sent is a copy of "+kube.Clean(a.CopyOf))
	}
	switch {
	case a.Refusal != nil:
		s.Outcome, s.Title = Refused, Refuser(*a.Refusal)
		s.Says = append([]string{masker.Text(a.Refusal.Says)}, s.Says...)
	case a.Err != nil:
		s.Outcome, s.Title = Unknown, "the dry run didn't come to an end"
		s.Says = append([]string{kube.Explain(a.Err)}, s.Says...)
	default:
		s.Outcome = Passed
		s.Changes = changes(a, &masker)
		s.Title = passedText(a, len(s.Changes))
		s.Says = append(s.Says, changersText(a)...)
	}
	s.Before, s.After = yamlOf(a.Base(), &masker), yamlOf(a.Stored, &masker)
	return s
}

func passedText(a kube.TraceAdmission, changed int) string {
	switch {
	case a.Method == "DELETE":
		return "nothing refuses the deletion"
	case changed == 0:
		return "nothing refuses it, and nothing is added"
	case a.Base() == a.Before:
		return fmt.Sprintf("nothing refuses it; %s of the object would change", fieldsText(changed))
	}
	return fmt.Sprintf("nothing refuses it; the server sets or changes %s", fieldsText(changed))
}

func fieldsText(n int) string {
	if n == 1 {
		return "1 field"
	}
	return fmt.Sprintf("%d fields", n)
}

// Refuser says who refused.
func Refuser(r kube.Refusal) string {
	name := kube.Clean(r.Name)
	switch r.By {
	case "PodSecurity":
		return fmt.Sprintf("refused by Pod Security: the namespace enforces %s", name)
	case "ResourceQuota":
		return "refused by ResourceQuota " + name
	case "LimitRange":
		return "refused by a LimitRange of the namespace"
	case "validation":
		return "refused by the API's own validation"
	case "decoding":
		return "refused before admission: the request can't be decoded"
	case "storage":
		return "refused by the storage: the object's state doesn't allow it"
	case "field ownership":
		return fmt.Sprintf("refused: fields belong to %s", name)
	case "RBAC":
		return "refused by RBAC's guard against escalation: nobody may grant what they don't have"
	case "authorization":
		return "refused by authorization: the request needs a further right"
	case "the server", "admission":
		return "refused by " + r.By
	}
	return strings.TrimSpace("refused by " + r.By + " " + name)
}

// changes are the fields that differ, masked, with who set them.
func changes(a kube.TraceAdmission, masker *kube.Masker) []Change {
	all := make([]Change, 0, len(a.Changes))
	for _, change := range a.Changes {
		by := setBy(a, change)
		masked := masker.Change(a.Stored.GetKind(), change)
		all = append(all, Change{Path: kube.Clean(change.Path), Before: masked.Before, After: masked.After, By: by})
	}
	return all
}

// setBy tells who set a field, by what the server's own plugins are known to
// set. A field that was there and is another now, no default explains.
func setBy(a kube.TraceAdmission, change kube.FieldChange) string {
	if a.Sent != nil && a.Base() != a.Sent {
		if same, err := change.IsIn(a.Sent, change.After); err == nil && same {
			return "the manifest"
		}
	}
	kind := a.Stored.GetKind()
	for _, plugin := range plugins() {
		if plugin.kind == kind && slices.ContainsFunc(plugin.fields, func(f string) bool { return change.Under(f) }) && plugin.fits(change) {
			return plugin.name
		}
	}
	if change.Before != nil && !equality.Semantic.DeepEqual(change.Before, change.After) {
		return "a mutating webhook or policy, or the API's own tidying"
	}
	return "the API's default"
}

// plugin is an admission plugin of the API server, and what it sets.
type plugin struct {
	name, kind string
	fields     []string
	// holds is what the path or the value must have in it; empty for anything.
	holds string
}

func (p plugin) fits(change kube.FieldChange) bool {
	return p.holds == "" || strings.Contains(change.Path+fmt.Sprint(change.After), p.holds)
}

// plugins follow kube-apiserver's default set.
func plugins() []plugin {
	return []plugin{
		{"plugin ServiceAccount", "Pod", []string{"spec.serviceAccount", "spec.serviceAccountName", "spec.imagePullSecrets"}, ""},
		{"plugin ServiceAccount", "Pod", []string{"spec.volumes", "spec.containers", "spec.initContainers"}, "kube-api-access-"},
		{"plugin ServiceAccount", "Pod", []string{"spec.containers", "spec.initContainers"}, "/var/run/secrets/kubernetes.io/serviceaccount"},
		{"plugin DefaultTolerationSeconds", "Pod", []string{"spec.tolerations"}, "node.kubernetes.io/"},
		{"plugin Priority", "Pod", []string{"spec.priority", "spec.preemptionPolicy"}, ""},
		{"plugin LimitRanger", "Pod", []string{"metadata.annotations"}, "kubernetes.io/limit-ranger"},
		{"plugin RuntimeClass", "Pod", []string{"spec.overhead"}, ""},
		{"plugin DefaultStorageClass", "PersistentVolumeClaim", []string{"spec.storageClassName"}, ""},
		{"plugin StorageObjectInUseProtection", "PersistentVolumeClaim", []string{"metadata.finalizers"}, ""},
		{"plugin DefaultIngressClass", "Ingress", []string{"spec.ingressClassName"}, ""},
		{"the allocator of addresses and ports", "Service", []string{"spec.clusterIP", "spec.clusterIPs"}, ""},
	}
}

// changersText names what may change requests in this cluster.
func changersText(a kube.TraceAdmission) []string {
	switch {
	case a.Stored == nil:
		return nil
	case a.ChangersErr != nil:
		return []string{"which mutating webhooks and policies there are couldn't be read: " + kube.Explain(a.ChangersErr)}
	case len(a.Changers) > 0:
		return []string{"may have changed it, besides the server's own plugins: " + strings.Join(a.Changers, ", ")}
	}
	return []string{"the cluster has no mutating webhooks or policies: what was added comes from the server itself"}
}

// yamlOf is an object for people; empty for none, and where it can't be written.
func yamlOf(obj *unstructured.Unstructured, masker *kube.Masker) string {
	if obj == nil {
		return ""
	}
	text, err := kube.YAML(masker.Object(kube.Essence(obj)))
	if err != nil {
		return ""
	}
	return kube.CleanBlock(text)
}
