package fixes

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// hostProbes takes the host from a probe or a lifecycle handler: the kubelet
// then calls the pod itself.
func hostProbes() Recipe {
	return inContainer("pod/host-probes", func(_ map[string]any, s Situation) (setting, error) {
		action := "httpGet"
		if strings.HasSuffix(s.Finding.Path, ".tcpSocket.host") {
			action = "tcpSocket"
		}
		handler := append(strings.Split(s.Finding.Key, "."), action, "host")
		container := map[string]any{}
		if err := unstructured.SetNestedField(container, "", handler...); err != nil {
			return setting{}, fmt.Errorf("planning for %s: %w", s.Finding.Key, err)
		}
		return setting{
			title:     fmt.Sprintf("Let the %s of container %s call the pod itself", s.Finding.Key, s.Finding.Container),
			container: container,
			notes:     []string{"The program itself has to answer on that port now, or the pod counts as unready, or is restarted."},
		}, nil
	})
}
