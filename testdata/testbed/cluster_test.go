package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

const marker = "a-value-to-look-for-on-disk"

// A node made by hand stays ready, takes pods, and lets go of them.
func TestHandMadeNode(t *testing.T) {
	t.Parallel()
	c := launch(t)
	c.wantReady(t)
	client := c.client(t)
	createNode(t, client, "by-hand")
	createNamespace(t, client, "shop")
	createJob(t, client, "shop", "import")

	pods := client.CoreV1().Pods("shop")
	eventually(t, "the Job's pod is bound to the node", func(ctx context.Context) (bool, error) {
		list, err := pods.List(ctx, metav1.ListOptions{})
		return err == nil && len(list.Items) == 1 && list.Items[0].Spec.NodeName == "by-hand", err
	})
	node, err := client.CoreV1().Nodes().Get(t.Context(), "by-hand", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if len(node.Spec.Taints) > 0 || node.Status.Conditions[0].Status != corev1.ConditionTrue {
		t.Errorf("the node has the taints %v and the conditions %v", node.Spec.Taints, node.Status.Conditions)
	}
	if err := client.CoreV1().Namespaces().Delete(t.Context(), "shop", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the namespace, with the bound pod in it, is gone", func(ctx context.Context) (bool, error) {
		_, err := client.CoreV1().Namespaces().Get(ctx, "shop", metav1.GetOptions{})
		return apierrors.IsNotFound(err), err
	})
}

// What the checks look for is there in a hardened cluster and missing from a
// plain one.
func TestHardenedAndPlain(t *testing.T) {
	t.Parallel()
	for name, hardened := range map[string]bool{"plain": false, "hardened": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var flags []string
			if hardened {
				flags = append(flags, "--hardened")
			}
			c := launch(t, flags...)
			c.wantReady(t)
			client := c.client(t)
			secret := &corev1.Secret{
				ObjectMeta: metav1.ObjectMeta{Name: "password"},
				StringData: map[string]string{"password": marker},
			}
			if _, err := client.CoreV1().Secrets("default").Create(t.Context(), secret, metav1.CreateOptions{}); err != nil {
				t.Fatal(err)
			}
			if got := onDisk(t, filepath.Join(c.dir, "etcd"), marker); got == hardened {
				t.Errorf("the secret's value lies in etcd's files: %v", got)
			}
			if got := onDisk(t, filepath.Join(c.dir, "logs"), `"resource":"secrets","namespace":"default","name":"password"`); got != hardened {
				t.Errorf("the request is in the audit log: %v", got)
			}
			_, err := client.CoreV1().Pods("default").Create(t.Context(), privilegedPod(), metav1.CreateOptions{})
			if apierrors.IsForbidden(err) != hardened || (err != nil) != hardened {
				t.Errorf("creating a privileged pod: %v", err)
			}
			if got := anonymousStatus(t, c); (got == http.StatusUnauthorized) != hardened {
				t.Errorf("an anonymous request answers %d", got)
			}
			if got := flagz(t, client)["profiling"]; got != strconv.FormatBool(!hardened) {
				t.Errorf("/flagz says profiling=%s", got)
			}
		})
	}
}

// flagz asks for the API server's flags in the form that a program can read.
func flagz(t *testing.T, client kubernetes.Interface) map[string]string {
	t.Helper()
	data, err := client.Discovery().RESTClient().Get().AbsPath("/flagz").
		SetHeader("Accept", "application/json;v=v1beta1;g=config.k8s.io;as=Flagz").DoRaw(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var answer struct {
		Flags map[string]string `json:"flags"`
	}
	if err := json.Unmarshal(data, &answer); err != nil {
		t.Fatal(err)
	}
	return answer.Flags
}

// anonymousStatus is what the server answers to nobody in particular.
func anonymousStatus(t *testing.T, c *testCluster) int {
	t.Helper()
	config, err := clientcmd.BuildConfigFromFlags("", filepath.Join(c.dir, "admin.kubeconfig"))
	if err != nil {
		t.Fatal(err)
	}
	client, err := rest.HTTPClientFor(rest.AnonymousClientConfig(config))
	if err != nil {
		t.Fatal(err)
	}
	response, err := client.Get(config.Host + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	return response.StatusCode
}

// onDisk tells whether any file below the folder contains the text.
func onDisk(t *testing.T, dir, text string) bool {
	t.Helper()
	found := false
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		found = found || bytes.Contains(data, []byte(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func createNode(t *testing.T, client kubernetes.Interface, name string) {
	t.Helper()
	nodes := client.CoreV1().Nodes()
	if _, err := nodes.Create(t.Context(), &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name}}, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	// A patch, because the controller manager gives the node its pod range meanwhile.
	const status = `{"status": {
		"capacity": {"cpu": "8", "memory": "32Gi", "pods": "110"},
		"conditions": [{"type": "Ready", "status": "True"}]
	}}`
	if _, err := nodes.Patch(t.Context(), name, types.StrategicMergePatchType, []byte(status), metav1.PatchOptions{}, "status"); err != nil {
		t.Fatal(err)
	}
}

func createNamespace(t *testing.T, client kubernetes.Interface, name string) {
	t.Helper()
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}
	if _, err := client.CoreV1().Namespaces().Create(t.Context(), namespace, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
}

func createJob(t *testing.T, client kubernetes.Interface, namespace, name string) {
	t.Helper()
	job := &batchv1.Job{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: batchv1.JobSpec{Template: corev1.PodTemplateSpec{Spec: corev1.PodSpec{
			RestartPolicy: corev1.RestartPolicyNever,
			Containers:    []corev1.Container{{Name: "main", Image: "example.test/import:1"}},
		}}},
	}
	if _, err := client.BatchV1().Jobs(namespace).Create(t.Context(), job, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
}

func privilegedPod() *corev1.Pod {
	privileged := true
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "privileged"},
		Spec: corev1.PodSpec{Containers: []corev1.Container{{
			Name: "main", Image: "example.test/main:1",
			SecurityContext: &corev1.SecurityContext{Privileged: &privileged},
		}}},
	}
}
