package fixes

import (
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

func hostPathWritable() Recipe {
	return inContainer("pod/host-path-writable", func(container map[string]any, s Situation) (setting, error) {
		mounted, _, _ := unstructured.NestedSlice(container, "volumeMounts")
		for _, item := range mounted {
			mount, _ := item.(map[string]any)
			if mount["mountPath"] != s.Finding.Key {
				continue
			}
			return setting{
				title: fmt.Sprintf("Mount the node's folder read-only at %s of container %s", s.Finding.Key, s.Finding.Container),
				container: map[string]any{"volumeMounts": []any{map[string]any{
					"mountPath": mount["mountPath"], "name": mount["name"], "readOnly": true,
				}}},
				notes: []string{
					"What the program writes there fails now: give it an emptyDir or a claim for that instead.",
					"It can still read the folder, and connect to sockets in it.",
				},
			}, nil
		}
		return setting{}, fmt.Errorf("%w: container %s mounts nothing at %s", ErrNothingToDo, s.Finding.Container, s.Finding.Key)
	})
}
