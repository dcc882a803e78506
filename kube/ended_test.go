package kube

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// debugged is a running pod with debug containers, and their states.
func debugged(states map[string]corev1.ContainerState, names ...string) *corev1.Pod {
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "web"}, Status: corev1.PodStatus{Phase: corev1.PodRunning}}
	pod.Spec.Containers = []corev1.Container{{Name: "web"}}
	for _, name := range names {
		pod.Spec.EphemeralContainers = append(pod.Spec.EphemeralContainers, corev1.EphemeralContainer{
			EphemeralContainerCommon: corev1.EphemeralContainerCommon{Name: name}})
		if state, known := states[name]; known {
			pod.Status.EphemeralContainerStatuses = append(pod.Status.EphemeralContainerStatuses, corev1.ContainerStatus{Name: name, State: state})
		}
	}
	return pod
}

func TestDebugContainersThatHaveEndedAreLeftOut(t *testing.T) {
	over := corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{}}
	runs := corev1.ContainerState{Running: &corev1.ContainerStateRunning{}}
	waits := corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{}}
	tests := []struct {
		name   string
		states map[string]corev1.ContainerState
		phase  corev1.PodPhase
		want   []string // by their place in the pod itself
	}{
		{"one runs, one has ended", map[string]corev1.ContainerState{"a": over, "b": runs}, corev1.PodRunning, []string{"b spec.ephemeralContainers[1]"}},
		{"one waits", map[string]corev1.ContainerState{"a": waits, "b": over}, corev1.PodRunning, []string{"a spec.ephemeralContainers[0]"}},
		{"no status yet", nil, corev1.PodRunning, []string{"a spec.ephemeralContainers[0]", "b spec.ephemeralContainers[1]"}},
		{"both have ended", map[string]corev1.ContainerState{"a": over, "b": over}, corev1.PodRunning, nil},
		{"the pod has ended", map[string]corev1.ContainerState{"a": runs, "b": runs}, corev1.PodFailed, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			pod := debugged(tt.states, "a", "b")
			pod.Status.Phase = tt.phase
			inv := &Inventory{Pods: []*Pod{slimPod(pod, true)}}
			joinWorkloads(inv)
			var got []string
			for _, c := range inv.Workloads[0].Containers() {
				if c.Kind == EphemeralContainer {
					got = append(got, c.Name+" "+c.Path)
				}
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("%q, want %q", got, tt.want)
			}
			if len(pod.Spec.EphemeralContainers) != 2 {
				t.Error("the pod itself was changed")
			}
		})
	}
}

// TestAPodThatEndedStandsForNoneThatRuns reads pods of a controller that kiln
// doesn't know, in any order.
func TestAPodThatEndedStandsForNoneThatRuns(t *testing.T) {
	tests := []struct {
		phases []corev1.PodPhase
		want   string
	}{
		{[]corev1.PodPhase{corev1.PodSucceeded, corev1.PodRunning}, "pod-1 of 2"},
		{[]corev1.PodPhase{corev1.PodRunning, corev1.PodFailed, corev1.PodPending}, "pod-0 of 3"},
		{[]corev1.PodPhase{corev1.PodFailed, corev1.PodSucceeded, corev1.PodPending, corev1.PodRunning}, "pod-2 of 4"},
		{[]corev1.PodPhase{corev1.PodFailed, corev1.PodSucceeded}, "pod-0 of 2, ended"},
		{[]corev1.PodPhase{corev1.PodUnknown}, "pod-0 of 1"}, // its node doesn't answer
	}
	for _, tt := range tests {
		inv, first := &Inventory{}, map[types.UID]bool{}
		for i, phase := range tt.phases {
			pod := debugged(nil)
			pod.Name, pod.UID, pod.Status.Phase = fmt.Sprintf("pod-%d", i), types.UID(fmt.Sprint(i)), phase
			pod.OwnerReferences = podOf("Workflow").OwnerReferences
			inv.Pods = append(inv.Pods, slimPod(pod, judged(pod, metav1.GetControllerOf(pod), first)))
		}
		joinWorkloads(inv)
		dropSpokenFor(inv)
		var got []string
		for _, w := range inv.Workloads {
			line := fmt.Sprintf("%s of %d", w.Object.GetName(), len(w.Pods))
			if w.Ended {
				line += ", ended"
			}
			got = append(got, line)
		}
		if text := strings.Join(got, "; "); text != tt.want || inv.SpecsKept() != 1 {
			t.Errorf("%v: %q with %d specs, want %q with one", tt.phases, text, inv.SpecsKept(), tt.want)
		}
	}
}

// TestEveryPodFindsTheOneThatStandsForIt: after a watch the one that stands for
// a controller isn't always the first, and of one with a debug container only
// that is kept.
func TestEveryPodFindsTheOneThatStandsForIt(t *testing.T) {
	pod := func(name string, phase corev1.PodPhase, debug ...string) *Pod {
		p := debugged(nil, debug...)
		p.Name, p.UID, p.Status.Phase, p.OwnerReferences = name, types.UID(name), phase, podOf("Workflow").OwnerReferences
		return slimPod(p, true)
	}
	ended, whole := pod("ended", corev1.PodSucceeded), pod("whole", corev1.PodRunning)
	partly := pod("partly", corev1.PodRunning, "debug")
	partly.spec = ephemeralOnly(partly.spec)
	for _, pods := range [][]*Pod{{whole, partly, ended}, {partly, whole, ended}, {ended, partly, whole}, {partly, ended, whole}} {
		inv := &Inventory{Pods: pods}
		joinWorkloads(inv)
		var got []string
		for _, w := range inv.Workloads {
			got = append(got, fmt.Sprintf("%s of %d: %d containers", w.Object.GetName(), len(w.Pods), len(w.Containers())))
		}
		if want := []string{"partly of 1: 1 containers", "whole of 3: 1 containers"}; !slices.Equal(got, want) {
			t.Errorf("%s first: %q, want %q", pods[0].Name, got, want)
		}
	}
}

// TestAManifestHasNoPast: what was once dumped with its status is created
// without it.
func TestAManifestHasNoPast(t *testing.T) {
	const dump = `{apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {containers: [{name: web}], ephemeralContainers: [{name: debug}]},
		status: {phase: Failed, ephemeralContainerStatuses: [{name: debug, state: {terminated: {exitCode: 0}}}]}}`
	inv, problems, err := ReadManifests(ManifestOptions{Paths: []string{"-"}, Stdin: strings.NewReader(dump)})
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	if w := inv.Workloads[0]; w.Ended || len(w.Spec.EphemeralContainers) != 1 {
		t.Errorf("ended: %v, containers: %+v", w.Ended, w.Spec.EphemeralContainers)
	}
}
