package kube

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"k8s.io/kubectl/pkg/cmd/debug"
	"sigs.k8s.io/yaml"
)

// DebugProfiles are the ways to set a debug container up, as kubectl knows
// them, the most capable for everyday use first.
func DebugProfiles() []string {
	return []string{debug.ProfileGeneral, debug.ProfileBaseline, debug.ProfileRestricted, debug.ProfileNetadmin, debug.ProfileSysadmin}
}

// debugUser is who a restricted debug container runs as where its target
// doesn't say. Distroless images use the same for "nonroot".
const debugUser int64 = 65532

// applyProfile sets up the pod's ephemeral container of that name.
func applyProfile(pod *corev1.Pod, name, target string, o DebugOptions) error {
	profile := o.Profile
	if profile == "" {
		profile = debug.ProfileGeneral
	}
	if !slices.Contains(DebugProfiles(), profile) {
		return fmt.Errorf("there is no profile %q: use %s", profile, strings.Join(DebugProfiles(), ", "))
	}
	applier, err := debug.NewProfileApplier(profile, debug.KeepFlags{})
	if err != nil {
		return fmt.Errorf("finding the profile: %w", err)
	}
	// The same pod twice asks for the style of ephemeral containers.
	if err := applier.Apply(pod, name, pod); err != nil {
		return fmt.Errorf("applying the profile %s: %w", profile, err)
	}
	container := &pod.Spec.EphemeralContainers[len(pod.Spec.EphemeralContainers)-1]
	if profile == debug.ProfileRestricted {
		// Most debug images run as root, which this profile forbids without
		// saying who else: such a container would never start.
		user := userOf(pod, target)
		container.SecurityContext.RunAsUser = &user
	}
	return mergeCustom(container, o.Custom)
}

// userOf is the target's numeric user, for the same files to be readable, or
// debugUser.
func userOf(pod *corev1.Pod, target string) int64 {
	for _, c := range pod.Spec.Containers {
		if c.Name == target && c.SecurityContext != nil && c.SecurityContext.RunAsUser != nil && *c.SecurityContext.RunAsUser != 0 {
			return *c.SecurityContext.RunAsUser
		}
	}
	if s := pod.Spec.SecurityContext; s != nil && s.RunAsUser != nil && *s.RunAsUser != 0 {
		return *s.RunAsUser
	}
	return debugUser
}

// mergeCustom lays a partial container over the profile's. As with kubectl's,
// it may not say what runs: the name, the image and the command stay.
func mergeCustom(container *corev1.EphemeralContainer, custom []byte) error {
	if custom == nil {
		return nil
	}
	var partial corev1.EphemeralContainerCommon
	if err := yaml.UnmarshalStrict(custom, &partial); err != nil {
		return fmt.Errorf("reading the custom profile: %w", err)
	}
	if partial.Name != "" || partial.Image != "" || partial.Command != nil || partial.Args != nil || partial.Lifecycle != nil || partial.VolumeDevices != nil {
		return errors.New("a custom profile must not set name, image, command, args, lifecycle or volumeDevices")
	}
	base, err := json.Marshal(container.EphemeralContainerCommon)
	if err != nil {
		return fmt.Errorf("applying the custom profile: %w", err)
	}
	patch, err := json.Marshal(partial)
	if err != nil {
		return fmt.Errorf("applying the custom profile: %w", err)
	}
	var sent map[string]any
	if err := json.Unmarshal(patch, &sent); err != nil {
		return fmt.Errorf("applying the custom profile: %w", err)
	}
	delete(sent, "name") // it is always written, even if it's empty
	if patch, err = json.Marshal(sent); err != nil {
		return fmt.Errorf("applying the custom profile: %w", err)
	}
	merged, err := strategicpatch.StrategicMergePatch(base, patch, corev1.EphemeralContainerCommon{})
	if err != nil {
		return fmt.Errorf("applying the custom profile: %w", err)
	}
	container.EphemeralContainerCommon = corev1.EphemeralContainerCommon{}
	return json.Unmarshal(merged, &container.EphemeralContainerCommon)
}
