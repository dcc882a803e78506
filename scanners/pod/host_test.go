package pod

import (
	"testing"

	"kiln/scanners"
	"kiln/scanners/scantest"
)

func TestPrivileged(t *testing.T) {
	run(t, privileged(),
		is("each list of containers", pod(`{
			initContainers: [{name: setup, securityContext: {privileged: true}}, {name: proxy, restartPolicy: Always, securityContext: {privileged: true}}],
			containers: [{name: api, securityContext: {privileged: false}}, {name: log, securityContext: {privileged: true}}],
			ephemeralContainers: [{name: debug, securityContext: {privileged: true}}]}`), []string{
			`spec.ephemeralContainers[0].securityContext.privileged: ephemeral container "debug" runs privileged`,
			`spec.containers[1].securityContext.privileged: container "log" runs privileged`,
			`spec.initContainers[1].securityContext.privileged: init container "proxy" runs privileged`,
			`spec.initContainers[0].securityContext.privileged: init container "setup" runs privileged`,
		}),
		is("a template of a CronJob", cronJob(`{containers: [{name: api, securityContext: {privileged: true}}]}`), []string{
			`spec.jobTemplate.spec.template.spec.containers[0].securityContext.privileged: container "api" runs privileged`,
		}),
		is("a Deployment and its pod count once", deployment(`{containers: [{name: api, securityContext: {privileged: true}}]}`), []string{
			`spec.template.spec.containers[0].securityContext.privileged: container "api" runs privileged`,
		}),
		is("off, unset, empty", pod(`{containers: [{name: a, securityContext: {privileged: false}}, {name: b, securityContext: {}}, {name: c}]}`), none),
	)
}

func TestHostNamespaces(t *testing.T) {
	run(t, hostNetwork(),
		is("on", deployment(`{hostNetwork: true, containers: [{name: a}]}`), []string{"spec.template.spec.hostNetwork: the pod uses the node's network"}),
		is("off", deployment(`{hostNetwork: false, hostPID: true, hostIPC: true, containers: [{name: a}]}`), none))
	run(t, hostPID(),
		is("on", pod(`{hostPID: true, containers: [{name: a}]}`), []string{"spec.hostPID: the pod sees the node's processes"}),
		is("own processes shared", pod(`{shareProcessNamespace: true, hostNetwork: true, containers: [{name: a}]}`), none))
	run(t, hostIPC(),
		is("on", pod(`{hostIPC: true, containers: [{name: a}]}`), []string{"spec.hostIPC: the pod shares the node's inter-process communication"}),
		is("off", pod(`{hostIPC: false, containers: [{name: a}]}`), none))
}

func TestHostPort(t *testing.T) {
	run(t, hostPort(),
		is("one of two", pod(`{containers: [{name: a, ports: [{containerPort: 80}, {containerPort: 53, hostPort: 5353, protocol: UDP}]}]}`), []string{
			`spec.containers[0].ports[1].hostPort: container "a" opens port 5353 on the node`,
		}),
		is("zero is none", pod(`{containers: [{name: a, ports: [{containerPort: 80, hostPort: 0}]}]}`), none),
	)
}

func TestHostPath(t *testing.T) {
	run(t, hostPath(),
		is("one volume of three", pod(`{volumes: [{name: tmp, emptyDir: {}}, {name: root, hostPath: {path: /}}, {name: conf, configMap: {name: c}}],
			containers: [{name: a}]}`), []string{`spec.volumes[1].hostPath: volume "root" is / on the node`}),
		is("a claim", pod(`{volumes: [{name: data, persistentVolumeClaim: {claimName: d}}], containers: [{name: a}]}`), none),
	)
	run(t, hostPathWritable(),
		is("by one of the containers", pod(`{volumes: [{name: logs, hostPath: {path: /var/log}}, {name: tmp, emptyDir: {}}],
			containers: [{name: a, volumeMounts: [{name: tmp, mountPath: /tmp}, {name: logs, mountPath: /logs, subPath: pods}]},
				{name: b, volumeMounts: [{name: logs, mountPath: /logs, readOnly: true}]}]}`), []string{
			`spec.containers[0].volumeMounts[1].readOnly: container "a" can write to /var/log/pods on the node`,
		}),
		is("a volume that nobody mounts", pod(`{volumes: [{name: logs, hostPath: {path: /var/log}}], containers: [{name: a}]}`), none),
	)
}

func TestHostPathSeverityFollowsTheFolder(t *testing.T) {
	for hostPath, want := range map[string][2]scanners.Severity{
		"/":                             {scanners.Critical, scanners.Critical},
		"/var/":                         {scanners.Critical, scanners.Critical},
		"/etc/kubernetes/../cron.d":     {scanners.Critical, scanners.High},
		"/var/lib/kubelet/pods":         {scanners.Critical, scanners.High},
		"/var/log":                      {scanners.High, scanners.Medium},
		"/var/logs-of-mine":             {scanners.Medium, scanners.Medium},
		"/srv/data":                     {scanners.Medium, scanners.Medium},
		"/etc/localtime":                {scanners.Medium, scanners.Medium},
		"/opt/../etc/ssl/certs/ca.crt/": {scanners.Medium, scanners.Medium},
	} {
		write, read := powerOf(hostPath)
		if got := [2]scanners.Severity{write, read}; got != want {
			t.Errorf("%s: written and read it is %v, want %v", hostPath, got, want)
		}
	}
	readOnly := scantest.Files(t, pod(`{volumes: [{name: etc, hostPath: {path: /etc}}],
		containers: [{name: a, volumeMounts: [{name: etc, mountPath: /etc, readOnly: true}]}]}`))
	if got := hostPath().Find(readOnly).Hits[0].Severity; got != scanners.High {
		t.Errorf("/etc mounted read-only is %v, want high", got)
	}
}
