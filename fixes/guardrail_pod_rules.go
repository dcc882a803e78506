package fixes

import (
	"fmt"
	"strings"
)

// podRules are the controls of the Pod Security Standards, each by itself, in
// the words of the newest version of the standard.
func podRules() []guardRule {
	const (
		windows   = `variables.pod.?os.?name.orValue("") == "windows"`
		ownUsers  = `variables.pod.?hostUsers.orValue(true) == false`
		container = `c.?securityContext.`
		ofPod     = `variables.pod.?securityContext.`
	)
	return []guardRule{
		{check: "pod/privileged", on: workloads(), allowed: `!variables.containers.exists(c, ` + container + `?privileged.orValue(false))`},
		{check: "pod/privilege-escalation", on: workloads(), allowed: windows + ` || variables.containers.all(c, ` + container + `?allowPrivilegeEscalation.orValue(true) == false)`},
		{
			check: "pod/capabilities-added", on: workloads(),
			allowed: `variables.containers.all(c, ` + container + `?capabilities.?add.orValue([]).all(name, name in ` + celList(baselineCapabilities()) + `))`,
		},
		{
			check: "pod/capabilities-not-dropped", on: workloads(),
			allowed: windows + ` || variables.containers.all(c, "ALL" in ` + container + `?capabilities.?drop.orValue([])
&& ` + container + `?capabilities.?add.orValue([]).all(name, name == "NET_BIND_SERVICE"))`,
		},
		{
			check: "pod/capability-sys-admin", on: workloads(),
			allowed: windows + ` || !variables.containers.exists(c, ` + container + `?capabilities.?add.orValue([]).exists(name, name.matches("(?i)^(CAP_)?(SYS_ADMIN|ALL)$")))`,
		},
		{
			check: "pod/capability-net-raw", on: workloads(),
			allowed: windows + ` || variables.containers.all(c, ` + container + `?capabilities.?drop.orValue([]).exists(name, name.matches("(?i)^(CAP_)?(NET_RAW|ALL)$"))
&& !` + container + `?capabilities.?add.orValue([]).exists(name, name.matches("(?i)^(CAP_)?(NET_RAW|ALL)$")))`,
		},
		{check: "pod/seccomp", on: workloads(), allowed: windows + ` || ` + inherited("seccompProfile.?type", "RuntimeDefault", "Localhost")},
		{check: "pod/seccomp-unconfined", on: workloads(), allowed: ifSet("seccompProfile.?type", `value in ["RuntimeDefault", "Localhost"]`)},
		{
			check: "pod/apparmor", on: workloads(),
			allowed: ifSet("appArmorProfile.?type", `value in ["RuntimeDefault", "Localhost"]`) + `
&& variables.podAnnotations.all(key, !key.startsWith("container.apparmor.security.beta.kubernetes.io/")
  || variables.podAnnotations[key].matches("^(runtime/default|localhost/.*)?$"))`,
		},
		{
			check: "pod/selinux", on: workloads(),
			allowed: ifSet("seLinuxOptions.?type", `value in ["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"]`) + `
&& ` + ifSet("seLinuxOptions.?user", `value == ""`) + ` && ` + ifSet("seLinuxOptions.?role", `value == ""`),
		},
		{check: "pod/host-network", on: workloads(), allowed: `!variables.pod.?hostNetwork.orValue(false)`},
		{check: "pod/host-pid", on: workloads(), allowed: `!variables.pod.?hostPID.orValue(false)`},
		{check: "pod/host-ipc", on: workloads(), allowed: `!variables.pod.?hostIPC.orValue(false)`},
		{check: "pod/host-port", on: workloads(), allowed: `!variables.containers.exists(c, c.?ports.orValue([]).exists(p, p.?hostPort.orValue(0) != 0))`},
		{check: "pod/host-path", on: workloads(), allowed: `!variables.volumes.exists(v, has(v.hostPath))`},
		{check: "pod/host-process", on: workloads(), allowed: ifSet("windowsOptions.?hostProcess", `value == false`)},
		{check: "pod/host-probes", on: workloads(), allowed: `variables.containers.all(c, ` + noProbedHost() + `)`},
		{check: "pod/proc-mount", on: workloads(), allowed: ownUsers + ` || variables.containers.all(c, ` + container + `?procMount.orValue("Default") == "Default")`},
		{check: "pod/sysctls", on: workloads(), allowed: ofPod + `?sysctls.orValue([]).all(s, s.name in ` + celList(safeSysctls()) + `)`},
		{
			check: "pod/volume-types", on: workloads(),
			allowed: `variables.volumes.all(v, v.all(key, key in ` + celList([]string{"name", "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim", "projected", "secret"}) + `))`,
		},
		{
			check: "pod/run-as-root", on: workloads(),
			allowed: ownUsers + ` || ` + ifSet("runAsUser", `value != 0`) + ` && ` + ofPod + `?runAsNonRoot.orValue(true)
&& variables.containers.all(c, ` + container + `?runAsNonRoot.orValue(` + ofPod + `?runAsNonRoot.orValue(false)))`,
		},
	}
}

// ifSet holds where the field of the security contexts, the pod's and the
// containers', has a value for which the condition is true, or none.
func ifSet(field, condition string) string {
	return fmt.Sprintf(`(variables.contexts.all(context, !context.?%[1]s.hasValue() || [context.?%[1]s.value()].all(value, %[2]s)))`, field, condition)
}

// inherited holds where every container has one of the values, its own or the
// pod's, and the pod none but these.
func inherited(field string, values ...string) string {
	list := celList(values)
	return fmt.Sprintf(`(variables.pod.?securityContext.?%[1]s.orValue(%[2]s[0]) in %[2]s
&& variables.containers.all(c, c.?securityContext.?%[1]s.orValue(variables.pod.?securityContext.?%[1]s.orValue("")) in %[2]s))`, field, list)
}

// noProbedHost holds for a container c whose probes and hooks name no host.
func noProbedHost() string {
	var all []string
	for _, hook := range []string{"livenessProbe", "readinessProbe", "startupProbe", "lifecycle.?postStart", "lifecycle.?preStop"} {
		for _, call := range []string{"httpGet", "tcpSocket"} {
			all = append(all, fmt.Sprintf(`c.?%s.?%s.?host.orValue("") == ""`, hook, call))
		}
	}
	return strings.Join(all, " && ")
}

// baselineCapabilities are those that the baseline standard lets containers
// add.
func baselineCapabilities() []string {
	return []string{
		"AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE",
		"SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
	}
}

// safeSysctls are the kernel settings that are a pod's own.
func safeSysctls() []string {
	return []string{
		"kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range",
		"net.ipv4.ip_unprivileged_port_start", "net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_keepalive_time",
		"net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes",
		"net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem", "net.ipv4.tcp_slow_start_after_idle", "net.ipv4.tcp_notsent_lowat",
	}
}
