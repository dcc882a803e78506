package pod

import (
	"testing"

	"kiln/scanners/scantest"
)

func TestAppArmor(t *testing.T) {
	const beta = "container.apparmor.security.beta.kubernetes.io/"
	annotated := func(value string) string {
		return `{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {template: {metadata: {annotations: {` + beta + `a: ` + value + `}}, spec: {containers: [{name: a}]}}}}`
	}
	run(t, appArmor(),
		is("by the field, the pod's or a container's", pod(`{securityContext: {appArmorProfile: {type: Unconfined}}, containers: [{name: a},
			{name: b, securityContext: {appArmorProfile: {type: Unconfined}}}]}`), []string{
			`spec.securityContext.appArmorProfile.type: the pod sets an AppArmor profile of type Unconfined`,
			`spec.containers[1].securityContext.appArmorProfile.type: container "b" sets an AppArmor profile of type Unconfined`,
		}),
		is("by annotation", annotated("unconfined"), []string{
			`spec.template.metadata.annotations[` + beta + `a]: an annotation sets the AppArmor profile of a to unconfined`,
		}),
		is("a profile by annotation", annotated("localhost/web"), none),
		is("nothing said is the runtime's default", pod(`{containers: [{name: a}]}`), none),
	)
}

func TestSELinux(t *testing.T) {
	run(t, seLinux(),
		is("another type", pod(`{containers: [{name: a, securityContext: {seLinuxOptions: {type: spc_t, level: "s0:c1,c2"}}}]}`), []string{
			`spec.containers[0].securityContext.seLinuxOptions: container "a" sets an SELinux context of its own: type spc_t level s0:c1,c2`,
		}),
		is("a level, or a container's type", pod(`{securityContext: {seLinuxOptions: {level: "s0:c1,c2"}},
			containers: [{name: a, securityContext: {seLinuxOptions: {type: container_init_t}}}]}`), none),
	)
}

func TestProcMount(t *testing.T) {
	run(t, procMount(),
		is("unmasked", pod(`{containers: [{name: a, securityContext: {procMount: Unmasked}}]}`), []string{
			`spec.containers[0].securityContext.procMount: container "a" sees all of /proc: procMount is Unmasked`,
		}),
		is("unmasked in a user namespace", pod(`{hostUsers: false, containers: [{name: a, securityContext: {procMount: Unmasked}}]}`), none),
		is("the default", pod(`{containers: [{name: a, securityContext: {procMount: Default}}]}`), none),
	)
}

func TestSysctls(t *testing.T) {
	run(t, sysctls(),
		is("one of two", pod(`{securityContext: {sysctls: [{name: net.ipv4.tcp_syncookies, value: "1"}, {name: kernel.msgmax, value: "1"}]}, containers: [{name: a}]}`), []string{
			`spec.securityContext.sysctls[1].name: the pod changes the kernel setting kernel.msgmax`,
		}),
		is("safe ones", pod(`{securityContext: {sysctls: [{name: net.ipv4.ip_unprivileged_port_start, value: "0"}]}, containers: [{name: a}]}`), none),
	)
}

func TestSysctlsAreSafeFromSomeVersionOn(t *testing.T) {
	inv := scantest.Files(t, pod(`{securityContext: {sysctls: [{name: net.ipv4.tcp_rmem, value: "1 2 3"}]}, containers: [{name: a}]}`))
	for version, want := range map[string]int{"v1.31.4": 1, "v1.32.0": 0, "v1.36.3+k3s1": 0, "unreadable": 0} {
		inv.Source.Version = version
		if got := len(sysctls().Find(inv).Hits); got != want {
			t.Errorf("%s: %d findings, want %d", version, got, want)
		}
	}
}

func TestVolumeTypes(t *testing.T) {
	run(t, volumeTypes(),
		is("by address or from the node", pod(`{volumes: [{name: a, nfs: {server: s, path: /}}, {name: b, emptyDir: {}}, {name: c, hostPath: {path: /srv}}], containers: [{name: a}]}`), []string{
			`spec.volumes[0]: volume "a" is of type nfs`,
			`spec.volumes[2]: volume "c" is of type hostPath`,
		}),
		is("claims, Secrets and the like", pod(`{volumes: [{name: a, persistentVolumeClaim: {claimName: x}}, {name: b, secret: {secretName: s}}, {name: c, csi: {driver: d}}, {name: d}], containers: [{name: a}]}`), none),
	)
}

func TestHostProcess(t *testing.T) {
	run(t, hostProcess(),
		is("for the whole pod", pod(`{os: {name: windows}, securityContext: {windowsOptions: {hostProcess: true}}, containers: [{name: a}]}`), []string{
			`spec.securityContext.windowsOptions.hostProcess: the pod runs as a process of its Windows node`,
		}),
		is("other options", pod(`{os: {name: windows}, securityContext: {windowsOptions: {runAsUserName: u}}, containers: [{name: a, securityContext: {windowsOptions: {hostProcess: false}}}]}`), none),
	)
}

func TestHostProbes(t *testing.T) {
	run(t, hostProbes(),
		is("probes and hooks", pod(`{containers: [{name: a, livenessProbe: {httpGet: {host: 169.254.169.254, port: 80}}, readinessProbe: {tcpSocket: {port: 80}},
			lifecycle: {preStop: {httpGet: {host: example.com, port: 80}}}}]}`), []string{
			`spec.containers[0].lifecycle.preStop.httpGet.host: container "a" makes the kubelet call example.com in its lifecycle.preStop`,
			`spec.containers[0].livenessProbe.httpGet.host: container "a" makes the kubelet call 169.254.169.254 in its livenessProbe`,
		}),
		is("the pod's own address", pod(`{containers: [{name: a, livenessProbe: {httpGet: {port: 80, httpHeaders: [{name: Host, value: x}]}}}]}`), none),
	)
}
