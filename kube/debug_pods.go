package kube

import (
	"context"
	"fmt"
	"sort"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/kubectl/pkg/polymorphichelpers"
	"k8s.io/kubectl/pkg/util/podutils"
)

// PodsOf are the pods that NAME, pod/NAME, deploy/NAME, svc/NAME … stand for,
// as kubectl's exec and logs take them, the most alive first. Pods that have
// ended are left out, unless one is named itself. At least one is returned, or
// an error.
func (c *Cluster) PodsOf(ctx context.Context, namespace, what string) ([]*corev1.Pod, error) {
	kind, name, found := strings.Cut(what, "/")
	if !found {
		kind, name = "pods", what
	}
	resource, err := c.Mapper.ResourceFor(schema.ParseGroupResource(strings.ToLower(kind)).WithVersion(""))
	if err != nil {
		return nil, fmt.Errorf("there is no kind %q on this server: use pod, deploy, sts, ds, rs, job or svc", Clean(kind))
	}
	if resource.GroupResource() == (schema.GroupResource{Resource: "pods"}) {
		pod, err := c.Client.CoreV1().Pods(namespace).Get(ctx, name, metav1.GetOptions{})
		return []*corev1.Pod{pod}, err
	}
	var objects dynamic.ResourceInterface = c.Dynamic.Resource(resource).Namespace(namespace)
	object, err := objects.Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return nil, err
	}
	return c.podsBehind(ctx, object)
}

// podsBehind finds the pods by the object's selector.
func (c *Cluster) podsBehind(ctx context.Context, object *unstructured.Unstructured) ([]*corev1.Pod, error) {
	what := Clean(object.GetKind() + "/" + object.GetName())
	typed, err := scheme.Scheme.ConvertToVersion(object, object.GroupVersionKind().GroupVersion())
	if err != nil {
		return nil, fmt.Errorf("%s stands for no pods: use pod, deploy, sts, ds, rs, job or svc", what)
	}
	namespace, selector, err := polymorphichelpers.SelectorsForObject(typed)
	if err != nil {
		return nil, fmt.Errorf("%s stands for no pods: %w", what, err)
	}
	list, err := c.Client.CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{LabelSelector: selector.String()})
	if err != nil {
		return nil, fmt.Errorf("listing the pods of %s: %w", what, err)
	}
	var pods []*corev1.Pod
	for i := range list.Items {
		if phase := list.Items[i].Status.Phase; phase != corev1.PodSucceeded && phase != corev1.PodFailed {
			pods = append(pods, &list.Items[i])
		}
	}
	if len(pods) == 0 {
		return nil, fmt.Errorf("%s has no pod that could be looked into", what)
	}
	sort.Sort(sort.Reverse(podutils.ActivePods(pods)))
	return pods, nil
}
