package pod

import (
	"fmt"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"kiln/kube"
	"kiln/scanners"
)

// BenchmarkChecks judges the templates of a cluster of 10,000 pods: 1,500
// Deployments of three containers each, a third of them hardened.
func BenchmarkChecks(b *testing.B) {
	inv := &kube.Inventory{}
	for i := range 1500 {
		inv.Workloads = append(inv.Workloads, benchWorkload(i))
	}
	checks := Checks(scanners.DefaultConfig())
	hits := 0
	b.ReportAllocs()
	for b.Loop() {
		hits = 0
		for _, c := range checks {
			hits += len(c.Find(inv).Hits)
		}
	}
	b.ReportMetric(float64(hits), "hits")
}

func benchWorkload(i int) *kube.Workload {
	d := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Namespace: fmt.Sprintf("ns-%d", i%40), Name: fmt.Sprintf("web-%d", i)}}
	d.APIVersion, d.Kind = "apps/v1", "Deployment"
	template := &d.Spec.Template
	template.Labels = map[string]string{"app": d.Name, "app.kubernetes.io/part-of": "shop"}
	template.Spec.Volumes = []corev1.Volume{
		{Name: "tmp", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}},
		{Name: "conf", VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{}}},
	}
	for n := range 3 {
		c := corev1.Container{Name: fmt.Sprintf("c%d", n), Image: "registry.example/shop/web:1.2.3", Command: []string{"/bin/web", "--port=8080"}}
		c.VolumeMounts = []corev1.VolumeMount{{Name: "tmp", MountPath: "/tmp"}}
		if i%3 == 0 {
			yes, no := true, false
			c.SecurityContext = &corev1.SecurityContext{
				RunAsNonRoot: &yes, ReadOnlyRootFilesystem: &yes, AllowPrivilegeEscalation: &no,
				Capabilities:   &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
				SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
			}
		}
		template.Spec.Containers = append(template.Spec.Containers, c)
	}
	return &kube.Workload{Object: d, Meta: &template.ObjectMeta, Spec: &template.Spec, SpecPath: "spec.template.spec"}
}
