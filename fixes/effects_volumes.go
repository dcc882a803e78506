package fixes

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"kiln/kube"
)

// effectsOnVolumes are the volumes that a template's containers find changed,
// with where they are mounted.
func effectsOnVolumes(t *TargetPreview, inv *kube.Inventory) []Effect {
	before, ok := podSpecOf(t.live)
	after, still := podSpecOf(t.after)
	if !ok || !still {
		return nil
	}
	var effects []Effect
	for _, v := range after.Volumes {
		i := slices.IndexFunc(before.Volumes, func(o corev1.Volume) bool { return o.Name == v.Name })
		switch {
		case i < 0:
			effects = append(effects, Effect{Kind: VolumeEffect, Summary: fmt.Sprintf("new volume %s: %s", v.Name, sourceOf(v)), Names: mountsOf(after, v.Name)})
		case !equality.Semantic.DeepEqual(before.Volumes[i].VolumeSource, v.VolumeSource):
			effects = append(effects, Effect{Kind: VolumeEffect,
				Summary: fmt.Sprintf("volume %s: %s instead of %s, mounted in %s", v.Name, sourceOf(v), sourceOf(before.Volumes[i]), counted(len(mountsOf(after, v.Name)), "container")),
				Names:   mountsOf(after, v.Name)})
		}
		if claim := v.PersistentVolumeClaim; claim != nil && (i < 0 || before.Volumes[i].PersistentVolumeClaim == nil) && inv != nil {
			effects = append(effects, sharedClaim(inv, t.Change.Target, claim.ClaimName)...)
		}
	}
	if names := readOnlyNow(before, after); len(names) > 0 {
		effects = append(effects, Effect{Kind: VolumeEffect, Summary: counted(len(names), "mount") + " can't be written to any more", Names: names})
	}
	return effects
}

// podSpecOf is the pod's spec in a workload; false for other objects.
func podSpecOf(obj *unstructured.Unstructured) (corev1.PodSpec, bool) {
	var spec corev1.PodSpec
	if obj == nil || templatePath(obj.GetKind()) == nil {
		return spec, false
	}
	fields, found, err := unstructured.NestedMap(obj.Object, templatePath(obj.GetKind())...)
	return spec, found && err == nil && runtime.DefaultUnstructuredConverter.FromUnstructured(fields, &spec) == nil
}

// sourceOf says what a volume is.
func sourceOf(v corev1.Volume) string {
	switch {
	case v.HostPath != nil:
		return "the node's " + v.HostPath.Path
	case v.EmptyDir != nil:
		return "an empty folder"
	case v.PersistentVolumeClaim != nil:
		return "the claim " + v.PersistentVolumeClaim.ClaimName
	case v.Secret != nil:
		return "the Secret " + v.Secret.SecretName
	case v.ConfigMap != nil:
		return "the ConfigMap " + v.ConfigMap.Name
	}
	return "another volume"
}

// mountsOf says which containers mount a volume, and where.
func mountsOf(spec corev1.PodSpec, volume string) []string {
	var names []string
	for _, c := range slices.Concat(spec.InitContainers, spec.Containers) {
		for _, m := range c.VolumeMounts {
			if m.Name == volume {
				names = append(names, fmt.Sprintf("container %s at %s", c.Name, m.MountPath))
			}
		}
	}
	return names
}

// readOnlyNow are the mounts that could be written to before.
func readOnlyNow(before, after corev1.PodSpec) []string {
	writable := func(spec corev1.PodSpec) map[string]bool {
		all := map[string]bool{}
		for _, c := range slices.Concat(spec.InitContainers, spec.Containers) {
			for _, m := range c.VolumeMounts {
				all[fmt.Sprintf("container %s at %s", c.Name, m.MountPath)] = !m.ReadOnly
			}
		}
		return all
	}
	was := writable(before)
	var names []string
	for mount, can := range writable(after) {
		if was[mount] && !can {
			names = append(names, mount)
		}
	}
	slices.Sort(names)
	return names
}

// sharedClaim tells who else mounts a claim that a workload gets.
func sharedClaim(inv *kube.Inventory, by kube.Ref, name string) []Effect {
	effects := unread(inv, "other users of claim "+name, kube.PersistentVolumeClaims)
	for _, claim := range inv.PersistentVolumeClaims {
		if claim.Namespace != by.Namespace || claim.Name != name {
			continue
		}
		users := slices.DeleteFunc(claimUsers(inv, claim), func(user string) bool { return user == by.Kind+"/"+by.Name })
		summary := fmt.Sprintf("claim %s (%s) is mounted by nobody else", name, claimLabel(claim))
		if len(users) > 0 {
			summary = fmt.Sprintf("claim %s (%s) is shared with %s", name, claimLabel(claim), counted(len(users), "workload"))
		}
		effects = append(effects, Effect{Kind: VolumeEffect, Summary: strings.ReplaceAll(summary, " ()", ""), Names: users})
	}
	return effects
}
