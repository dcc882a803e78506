package fixes

import (
	"fmt"
	"regexp"
	"strings"

	"kiln/scanners"
)

// workloadRules are about pods beyond the Pod Security Standards.
func workloadRules(config scanners.Config) []guardRule {
	const (
		windows  = `variables.pod.?os.?name.orValue("") == "windows"`
		ownUsers = `variables.pod.?hostUsers.orValue(true) == false`
		floats   = `c.image != "" && c.image != "auto" && !c.image.contains("@") && (!c.image.matches(":[^/]+$") || c.image.endsWith(":latest"))`
	)
	ofContainer := func(field string) string {
		return fmt.Sprintf(`c.?securityContext.?%[1]s.orValue(variables.pod.?securityContext.?%[1]s.orValue(-1))`, field)
	}
	rules := []guardRule{
		{
			check: "pod/host-path-writable", on: workloads(),
			allowed: `!variables.containers.exists(c, c.?volumeMounts.orValue([]).exists(m, !m.?readOnly.orValue(false)
&& variables.volumes.exists(v, v.name == m.name && has(v.hostPath))))`,
		},
		{
			check: "pod/runtime-socket", on: workloads(),
			allowed: `!variables.volumes.exists(v, has(v.hostPath) && v.hostPath.path.matches("` + runtimeSockets + `"))`,
		},
		{check: "pod/writable-rootfs", on: workloads(), allowed: windows + ` || variables.containers.all(c, c.?securityContext.?readOnlyRootFilesystem.orValue(false))`},
		{
			check: "pod/root-group", on: workloads(),
			allowed: windows + ` || ` + ownUsers + ` || variables.containers.all(c, ` + ofContainer("runAsGroup") + ` != 0)
&& variables.pod.?securityContext.?fsGroup.orValue(1) != 0 && !(0 in variables.pod.?securityContext.?supplementalGroups.orValue([]))`,
		},
		{
			check: "pod/low-uid", on: workloads(),
			allowed: fmt.Sprintf(`%s || %s || variables.containers.all(c, !(%s > 0 && %[3]s <= 10000) && !(%[4]s > 0 && %[4]s <= 10000))`,
				windows, ownUsers, ofContainer("runAsUser"), ofContainer("runAsGroup")),
		},
		{
			check: "pod/automount-token", on: workloads(),
			allowed: `variables.pod.?automountServiceAccountToken.orValue(true) == false`,
			note:    "A request doesn't show what the ServiceAccount says: the pods have to say themselves that they want no token.",
		},
		{
			check: "pod/default-serviceaccount", on: workloads(),
			allowed: `variables.pod.?automountServiceAccountToken.orValue(true) == false || !(variables.pod.?serviceAccountName.orValue("default") in ["", "default"])`,
			note:    "A request doesn't show whether the default ServiceAccount keeps its token from pods.",
		},
		{check: "pod/image-latest", on: workloads(), allowed: `!variables.containers.exists(c, ` + floats + `)`},
		{check: "pod/image-digest", on: workloads(), allowed: `variables.containers.all(c, c.image in ["", "auto"] || c.image.contains("@"))`},
		{
			check: "pod/image-pull-policy", on: workloads(),
			allowed: `!variables.containers.exists(c, c.?imagePullPolicy.orValue("Always") in ["IfNotPresent", "Never"] && ` + floats + `)`,
		},
		{check: "pod/share-process-namespace", on: workloads(), allowed: `!variables.pod.?shareProcessNamespace.orValue(false) || variables.fixedContainers.size() < 2`},
		{
			check: "pod/host-users", on: workloads(),
			allowed: ownUsers + ` || ` + windows + ` || variables.pod.?hostNetwork.orValue(false) || variables.pod.?hostPID.orValue(false) || variables.pod.?hostIPC.orValue(false)`,
		},
		{
			check: "pod/naked-pod", on: pods(),
			allowed: `object.metadata.?ownerReferences.orValue([]).exists(o, o.?controller.orValue(false))
|| object.metadata.?annotations.orValue({}).exists(key, key in ["helm.sh/hook", "kubernetes.io/config.mirror"])`,
		},
		{check: "pod/default-namespace", on: workloads(), allowed: `dyn(object).metadata.?namespace.orValue("") != "default"`},
	}
	for _, bound := range []string{"cpu-limit", "cpu-request", "memory-limit", "memory-request"} {
		rules = append(rules, boundRule(bound))
	}
	if len(config.Registries) > 0 {
		rules = append(rules, registryRule(config.Registries))
	}
	if len(config.OwnerLabels) > 0 {
		rules = append(rules, ownerRule(config.OwnerLabels))
	}
	return rules
}

// runtimeSockets are the sockets of container runtimes, and the folders that
// hold them.
const runtimeSockets = `^/+(var/+)?run(/+(docker\\.sock|cri-dockerd\\.sock|dockershim\\.sock|containerd|containerd/+containerd\\.sock|crio|crio/+crio\\.sock|podman|podman/+podman\\.sock|k3s|k3s/+containerd|k3s/+containerd/+containerd\\.sock))?/*$`

// boundRule asks pods for a limit or a request. Templates don't show the
// defaults of a LimitRange, pods do.
func boundRule(bound string) guardRule {
	resource, side, _ := strings.Cut(bound, "-")
	has := func(resources string) string {
		held := fmt.Sprintf(`%q in %s.?limits.orValue({})`, resource, resources)
		if side == "request" {
			held += fmt.Sprintf(` || %q in %s.?requests.orValue({})`, resource, resources)
		}
		return held
	}
	return guardRule{
		check: "pod/" + bound, on: pods(),
		allowed: fmt.Sprintf(`variables.fixedContainers.all(c, %s || %s)`, has("c.?resources"), has("variables.pod.?resources")),
		remark:  "It judges the pods, where the defaults of a LimitRange have been filled in: a Deployment whose pods it refuses is accepted, and gets none.",
	}
}

// registryRule knows that a short name such as nginx means Docker Hub.
func registryRule(registries []string) guardRule {
	places := make([]string, len(registries))
	for i, registry := range registries {
		places[i] = regexp.QuoteMeta(strings.TrimSuffix(registry, "/"))
	}
	return guardRule{
		check: "pod/registry", on: workloads(),
		allowed: `variables.containers.all(c, c.image in ["", "auto"] || [
  !c.image.split("@")[0].contains("/") ? "docker.io/library/" + c.image
  : !c.image.split("/")[0].matches("[.:]|^localhost$") ? "docker.io/" + c.image : c.image
].all(name, name.matches(` + fmt.Sprintf("%q", "^("+strings.Join(places, "|")+")(/.*|[:@][^/]*)?$") + `)))`,
	}
}

// ownerRule asks workloads, or their namespace, for one of the labels. Pods of
// a controller have what their controller says.
func ownerRule(labels []string) guardRule {
	return guardRule{
		check: "pod/no-owner-label", on: workloads(),
		allowed: `object.kind == "Pod" && object.metadata.?ownerReferences.orValue([]).exists(o, o.?controller.orValue(false))
|| [dyn(object).metadata.?labels, dyn(object).metadata.?annotations, dyn(variables.template).?metadata.?labels, dyn(variables.template).?metadata.?annotations,
  dyn(namespaceObject).?metadata.?labels, dyn(namespaceObject).?metadata.?annotations].exists(some,
  dyn(some.orValue({})).exists(key, key in ` + celList(labels) + `))`,
	}
}
