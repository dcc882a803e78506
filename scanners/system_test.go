package scanners

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"kiln/kube"
)

func TestSystemComponentsAreToldApart(t *testing.T) {
	find := Check{ID: "pod/host-path", Layer: Pod, Severity: High, Find: func(inv *kube.Inventory) Result {
		return Found([]Hit{{Object: inv.Workloads[0].Object}})
	}}
	tests := []struct {
		name, namespace string
		labels          map[string]string
		system          bool
	}{
		{"a component", "kube-system", map[string]string{"k8s-app": "kube-proxy"}, true},
		{"a guest among the components", "kube-system", map[string]string{"app": "log-cleaner"}, false},
		{"a component's label elsewhere", "shop", map[string]string{"k8s-app": "kube-proxy"}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			object := agent(nil)
			object.Namespace, object.Labels = tt.namespace, tt.labels
			inv := &kube.Inventory{Workloads: []*kube.Workload{{Object: object, Meta: &object.Spec.Template.ObjectMeta, Spec: &object.Spec.Template.Spec}}}
			result := Evaluate([]Check{find}, inv)[0]
			if result.Findings[0].System != tt.system || result.Status != Fail || (result.Reason != "") != tt.system {
				t.Errorf("result = %+v", result)
			}
			if score := Scores([]CheckResult{result})[Pod]; (score.Findings == 0) != tt.system || (score.Percent == nil) != tt.system {
				t.Errorf("score = %+v: the cluster's own components don't count", score)
			}
		})
	}
}

// What isn't a workload is a component's by its marks, or by who uses it.
func TestWhatComponentsBringAlong(t *testing.T) {
	about := func(namespace, name string, labels map[string]string) metav1.ObjectMeta {
		return metav1.ObjectMeta{Namespace: namespace, Name: name, Labels: labels}
	}
	controlled := agent(nil)
	controlled.Namespace, controlled.Labels = "kube-system", nil
	isController := true
	controlled.OwnerReferences = []metav1.OwnerReference{{Kind: "Node", Name: "cp-1", Controller: &isController}}
	guest := agent(nil)
	guest.Namespace, guest.Labels = "kube-system", nil
	guest.Spec.Template.Spec.ServiceAccountName = "cleaner"
	inv := &kube.Inventory{Workloads: []*kube.Workload{
		{Object: controlled, Meta: &controlled.Spec.Template.ObjectMeta, Spec: &controlled.Spec.Template.Spec},
		{Object: guest, Meta: &guest.Spec.Template.ObjectMeta, Spec: &guest.Spec.Template.Spec},
	}}
	mark := map[string]string{"k8s-app": "kube-dns"}
	for _, tt := range []struct {
		name   string
		object kube.Object
		system bool
	}{
		{"a static pod", controlled, true},
		{"a component's service", &corev1.Service{ObjectMeta: about("kube-system", "kube-dns", mark)}, true},
		{"a guest's service", &corev1.Service{ObjectMeta: about("kube-system", "cleaner", nil)}, false},
		{"a component's account", &corev1.ServiceAccount{ObjectMeta: about("kube-system", "coredns", nil)}, true},
		{"a guest's account", &corev1.ServiceAccount{ObjectMeta: about("kube-system", "cleaner", nil)}, false},
		{"the namespace itself", &corev1.Namespace{ObjectMeta: about("", "kube-system", nil)}, true},
		{"another namespace", &corev1.Namespace{ObjectMeta: about("", "shop", nil)}, false},
	} {
		if got := isSystem(inv, tt.object); got != tt.system {
			t.Errorf("%s is the cluster's own: %v", tt.name, got)
		}
	}
	files := inventory(t, "apiVersion: v1\nkind: Service\nmetadata: {name: kube-dns, namespace: kube-system, labels: {k8s-app: kube-dns}}\n")
	if isSystem(files, files.Services[0]) {
		t.Error("a manifest is its author's")
	}
}
