package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// await waits for what a controller must do to an object before others can rely
// on it.
func (l *loader) await(ctx context.Context, m manifest) error {
	switch m.GetKind() {
	case "Namespace":
		return poll(ctx, func() error {
			_, err := l.client.CoreV1().ServiceAccounts(m.GetName()).Get(ctx, "default", metav1.GetOptions{})
			return err
		})
	case "CustomResourceDefinition":
		group, _, _ := unstructured.NestedString(m.Object, "spec", "group")
		kind, _, _ := unstructured.NestedString(m.Object, "spec", "names", "kind")
		return poll(ctx, func() error {
			l.kinds.Reset()
			_, err := l.kinds.RESTMapping(schema.GroupKind{Group: group, Kind: kind})
			return err
		})
	case "ResourceQuota":
		return l.pollLive(ctx, m, func(live *unstructured.Unstructured) error {
			if _, counted, _ := unstructured.NestedMap(live.Object, "status", "hard"); !counted {
				return errors.New("what is used has not been counted")
			}
			return nil
		})
	}
	return nil
}

// settle waits until the pods of all workloads are there and run.
func (l *loader) settle(ctx context.Context, manifests []manifest) error {
	nodes, err := l.client.CoreV1().Nodes().List(ctx, metav1.ListOptions{Limit: 1})
	if err != nil {
		return fmt.Errorf("listing nodes: %w", err)
	}
	var errs []error
	for _, m := range manifests {
		if !slices.Contains([]string{"Deployment", "StatefulSet", "DaemonSet", "Pod"}, m.GetKind()) {
			continue
		}
		err := l.pollLive(ctx, m, func(live *unstructured.Unstructured) error {
			return lacking(live, len(nodes.Items) > 0)
		})
		if err != nil {
			errs = append(errs, fmt.Errorf("%v: %w%s", m, err, l.whyPending(m)))
		}
	}
	return errors.Join(errs...)
}

// lacking says what a workload still lacks. Without nodes, its pods can exist
// but not run.
func lacking(live *unstructured.Unstructured, nodes bool) error {
	number := func(fields ...string) int64 {
		n, _, _ := unstructured.NestedInt64(live.Object, fields...)
		return n
	}
	if number("status", "observedGeneration") < live.GetGeneration() && live.GetKind() != "Pod" {
		return errors.New("its controller hasn't seen it")
	}
	var wanted, there, ready int64
	switch live.GetKind() {
	case "Pod":
		wanted, there = 1, 1
		if condition(live, "Ready") == "True" {
			ready = 1
		}
	case "DaemonSet":
		wanted, there, ready = number("status", "desiredNumberScheduled"), number("status", "currentNumberScheduled"), number("status", "numberReady")
	case "StatefulSet":
		wanted, there, ready = number("spec", "replicas"), number("status", "replicas"), number("status", "readyReplicas")
		if !nodes {
			wanted = min(wanted, 1) // each pod waits for the one before it
		}
	default:
		wanted, there, ready = number("spec", "replicas"), number("status", "replicas"), number("status", "readyReplicas")
	}
	switch {
	case there < wanted:
		return fmt.Errorf("%d of %d pods exist", there, wanted)
	case nodes && ready < wanted:
		return fmt.Errorf("%d of %d pods are ready", ready, wanted)
	}
	return nil
}

// whyPending finds the latest event that tells why a workload's pods don't come.
func (l *loader) whyPending(m manifest) string {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	events, err := l.client.CoreV1().Events(m.GetNamespace()).List(ctx, metav1.ListOptions{FieldSelector: "type=" + corev1.EventTypeWarning})
	if err != nil {
		return fmt.Sprintf(" (and its events can't be read: %v)", err)
	}
	for _, e := range slices.Backward(events.Items) {
		// ReplicaSets and pods carry the workload's name and a suffix.
		if strings.HasPrefix(e.InvolvedObject.Name, m.GetName()) {
			return fmt.Sprintf(" (%s: %s)", e.Reason, e.Message)
		}
	}
	return ""
}

// pollLive polls with what the object is now.
func (l *loader) pollLive(ctx context.Context, m manifest, check func(*unstructured.Unstructured) error) error {
	resource, err := l.resource(m)
	if err != nil {
		return err
	}
	return poll(ctx, func() error {
		live, err := resource.Get(ctx, m.GetName(), metav1.GetOptions{})
		if err != nil {
			return err
		}
		return check(live)
	})
}

// poll repeats the check until it succeeds. When the time is over, it returns
// what the check said before.
func poll(ctx context.Context, check func() error) error {
	var last error
	for {
		err := check()
		if err == nil {
			return nil
		}
		if ctx.Err() == nil || last == nil {
			last = err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", context.Cause(ctx), last)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// condition is the status of a condition of the object; empty if it has none.
func condition(obj *unstructured.Unstructured, name string) string {
	conditions, _, _ := unstructured.NestedSlice(obj.Object, "status", "conditions")
	for _, c := range conditions {
		if c, ok := c.(map[string]any); ok && c["type"] == name {
			status, _ := c["status"].(string)
			return status
		}
	}
	return ""
}
