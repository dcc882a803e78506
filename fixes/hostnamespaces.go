package fixes

import (
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

func hostNetwork() Recipe {
	return inTemplate("pod/host-network", func(template podTemplate, s Situation) (setting, error) {
		if hasHostProcess(template) {
			return setting{}, &ManualError{Why: "a process of a Windows node is in the node's network, too", Steps: fixFirst("pod/host-process", s)}
		}
		pod := map[string]any{"hostNetwork": false}
		notes := []string{
			"The pod gets an address of its own: whoever reached it by a node's address needs a Service.",
			"It no longer sees the node's interfaces and its services on localhost.",
		}
		for _, list := range []string{"containers", "initContainers"} {
			if closed := withoutHostPorts(template, list); len(closed) > 0 {
				pod[list] = closed
				notes = append(notes, "Its ports are closed on the node, too: in the node's network each had been a host port.")
			}
		}
		return setting{title: "Give the pod a network of its own", pod: pod, notes: notes}, nil
	})
}

// hasHostProcess says that a container runs as a process of its Windows node.
func hasHostProcess(template podTemplate) bool {
	if field(template.spec, "securityContext", "windowsOptions", "hostProcess") == true {
		return true
	}
	containers, _, _ := unstructured.NestedSlice(template.spec, "containers")
	return slices.ContainsFunc(containers, func(item any) bool {
		container, _ := item.(map[string]any)
		return field(container, "securityContext", "windowsOptions", "hostProcess") == true
	})
}

// withoutHostPorts closes the host ports: the API server sets one for each port
// of a pod in the node's network, and they would stay.
func withoutHostPorts(template podTemplate, list string) []any {
	var closed []any
	containers, _, _ := unstructured.NestedSlice(template.spec, list)
	for _, item := range containers {
		container, _ := item.(map[string]any)
		var ports []any
		declared, _, _ := unstructured.NestedSlice(container, "ports")
		for _, item := range declared {
			port, _ := item.(map[string]any)
			if port["hostPort"] != nil {
				ports = append(ports, map[string]any{
					"containerPort": port["containerPort"], "protocol": port["protocol"], "hostPort": int64(0),
				})
			}
		}
		if len(ports) > 0 {
			closed = append(closed, map[string]any{"name": container["name"], "ports": ports})
		}
	}
	return closed
}

func hostPID() Recipe {
	return hostNamespace("pod/host-pid", "hostPID", "Hide the node's processes from the pod",
		"Agents that watch the node's processes see only their own pod's now.")
}

func hostIPC() Recipe {
	return hostNamespace("pod/host-ipc", "hostIPC", "Separate the pod from the node's inter-process communication",
		"Programs that share memory or semaphores with processes of the node stop working.")
}

func hostNamespace(check, name, title, note string) Recipe {
	return inTemplate(check, func(podTemplate, Situation) (setting, error) {
		return setting{title: title, pod: map[string]any{name: false}, notes: []string{note}}, nil
	})
}
