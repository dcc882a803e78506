package fixes

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

const (
	tmpFolder     = "/tmp"
	pathsQuestion = "paths"
)

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
		folders := s.Answers.All(pathsQuestion)
		if sawFiles(s.Evidence) {
			wanted.notes = rootfsNotes(s, folders)
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
	}).asking(whichFolders)
}

// whichFolders asks which folders stay writable: those that a probe saw
// written, or where nobody looked, the one that nearly every program expects.
func whichFolders(s Situation) []Question {
	if _, ok := liveContainer(s); !ok {
		return nil
	}
	q := Question{Key: pathsQuestion, Ask: "Which folders does it write to? Each gets an empty volume.", Many: true, Free: mustBeFolder, Value: tmpFolder}
	written := writtenFolders(s.Evidence)
	for _, folder := range written {
		q.add(Choice{Value: folder, Found: s.seenAt(s.Evidence) + " saw files written to it"})
	}
	if sawFiles(s.Evidence) {
		q.Value = strings.Join(written, ",")
	}
	q.add(Choice{Value: tmpFolder, Label: "temporary files"})
	q.add(Choice{Value: "/var/run", Label: "pid files and sockets"})
	q.add(Choice{Value: "/var/cache", Label: "caches"})
	q.add(Choice{Value: "/var/log", Label: "logs"})
	return []Question{q}
}

// mustBeFolder accepts what can be a mountPath below the root.
func mustBeFolder(folder string) error {
	if !path.IsAbs(folder) || path.Clean(folder) != folder || folder == "/" || strings.ContainsAny(folder, ":,") {
		return errors.New("it takes a folder below /, such as /var/cache")
	}
	return nil
}

// rootfsNotes name the evidence, and what it can't tell.
func rootfsNotes(s Situation, folders []string) []string {
	saw, written := "nothing written to the root file system", writtenFolders(s.Evidence)
	if len(written) > 0 {
		saw = "files written to " + strings.Join(written, ", ")
	}
	notes := []string{
		s.seenAt(s.Evidence) + " saw " + saw + ". What is written at other times, at the end for example, can't be known.",
	}
	for _, folder := range written {
		if !slices.Contains(folders, folder) {
			notes = append(notes, "Writing to "+folder+", as it was seen to do, fails.")
		}
	}
	if len(folders) > 0 {
		notes = append(notes, "The empty folders hide files that the image has in them.")
	}
	if writesToRoot(s.Evidence) {
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
