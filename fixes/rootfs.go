package fixes

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/kube"
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
		folders := []string{tmpFolder}
		if sawFiles(s.Evidence) {
			folders = writtenFolders(s.Evidence)
			wanted.notes = rootfsNotes(s.Evidence, folders)
		}
		var volumeMounts, volumes []any
		for i, folder := range folders {
			if mounts(found.fields, folder) {
				continue
			}
			volume := emptyVolume(template, s.Finding.Container, i)
			volumeMounts = append(volumeMounts, map[string]any{"mountPath": folder, "name": volume})
			volumes = append(volumes, map[string]any{"name": volume, "emptyDir": map[string]any{}})
			wanted.notes = append(wanted.notes, "It gets an empty folder for "+folder+", which is gone with the pod.")
		}
		if volumes != nil {
			wanted.container["volumeMounts"] = volumeMounts
			wanted.pod = map[string]any{"volumes": volumes}
		}
		return wanted, nil
	})
}

// rootfsNotes name the evidence, and what it can't tell.
func rootfsNotes(evidence []kube.Evidence, folders []string) []string {
	saw := "nothing written to the root file system"
	if len(folders) > 0 {
		saw = "files written to " + strings.Join(folders, ", ")
	}
	notes := []string{
		seenAt(evidence) + " saw " + saw + ". What is written at other times, at the end for example, can't be known.",
	}
	if len(folders) > 0 {
		notes = append(notes, "The empty folders hide files that the image has in them.")
	}
	if writesToRoot(evidence) {
		notes = append(notes, "It was seen writing to / itself, which no volume can stand in for: that will fail.")
	}
	return notes
}

func mounts(container map[string]any, folder string) bool {
	list, _, _ := unstructured.NestedSlice(container, "volumeMounts")
	return slices.ContainsFunc(list, func(item any) bool {
		mount, _ := item.(map[string]any)
		path, _ := mount["mountPath"].(string)
		return strings.TrimSuffix(path, "/") == folder
	})
}

// emptyVolume names the nth new volume: each container gets its own, so that
// they don't see each other's files.
func emptyVolume(template podTemplate, container string, nth int) string {
	const longest = 63
	name := "tmp-" + container
	if nth > 0 {
		name = fmt.Sprintf("tmp%d-%s", nth+1, container)
	}
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
