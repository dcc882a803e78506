package main

import (
	"context"
	"fmt"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/rest"
)

// reap stands in for the kubelets that nodes made by hand lack, in the one thing
// that the control plane needs of them: a pod that was bound to a node and then
// deleted stays until the node's kubelet confirms it. Without that, deleting such
// a pod, or its namespace, would never end.
func reap(ctx context.Context, config *rest.Config) {
	for ctx.Err() == nil {
		if err := reapUntilError(ctx, config); err != nil && ctx.Err() == nil {
			progress("reaping deleted pods, to be tried again: %v", err)
			time.Sleep(time.Second)
		}
	}
}

// reapUntilError returns also, with no error, when the server ends its watch.
func reapUntilError(ctx context.Context, config *rest.Config) error {
	client, err := metadata.NewForConfig(config)
	if err != nil {
		return fmt.Errorf("making a client: %w", err)
	}
	pods := client.Resource(schema.GroupVersionResource{Version: "v1", Resource: "pods"})
	list, err := pods.List(ctx, metav1.ListOptions{})
	if err != nil {
		return fmt.Errorf("listing pods: %w", err)
	}
	for i := range list.Items {
		if err := confirmDeletion(ctx, pods, &list.Items[i]); err != nil {
			return err
		}
	}
	watch, err := pods.Watch(ctx, metav1.ListOptions{ResourceVersion: list.ResourceVersion})
	if err != nil {
		return fmt.Errorf("watching pods: %w", err)
	}
	defer watch.Stop()
	for event := range watch.ResultChan() {
		pod, ok := event.Object.(*metav1.PartialObjectMetadata)
		if !ok {
			return fmt.Errorf("watching pods: %w", apierrors.FromObject(event.Object))
		}
		if err := confirmDeletion(ctx, pods, pod); err != nil {
			return err
		}
	}
	return nil
}

// confirmDeletion deletes the pod without a grace period if it waits for that.
func confirmDeletion(ctx context.Context, pods metadata.Getter, pod *metav1.PartialObjectMetadata) error {
	if pod.DeletionTimestamp == nil || *pod.DeletionGracePeriodSeconds == 0 {
		return nil
	}
	err := pods.Namespace(pod.Namespace).Delete(ctx, pod.Name, metav1.DeleteOptions{
		GracePeriodSeconds: new(int64),
		Preconditions:      &metav1.Preconditions{UID: &pod.UID},
	})
	if err != nil && !apierrors.IsNotFound(err) && !apierrors.IsConflict(err) {
		return fmt.Errorf("deleting the pod %s/%s for good: %w", pod.Namespace, pod.Name, err)
	}
	return nil
}
