package pod

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/policy"

	"kiln/kube"
	"kiln/scanners"
)

func hostProbes() scanners.Check {
	return scanners.Check{
		ID: "pod/host-probes", Layer: scanners.Pod, Severity: scanners.Medium,
		Title:      "A probe makes the kubelet call another host",
		References: []string{"PSS baseline"},
		Fix:        scanners.Guided,
		Reads:      kube.WorkloadResources(),
		Find: containersByStandard(func(c container, _ standard, add report) {
			for _, h := range handlers(c.Container) {
				for _, host := range h.hosts() {
					add(c.hit(host.field, h.field, fmt.Sprintf("makes the kubelet call %s in its %s", host.name, h.field)))
				}
			}
		}, policy.CheckHostProbesAndHostLifecycle()),
	}
}

// handler is a call that the kubelet makes for a container.
type handler struct {
	field string
	http  *corev1.HTTPGetAction
	tcp   *corev1.TCPSocketAction
}

// handlers are those of the probes and of the lifecycle.
func handlers(c *corev1.Container) []handler {
	var all []handler
	probe := func(field string, p *corev1.Probe) {
		if p != nil {
			all = append(all, handler{field, p.HTTPGet, p.TCPSocket})
		}
	}
	probe("livenessProbe", c.LivenessProbe)
	probe("readinessProbe", c.ReadinessProbe)
	probe("startupProbe", c.StartupProbe)
	if l := c.Lifecycle; l != nil && l.PostStart != nil {
		all = append(all, handler{"lifecycle.postStart", l.PostStart.HTTPGet, l.PostStart.TCPSocket})
	}
	if l := c.Lifecycle; l != nil && l.PreStop != nil {
		all = append(all, handler{"lifecycle.preStop", l.PreStop.HTTPGet, l.PreStop.TCPSocket})
	}
	return all
}

// calledHost is a host that a handler names, and where.
type calledHost struct{ field, name string }

func (h handler) hosts() []calledHost {
	var hosts []calledHost
	if h.http != nil && h.http.Host != "" {
		hosts = append(hosts, calledHost{h.field + ".httpGet.host", h.http.Host})
	}
	if h.tcp != nil && h.tcp.Host != "" {
		hosts = append(hosts, calledHost{h.field + ".tcpSocket.host", h.tcp.Host})
	}
	return hosts
}
