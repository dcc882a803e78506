package fixes

import (
	"context"
	"errors"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"kiln/kube"
)

// Ephemeral is the mechanism of debug containers, the one change that the API
// has no way to take back.
const Ephemeral Mechanism = "ephemeral container"

// errEphemeral is why an undo refuses.
var errEphemeral = errors.New("an ephemeral container stays in its pod until the pod is replaced; 'kiln debug --end' stops it")

// permanent says that nothing of the entry can be undone.
func (e Entry) permanent() bool { return e.whyPermanent() != nil }

// Undoable says that undo can take something of the entry back.
func (e Entry) Undoable() bool { return e.takeable() }

// whyPermanent is why nothing of the entry can be undone; nil if something
// can.
func (e Entry) whyPermanent() error {
	if e.Mechanism == string(Ephemeral) {
		return errEphemeral
	}
	why := ""
	for _, object := range e.Objects {
		if object.Lasting == "" {
			return nil
		}
		why = object.Lasting
	}
	if why == "" {
		return nil
	}
	return errors.New(why)
}

// Debug adds a debug container for real, with an entry in the journal that is
// on disk before. Before and after are the pod as it was read, and as the dry
// run says that it becomes.
func (f *Fixer) Debug(ctx context.Context, plan kube.DebugPlan, before, after *corev1.Pod) (Entry, error) {
	if f.Cluster.Gate.ReadOnly() {
		return Entry{}, &kube.ReadOnlyError{What: "to add a debug container to " + plan.Pod.String()}
	}
	fields, err := podFields(before, after)
	if err != nil {
		return Entry{}, err
	}
	unlock, err := f.Journal.lock(ctx)
	if err != nil {
		return Entry{}, err
	}
	defer unlock()
	entry := f.newEntry(FindingID{Check: "debug", Object: plan.Pod},
		fmt.Sprintf("Add the debug container %s, which can't be undone; it ends at %s", plan.Container.Name, plan.Until.Format(time.RFC3339)))
	entry.Mechanism = string(Ephemeral)
	entry.Objects = []JournalObject{{Ref: plan.Pod, UID: plan.UID, Mechanism: Ephemeral, State: Pending, Fields: masked("Pod", fields, &kube.Masker{})}}
	if err := f.Journal.add(&entry); err != nil {
		return Entry{}, err
	}
	written, err := f.Cluster.AddDebugContainer(ctx, plan, kube.ForReal)
	if err != nil {
		return f.stopped(ctx, entry, err, &kube.Masker{})
	}
	entry.State, entry.Objects[0].State = Applied, Applied
	entry.Objects[0].ResourceVersion = written.ResourceVersion
	return entry, f.Journal.save(entry)
}

// podFields are the fields in which two states of a pod differ.
func podFields(before, after *corev1.Pod) ([]kube.FieldChange, error) {
	states := make([]*unstructured.Unstructured, 2)
	for i, pod := range []*corev1.Pod{before, after} {
		object, err := runtime.DefaultUnstructuredConverter.ToUnstructured(pod)
		if err != nil {
			return nil, fmt.Errorf("comparing the pod with what it becomes: %w", err)
		}
		states[i] = &unstructured.Unstructured{Object: object}
		states[i].SetAPIVersion("v1")
		states[i].SetKind("Pod")
	}
	return kube.CompareFields(states[0], states[1])
}
