package kube

import (
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// podOf is a pod that a controller of the given kind made.
func podOf(kind string) *Pod {
	controller := true
	return &Pod{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
		ObjectMeta: metav1.ObjectMeta{Name: "web-1", OwnerReferences: []metav1.OwnerReference{{Kind: kind, Name: "web", UID: "gone", Controller: &controller}}},
		spec:       &corev1.PodSpec{Containers: []corev1.Container{{Name: "web"}}},
	}
}

func TestPodsWhoseControllerIsNotSeen(t *testing.T) {
	unread := map[Resource]Gap{ReplicaSets: {Resource: ReplicaSets, Reason: "forbidden"}}
	tests := []struct {
		name  string
		kind  string
		gaps  map[Resource]Gap
		files []string
		want  int
	}{
		{"it was made while the lists came in", "ReplicaSet", nil, nil, 0},
		{"it may not be read", "ReplicaSet", unread, nil, 1},
		{"it is of a kind that kiln doesn't read", "Rollout", nil, nil, 1},
		{"it is a node: a static pod", "Node", nil, nil, 1},
		{"it isn't in the files", "ReplicaSet", nil, []string{"pod.yaml"}, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inv := &Inventory{gaps: tt.gaps, Pods: []*Pod{podOf(tt.kind)}}
			inv.Source.Files = tt.files
			joinWorkloads(inv)
			if len(inv.Workloads) != tt.want {
				t.Errorf("%d workloads, want %d", len(inv.Workloads), tt.want)
			}
		})
	}
}

func TestAReplicaSetWithoutItsTemplateIsNoWorkload(t *testing.T) {
	controller := true
	rs := &appsv1.ReplicaSet{ObjectMeta: metav1.ObjectMeta{Name: "web-1", UID: "rs", OwnerReferences: []metav1.OwnerReference{{Kind: "Deployment", Name: "web", UID: "gone", Controller: &controller}}}}
	inv := &Inventory{ReplicaSets: []*appsv1.ReplicaSet{rs}}
	joinWorkloads(inv)
	if len(inv.Workloads) != 0 {
		t.Errorf("workloads = %v", inv.Workloads)
	}
}
