package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// loadInto loads manifests into the cluster, with the kubelets played.
func loadInto(t *testing.T, c *testCluster, timeout time.Duration, paths ...string) error {
	t.Helper()
	kubeconfig := filepath.Join(c.dir, "admin.kubeconfig")
	return loadCommand(t.Context(), loadOptions{kubeconfig: kubeconfig, paths: paths, timeout: timeout})
}

// Both demo clusters load completely, each into the control plane that fits it,
// and loading them again changes nothing.
func TestLoadTheDemoClusters(t *testing.T) {
	t.Parallel()
	for dir, flags := range map[string][]string{
		"../clusters/vulnerable": nil,
		"../clusters/hardened":   {"--hardened"},
	} {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			c := launch(t, flags...)
			c.wantReady(t)
			if err := loadInto(t, c, time.Minute, dir); err != nil {
				t.Fatal(err)
			}
			client := c.client(t)
			pods, err := client.CoreV1().Pods("").List(t.Context(), metav1.ListOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if len(pods.Items) < 10 {
				t.Errorf("only %d pods", len(pods.Items))
			}
			for _, pod := range pods.Items {
				wantPlayed(t, pod)
			}
			before := contents(t, c, dir)
			if err := loadInto(t, c, time.Minute, dir); err != nil {
				t.Fatalf("loading it again: %v", err)
			}
			for name, content := range contents(t, c, dir) {
				if before[name] != content {
					t.Errorf("loading it again changed %s\nfrom %s\nto   %s", name, before[name], content)
				}
			}
		})
	}
}

// wantPlayed checks that a pod looks as if it ran, or is done if it is a Job's.
func wantPlayed(t *testing.T, pod corev1.Pod) {
	t.Helper()
	done := pod.Labels["batch.kubernetes.io/job-name"] != ""
	if (pod.Status.Phase == corev1.PodSucceeded) != done || (pod.Status.Phase == corev1.PodRunning) == done || pod.Status.PodIP == "" {
		t.Errorf("%s/%s is %s with the address %q", pod.Namespace, pod.Name, pod.Status.Phase, pod.Status.PodIP)
	}
	for i, c := range pod.Status.ContainerStatuses {
		if c.Name != pod.Spec.Containers[i].Name || (c.State.Running == nil) != done || c.Ready == done || !strings.Contains(c.ImageID, "@sha256:") {
			t.Errorf("%s/%s: container %s: %+v", pod.Namespace, pod.Name, c.Name, c)
		}
	}
	for i, c := range pod.Status.InitContainerStatuses {
		if c.Name != pod.Spec.InitContainers[i].Name || c.State.Terminated == nil {
			t.Errorf("%s/%s: init container %s: %+v", pod.Namespace, pod.Name, c.Name, c)
		}
	}
}

// contents are the manifests' objects as they are now, without what controllers
// write in their own time.
func contents(t *testing.T, c *testCluster, dir string) map[string]string {
	t.Helper()
	manifests, err := readManifests([]string{dir})
	if err != nil {
		t.Fatal(err)
	}
	config, err := clusterConfig(filepath.Join(c.dir, "admin.kubeconfig"))
	if err != nil {
		t.Fatal(err)
	}
	l, err := newLoader(config)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, m := range manifests {
		resource, err := l.resource(m)
		if err != nil {
			t.Fatal(err)
		}
		live, err := resource.Get(t.Context(), m.GetName(), metav1.GetOptions{})
		if err != nil {
			t.Fatal(err)
		}
		delete(live.Object, "status")
		live.SetResourceVersion("")
		live.SetManagedFields(nil)
		content, err := live.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		found[m.String()] = string(content)
	}
	return found
}

// Each object bears the traces of the tool that would have written it.
func TestLoadWritesLikeTheTools(t *testing.T) {
	t.Parallel()
	c := launch(t)
	c.wantReady(t)
	const config = `
apiVersion: v1
kind: ConfigMap
metadata: {name: %s, labels: {tea: %s}, annotations: {%s}}
data: {leaf: %s}
---
`
	tools := map[string]struct{ annotation, manager string }{
		"by-kubectl": {"note: none", "kubectl-client-side-apply Update"},
		"by-helm":    {"meta.helm.sh/release-name: shop, meta.helm.sh/release-namespace: default", "helm Update"},
		"by-argo":    {`argocd.argoproj.io/tracking-id: "shop:/ConfigMap:default/by-argo"`, "argocd-controller Apply"},
	}
	var first, second string
	for name, tool := range tools {
		first += fmt.Sprintf(config, name, "green", tool.annotation, "whole")
		second += strings.Replace(fmt.Sprintf(config, name, "black", tool.annotation, "cut"), "labels: {tea: black}, ", "", 1)
	}
	configMaps := c.client(t).CoreV1().ConfigMaps("default")
	for step, manifests := range []string{first, second} {
		if err := loadInto(t, c, time.Minute, writeManifest(t, "a.yaml", manifests)); err != nil {
			t.Fatal(err)
		}
		for name, tool := range tools {
			live, err := configMaps.Get(t.Context(), name, metav1.GetOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if got := managers(live); got != tool.manager {
				t.Errorf("%s: written by %q, want %q", name, got, tool.manager)
			}
			if want := []string{"whole", "cut"}[step]; live.Data["leaf"] != want {
				t.Errorf("%s: has %q, want %q", name, live.Data["leaf"], want)
			}
			// Helm would know from its own records that the label must go.
			if _, has := live.Labels["tea"]; has != (step == 0) && name != "by-helm" {
				t.Errorf("%s: has the label in step %d: %v", name, step, has)
			}
			_, has := live.Annotations[corev1.LastAppliedConfigAnnotation]
			if has != (name == "by-kubectl") {
				t.Errorf("%s: has the last applied manifest: %v", name, has)
			}
		}
	}
}

// managers are the object's field managers and how they wrote.
func managers(obj metav1.Object) string {
	var names []string
	for _, entry := range obj.GetManagedFields() {
		names = append(names, fmt.Sprintf("%s %s", entry.Manager, entry.Operation))
	}
	return strings.Join(names, ", ")
}

const oneNode = `
apiVersion: v1
kind: Node
metadata: {name: worker}
status:
  capacity: {cpu: "4", memory: 8Gi, pods: "10"}
  addresses: [{type: InternalIP, address: 192.0.2.1}]
  conditions: [{type: Ready, status: "True"}]
---
`

// A custom resource needs its definition first, whatever the order in the file;
// a Job's pod is done, and a sidecar runs on.
func TestLoadOrdersAndPlays(t *testing.T) {
	t.Parallel()
	c := launch(t)
	c.wantReady(t)
	file := writeManifest(t, "all.yaml", oneNode+`
apiVersion: example.test/v1
kind: Pot
metadata: {name: brown-betty, namespace: kitchen}
spec: {cups: 6}
---
apiVersion: batch/v1
kind: Job
metadata: {name: brew, namespace: kitchen}
spec:
  template:
    spec:
      restartPolicy: Never
      initContainers:
      - {name: heat, image: "example.test/heat:1"}
      containers:
      - {name: steep, image: "example.test/steep:1"}
---
apiVersion: v1
kind: Pod
metadata: {name: serve, namespace: kitchen}
spec:
  initContainers:
  - {name: warmer, image: "example.test/warmer:1", restartPolicy: Always}
  containers:
  - {name: cup, image: "example.test/cup:1"}
---
apiVersion: v1
kind: Namespace
metadata: {name: kitchen}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: pots.example.test}
spec:
  group: example.test
  scope: Namespaced
  names: {kind: Pot, plural: pots, singular: pot}
  versions:
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
`)
	for range 2 { // a custom resource is patched in another way than other objects
		if err := loadInto(t, c, time.Minute, file); err != nil {
			t.Fatal(err)
		}
	}
	client := c.client(t)
	serve, err := client.CoreV1().Pods("kitchen").Get(t.Context(), "serve", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if serve.Status.InitContainerStatuses[0].State.Running == nil {
		t.Errorf("the sidecar doesn't run: %+v", serve.Status.InitContainerStatuses)
	}
	kubeconfig := filepath.Join(c.dir, "admin.kubeconfig")
	config, err := clusterConfig(kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	if err := playKubelets(t.Context(), config); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the Job is complete", func(ctx context.Context) (bool, error) {
		job, err := client.BatchV1().Jobs("kitchen").Get(ctx, "brew", metav1.GetOptions{})
		return err == nil && job.Status.Succeeded == 1, err
	})
}

// A node that holds a lease has a kubelet of its own, whose pods are no business
// of ours.
func TestPlayKubeletsKeepsOffRealOnes(t *testing.T) {
	t.Parallel()
	c := launch(t)
	c.wantReady(t)
	file := writeManifest(t, "all.yaml", oneNode+`
apiVersion: coordination.k8s.io/v1
kind: Lease
metadata: {name: worker, namespace: kube-node-lease}
---
apiVersion: v1
kind: Pod
metadata: {name: real, namespace: default}
spec: {containers: [{name: cup, image: "example.test/cup:1"}]}
`)
	err := loadInto(t, c, 4*time.Second, file)
	if err == nil || !strings.Contains(err.Error(), "Pod/real in default: not within 4s: 0 of 1 pods are ready") {
		t.Errorf("got %v", err)
	}
}

// Every object that fails is reported with its place, and the others are loaded.
func TestLoadReportsAllThatFails(t *testing.T) {
	t.Parallel()
	c := launch(t)
	c.wantReady(t)
	file := writeManifest(t, "mixed.yaml", `apiVersion: v1
kind: ConfigMap
metadata: {name: fine}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: homeless, namespace: nowhere}
---
apiVersion: example.test/v1
kind: Teapot
metadata: {name: unknown}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: invalid}
spec: {replicas: -1}
`)
	err := loadInto(t, c, time.Minute, file)
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{
		`mixed.yaml:5: ConfigMap/homeless in nowhere: namespaces "nowhere" not found`,
		`mixed.yaml:9: Teapot/unknown: no matches for kind "Teapot"`,
		`mixed.yaml:13: Deployment/invalid in default: Deployment.apps "invalid" is invalid`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in:\n%v", want, err)
		}
	}
	if _, err := c.client(t).CoreV1().ConfigMaps("default").Get(t.Context(), "fine", metav1.GetOptions{}); err != nil {
		t.Errorf("the one that was fine: %v", err)
	}
}

// When pods don't come, the reason is in the events.
func TestLoadSaysWhyPodsDontCome(t *testing.T) {
	t.Parallel()
	c := launch(t)
	c.wantReady(t)
	file := writeManifest(t, "strict.yaml", oneNode+`
apiVersion: v1
kind: Namespace
metadata: {name: strict, labels: {pod-security.kubernetes.io/enforce: restricted}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: loose, namespace: strict}
spec:
  selector: {matchLabels: {app: loose}}
  template:
    metadata: {labels: {app: loose}}
    spec: {containers: [{name: main, image: "example.test/main:1"}]}
`)
	err := loadInto(t, c, 3*time.Second, file)
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"strict.yaml:15: Deployment/loose in strict: not within 3s: 0 of 1 pods exist", `violates PodSecurity "restricted:latest"`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in:\n%v", want, err)
		}
	}
}
