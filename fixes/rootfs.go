package fixes

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

const tmpFolder = "/tmp"

func writableRootfs() Recipe {
	return inTemplate("pod/writable-rootfs", func(template podTemplate, s Situation) (setting, error) {
		found, err := template.container(s.Finding.Container)
		if err != nil {
			return setting{}, err
		}
		wanted := setting{
			title:     fmt.Sprintf("Make the root file system of container %s read-only", s.Finding.Container),
			container: securityContext(map[string]any{"readOnlyRootFilesystem": true}),
			notes: []string{
				"Whatever the program writes elsewhere than in a volume fails now: look for its cache, log, pid and socket files.",
			},
		}
		if !mounts(found.fields, tmpFolder) {
			volume := tmpVolume(template, s.Finding.Container)
			wanted.container["volumeMounts"] = []any{map[string]any{"mountPath": tmpFolder, "name": volume}}
			wanted.pod = map[string]any{"volumes": []any{map[string]any{"name": volume, "emptyDir": map[string]any{}}}}
			wanted.notes = append(wanted.notes, "It gets an empty folder for "+tmpFolder+", which is gone with the pod.")
		}
		return wanted, nil
	})
}

func mounts(container map[string]any, folder string) bool {
	list, _, _ := unstructured.NestedSlice(container, "volumeMounts")
	return slices.ContainsFunc(list, func(item any) bool {
		mount, _ := item.(map[string]any)
		path, _ := mount["mountPath"].(string)
		return strings.TrimSuffix(path, "/") == folder
	})
}

// tmpVolume names a new volume: each container gets its own, so that they
// don't see each other's files.
func tmpVolume(template podTemplate, container string) string {
	const longest = 63
	name := "tmp-" + container
	if len(name) > longest {
		name = strings.TrimRight(name[:longest], "-")
	}
	for n := 2; hasVolume(template, name); n++ {
		suffix := fmt.Sprintf("-%d", n)
		name = strings.TrimRight(name[:min(len(name), longest-len(suffix))], "-") + suffix
	}
	return name
}

func hasVolume(template podTemplate, name string) bool {
	volumes, _, _ := unstructured.NestedSlice(template.spec, "volumes")
	return slices.ContainsFunc(volumes, func(item any) bool {
		volume, _ := item.(map[string]any)
		return volume["name"] == name
	})
}
