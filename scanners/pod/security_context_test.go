package pod

import (
	"testing"

	"kiln/scanners"
	"kiln/scanners/scantest"
)

func TestCapabilitiesAdded(t *testing.T) {
	run(t, capabilitiesAdded(),
		is("each capability beyond the default set", pod(`{containers: [{name: a, securityContext: {capabilities: {add: [SYS_ADMIN, CHOWN, IPC_LOCK]}}}]}`), []string{
			`spec.containers[0].securityContext.capabilities.add: container "a" adds the capability SYS_ADMIN`,
			`spec.containers[0].securityContext.capabilities.add: container "a" adds the capability IPC_LOCK`,
		}),
		is("default ones", pod(`{containers: [{name: a, securityContext: {capabilities: {add: [NET_BIND_SERVICE, SETUID], drop: [ALL]}}}, {name: b}]}`), none),
	)
}

func TestCapabilitiesNotDropped(t *testing.T) {
	run(t, capabilitiesNotDropped(),
		is("nothing or only some dropped", pod(`{containers: [{name: a}, {name: b, securityContext: {capabilities: {drop: [NET_RAW]}}}]}`), []string{
			`spec.containers[0].securityContext.capabilities.drop: container "a" does not drop all capabilities`,
			`spec.containers[1].securityContext.capabilities.drop: container "b" does not drop all capabilities`,
		}),
		is("taken back", pod(`{containers: [{name: a, securityContext: {capabilities: {drop: [ALL], add: [CHOWN, NET_BIND_SERVICE]}}}]}`), []string{
			`spec.containers[0].securityContext.capabilities.add: container "a" takes back capabilities after dropping all: CHOWN, NET_BIND_SERVICE`,
		}),
		is("all dropped", pod(`{containers: [{name: a, securityContext: {capabilities: {drop: [NET_RAW, ALL], add: [NET_BIND_SERVICE]}}}]}`), none),
		is("Windows has none", pod(`{os: {name: windows}, containers: [{name: a}]}`), none),
	)
}

func TestSysAdminAndNetRaw(t *testing.T) {
	run(t, capabilitySysAdmin(),
		is("in any spelling, or by ALL", pod(`{containers: [{name: a, securityContext: {capabilities: {add: [cap_sys_admin]}}},
			{name: b, securityContext: {capabilities: {add: [ALL]}}}]}`), []string{
			`spec.containers[0].securityContext.capabilities.add: container "a" has the capability SYS_ADMIN by adding cap_sys_admin`,
			`spec.containers[1].securityContext.capabilities.add: container "b" has the capability SYS_ADMIN by adding ALL`,
		}),
		is("another one, or dropped", pod(`{containers: [{name: a, securityContext: {capabilities: {add: [SYS_TIME], drop: [SYS_ADMIN]}}}]}`), none),
	)
	run(t, capabilityNetRaw(),
		is("not dropped, or added", pod(`{containers: [{name: a}, {name: b, securityContext: {capabilities: {drop: [ALL], add: [NET_RAW]}}}]}`), []string{
			`spec.containers[1].securityContext.capabilities.add: container "b" may send raw packets by adding NET_RAW`,
			`spec.containers[0].securityContext.capabilities.drop: container "a" may send raw packets: NET_RAW is not dropped`,
		}),
		is("dropped by name or with all", pod(`{containers: [{name: a, securityContext: {capabilities: {drop: [NET_RAW]}}},
			{name: b, securityContext: {capabilities: {drop: [ALL]}}}]}`), none),
		is("Windows", pod(`{os: {name: windows}, containers: [{name: a}]}`), none),
	)
}

func TestPrivilegeEscalation(t *testing.T) {
	run(t, privilegeEscalation(),
		is("allowed or not forbidden", pod(`{containers: [{name: a, securityContext: {allowPrivilegeEscalation: true}}],
			initContainers: [{name: b, securityContext: {runAsNonRoot: true}}]}`), []string{
			`spec.containers[0].securityContext.allowPrivilegeEscalation: container "a" allows privilege escalation`,
			`spec.initContainers[0].securityContext.allowPrivilegeEscalation: init container "b" does not forbid privilege escalation`,
		}),
		is("forbidden", pod(`{containers: [{name: a, securityContext: {allowPrivilegeEscalation: false}}]}`), none),
		is("Windows", pod(`{os: {name: windows}, containers: [{name: a}]}`), none),
	)
}

func TestRunAsRoot(t *testing.T) {
	run(t, runAsRoot(),
		is("nothing said", deployment(`{containers: [{name: a}, {name: b, securityContext: {runAsNonRoot: true}}]}`), []string{
			`spec.template.spec.containers[0].securityContext.runAsNonRoot: container "a" may run as root: runAsNonRoot is not set`,
		}),
		is("the pod sets user 0 for all", pod(`{securityContext: {runAsUser: 0}, containers: [{name: a}, {name: b}]}`), []string{
			`spec.securityContext.runAsUser: the pod runs as root by runAsUser 0`,
		}),
		is("a container overrides the pod for the worse", pod(`{securityContext: {runAsNonRoot: true}, containers: [{name: a, securityContext: {runAsNonRoot: false}}, {name: b}]}`), []string{
			`spec.containers[0].securityContext.runAsNonRoot: container "a" may run as root: runAsNonRoot is false`,
		}),
		is("user 0 against the pod's promise", pod(`{securityContext: {runAsNonRoot: true}, containers: [{name: a, securityContext: {runAsUser: 0}}]}`), []string{
			`spec.containers[0].securityContext.runAsUser: container "a" runs as root by runAsUser 0`,
		}),
		is("a user without the promise", pod(`{containers: [{name: a, securityContext: {runAsUser: 1000}}]}`), []string{
			`spec.containers[0].securityContext.runAsNonRoot: container "a" may run as root: runAsNonRoot is not set, though its user is 1000`,
		}),
		is("the pod promises", pod(`{securityContext: {runAsNonRoot: true}, initContainers: [{name: i}], containers: [{name: a}, {name: b, securityContext: {runAsUser: 7}}]}`), none),
		is("each container promises", pod(`{containers: [{name: a, securityContext: {runAsNonRoot: true}}]}`), none),
		is("root in a user namespace", pod(`{hostUsers: false, securityContext: {runAsUser: 0}, containers: [{name: a}]}`), none),
	)
}

func TestRunAsRootSeverityFollowsTheUser(t *testing.T) {
	for spec, want := range map[string]scanners.Severity{
		`{containers: [{name: a, securityContext: {runAsUser: 0}}]}`:                                            scanners.High,
		`{containers: [{name: a}]}`:                                                                             scanners.Medium,
		`{containers: [{name: a, securityContext: {runAsUser: 1000}}]}`:                                         scanners.Low,
		`{securityContext: {runAsUser: 1000}, containers: [{name: a, securityContext: {runAsNonRoot: false}}]}`: scanners.Low,
	} {
		result := scanners.Evaluate([]scanners.Check{runAsRoot()}, scantest.Files(t, pod(spec)))[0]
		if len(result.Findings) != 1 || result.Findings[0].Severity != want {
			t.Errorf("%s: %+v, want one of %v", spec, result.Findings, want)
		}
	}
}

func TestSeccomp(t *testing.T) {
	run(t, seccomp(),
		is("neither pod nor container", pod(`{containers: [{name: a}, {name: b, securityContext: {seccompProfile: {type: RuntimeDefault}}}]}`), []string{
			`spec.containers[0].securityContext.seccompProfile.type: container "a" has no seccomp profile`,
		}),
		is("off for the pod, on for one container", pod(`{securityContext: {seccompProfile: {type: Unconfined}},
			containers: [{name: a}, {name: b, securityContext: {seccompProfile: {type: RuntimeDefault}}}]}`), []string{
			`spec.securityContext.seccompProfile.type: the pod sets a seccomp profile of type Unconfined`,
		}),
		is("on for the pod", pod(`{securityContext: {seccompProfile: {type: RuntimeDefault}}, initContainers: [{name: i}], containers: [{name: a}],
			ephemeralContainers: [{name: d}]}`), none),
		is("Windows", pod(`{os: {name: windows}, containers: [{name: a}]}`), none),
	)
	run(t, seccompUnconfined(),
		is("a container switches it off", pod(`{securityContext: {seccompProfile: {type: RuntimeDefault}},
			containers: [{name: a}, {name: b, securityContext: {seccompProfile: {type: Unconfined}}}]}`), []string{
			`spec.containers[1].securityContext.seccompProfile.type: container "b" sets a seccomp profile of type Unconfined`,
		}),
		is("nothing said is another finding", pod(`{containers: [{name: a}]}`), none),
		is("a profile of its own", pod(`{containers: [{name: a, securityContext: {seccompProfile: {type: Localhost, localhostProfile: a.json}}}]}`), none),
	)
}

func TestWritableRootfs(t *testing.T) {
	run(t, writableRootfs(),
		is("unset or off, ephemeral too", pod(`{containers: [{name: a}], ephemeralContainers: [{name: b, securityContext: {readOnlyRootFilesystem: false}}]}`), []string{
			`spec.containers[0].securityContext.readOnlyRootFilesystem: container "a" can write to its root file system`,
			`spec.ephemeralContainers[0].securityContext.readOnlyRootFilesystem: ephemeral container "b" can write to its root file system`,
		}),
		is("read-only", pod(`{containers: [{name: a, securityContext: {readOnlyRootFilesystem: true}}]}`), none),
		is("Windows can't", pod(`{os: {name: windows}, containers: [{name: a}]}`), none),
	)
}
