package kube

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/rand"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"sigs.k8s.io/yaml"
)

// DebugImage is what debug containers run unless somebody says otherwise.
const DebugImage = "busybox:1.36"

// debugPrefix begins the name of every debug container of kiln's.
const debugPrefix = "kiln-debug-"

// debugUntil is the variable that tells when a debug container ends, in RFC
// 3339. Containers have no labels of their own.
const debugUntil = "KILN_DEBUG_UNTIL"

// DebugOptions say what a debug container is like.
type DebugOptions struct {
	// Target is the container whose processes are to be seen; empty for the
	// pod's default.
	Target string
	// Image is DebugImage if empty.
	Image string
	// Profile is one of DebugProfiles; "general" if empty.
	Profile string
	// Custom is a partial container, in JSON or YAML, that is merged over the
	// profile; may be nil.
	Custom []byte
	// Lasts is how long the container runs if nobody ends it before.
	Lasts time.Duration
}

// DebugPlan is a debug container for one pod, not added yet.
type DebugPlan struct {
	Pod       Ref
	UID       types.UID
	Container corev1.EphemeralContainer
	// Patch is a strategic merge patch for the pod's ephemeralcontainers. It
	// is refused by a re-created pod of the same name.
	Patch []byte
	// Until is when the container ends by itself.
	Until time.Time
}

// PlanDebug makes a debug container for the pod as it is now. The error says
// why a pod takes none.
func PlanDebug(pod *corev1.Pod, o DebugOptions, now time.Time) (DebugPlan, error) {
	if err := debuggable(pod); err != nil {
		return DebugPlan{}, err
	}
	target, err := debugTarget(pod, o.Target)
	if err != nil {
		return DebugPlan{}, err
	}
	image := o.Image
	if image == "" {
		image = DebugImage
	}
	name := debugPrefix + rand.String(5)
	until := now.Add(o.Lasts).UTC().Truncate(time.Second)
	changed := pod.DeepCopy()
	changed.Spec.EphemeralContainers = append(changed.Spec.EphemeralContainers, corev1.EphemeralContainer{
		TargetContainerName: target,
		EphemeralContainerCommon: corev1.EphemeralContainerCommon{
			Name: name, Image: image, Command: debugCommand(name, target, until, o.Lasts),
			Env:                      []corev1.EnvVar{{Name: debugUntil, Value: until.Format(time.RFC3339)}},
			ImagePullPolicy:          corev1.PullIfNotPresent,
			TerminationMessagePolicy: corev1.TerminationMessageReadFile,
		},
	})
	if err := applyProfile(changed, name, target, o); err != nil {
		return DebugPlan{}, err
	}
	patch, err := debugPatch(pod, changed)
	if err != nil {
		return DebugPlan{}, err
	}
	return DebugPlan{
		Pod: Ref{APIVersion: "v1", Kind: "Pod", Namespace: pod.Namespace, Name: pod.Name}, UID: pod.UID, Patch: patch, Until: until,
		Container: changed.Spec.EphemeralContainers[len(changed.Spec.EphemeralContainers)-1],
	}, nil
}

// debugCommand only waits: what is typed into a container's main process is
// kept in its log, and what is typed into a shell beside it is not. The log has
// when it started and why it ended. The name comes last, for endCommand to know
// the process by.
func debugCommand(name, target string, until time.Time, lasts time.Duration) []string {
	// The sleep is waited for, or its remains would stay with the target's first
	// process, which may not bury what isn't its own.
	wait := fmt.Sprintf("trap 'kill $!; wait $!; echo it was ended; exit 0' TERM; echo %s looks into container %s until %s at the latest; sleep %d & wait; echo its time is over",
		name, target, until.Format(time.RFC3339), int(lasts.Seconds()))
	return []string{"sh", "-c", wait, name}
}

// debuggable refuses pods that take no ephemeral containers, or can't run them.
func debuggable(pod *corev1.Pod) error {
	switch {
	case pod.Annotations[corev1.MirrorPodAnnotationKey] != "":
		return errors.New("it is a static pod, a file on its node, and takes no debug container")
	case pod.Spec.OS != nil && pod.Spec.OS.Name == corev1.Windows:
		return errors.New("it is for Windows nodes, and kiln's debug containers are Linux'")
	case pod.DeletionTimestamp != nil:
		return errors.New("it is being deleted")
	case pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed:
		return fmt.Errorf("its containers have ended (%s)", pod.Status.Phase)
	case pod.Spec.NodeName == "":
		return errors.New("it isn't on a node yet")
	}
	return nil
}

// DebugTargets are the containers of a pod that run for long.
func DebugTargets(pod *corev1.Pod) []string {
	var names []string
	for _, c := range pod.Spec.Containers {
		names = append(names, c.Name)
	}
	for _, c := range pod.Spec.InitContainers {
		if c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways {
			names = append(names, c.Name)
		}
	}
	return names
}

// DefaultTarget is the container that a pod names as its default, else its
// first.
func DefaultTarget(pod *corev1.Pod) string {
	if name := pod.Annotations["kubectl.kubernetes.io/default-container"]; name != "" {
		return name
	}
	return pod.Spec.Containers[0].Name
}

// debugTarget is the named container, or the pod's default one.
func debugTarget(pod *corev1.Pod, name string) (string, error) {
	if name == "" {
		name = DefaultTarget(pod)
	}
	names := DebugTargets(pod)
	if slices.Contains(names, name) {
		return name, nil
	}
	return "", fmt.Errorf("it has no running container %q, only %s", name, strings.Join(names, ", "))
}

// debugPatch is the difference between the two pods, for this very pod.
func debugPatch(pod, changed *corev1.Pod) ([]byte, error) {
	before, err := json.Marshal(pod)
	if err != nil {
		return nil, fmt.Errorf("encoding the pod: %w", err)
	}
	after, err := json.Marshal(changed)
	if err != nil {
		return nil, fmt.Errorf("encoding the pod: %w", err)
	}
	difference, err := strategicpatch.CreateTwoWayMergePatch(before, after, pod)
	if err != nil {
		return nil, fmt.Errorf("making the patch: %w", err)
	}
	var patch map[string]any
	if err := json.Unmarshal(difference, &patch); err != nil {
		return nil, fmt.Errorf("making the patch: %w", err)
	}
	patch["metadata"] = map[string]any{"uid": pod.UID}
	if spec, ok := patch["spec"].(map[string]any); ok {
		// The order is nothing to anybody, and long to read.
		delete(spec, "$setElementOrder/ephemeralContainers")
	}
	return json.Marshal(patch)
}

// YAML is the patch for people to read.
func (p DebugPlan) YAML() (string, error) {
	text, err := yaml.JSONToYAML(p.Patch)
	if err != nil {
		return "", fmt.Errorf("writing the patch as YAML: %w", err)
	}
	return CleanBlock(string(text)), nil
}
