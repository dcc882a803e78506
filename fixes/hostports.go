package fixes

import (
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

func hostPort() Recipe {
	return inTemplate("pod/host-port", func(template podTemplate, s Situation) (setting, error) {
		if template.spec["hostNetwork"] == true {
			return setting{}, &ManualError{
				Why:   "in the node's network every port is a port of the node",
				Steps: fixFirst("pod/host-network", s),
			}
		}
		found, err := template.container(s.Finding.Container)
		if err != nil {
			return setting{}, err
		}
		port := onHost(found.fields, s.Finding.Key)
		if port == nil {
			return setting{}, fmt.Errorf("%w: container %s does not open %s on the node", ErrNothingToDo, s.Finding.Container, s.Finding.Key)
		}
		return setting{
			title: fmt.Sprintf("Close port %s of container %s on the node", s.Finding.Key, s.Finding.Container),
			container: map[string]any{"ports": []any{map[string]any{
				"containerPort": port["containerPort"], "protocol": port["protocol"], "hostPort": int64(0),
			}}},
			notes: []string{"Whoever reached it by a node's address needs a Service; in the cluster the pod's own address still works."},
		}, nil
	})
}

// onHost finds the port that is opened on the node as "8080/TCP".
func onHost(container map[string]any, opened string) map[string]any {
	ports, _, _ := unstructured.NestedSlice(container, "ports")
	for _, item := range ports {
		port, _ := item.(map[string]any)
		if port["hostPort"] != nil && fmt.Sprintf("%v/%v", port["hostPort"], port["protocol"]) == opened {
			return port
		}
	}
	return nil
}
