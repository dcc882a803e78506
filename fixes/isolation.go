package fixes

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

func shareProcessNamespace() Recipe {
	return hostNamespace("pod/share-process-namespace", "shareProcessNamespace", "Hide the containers' processes from each other",
		"Sidecars that signal or watch the other containers' processes stop working, and each container's own program is its process 1.")
}

func hostUsers() Recipe {
	return hostNamespace("pod/host-users", "hostUsers", "Give the pod users of its own",
		"Its nodes need Linux 6.3, a runtime that knows user namespaces (containerd 2.0, CRI-O 1.25) and file systems with id-mapped mounts (no NFS): elsewhere the pod doesn't start.")
}

func procMount() Recipe {
	return inContainer("pod/proc-mount", func(_ map[string]any, s Situation) (setting, error) {
		return setting{
			title:     fmt.Sprintf("Mask the kernel's part of /proc in container %s", s.Finding.Container),
			container: securityContext(map[string]any{"procMount": "Default"}),
			notes:     []string{"Containers that are built or run inside of this one may fail now."},
		}, nil
	})
}

// sysctls leaves out the kernel setting of the finding. The list belongs
// together, so it is sent whole.
func sysctls() Recipe {
	return inTemplate("pod/sysctls", func(template podTemplate, s Situation) (setting, error) {
		all, _, _ := unstructured.NestedSlice(template.spec, "securityContext", "sysctls")
		kept := slices.DeleteFunc(slices.Clone(all), func(item any) bool {
			sysctl, _ := item.(map[string]any)
			return sysctl["name"] == s.Finding.Key
		})
		if len(kept) == len(all) {
			return setting{}, fmt.Errorf("%w: the pod does not set %s", ErrNothingToDo, s.Finding.Key)
		}
		return setting{
			title: "Leave the kernel setting " + s.Finding.Key + " to the node",
			pod:   securityContext(map[string]any{"sysctls": kept}),
			notes: []string{"The program gets the node's value: set it there, for the nodes that need it, if it must differ."},
		}, nil
	})
}

func appArmor() Recipe {
	profile := securityContext(map[string]any{"appArmorProfile": map[string]any{"type": "RuntimeDefault"}})
	note := "The runtime's profile forbids mounts and writing to much of /proc and /sys: a program that did so fails."
	byField := inTemplate("pod/apparmor", func(_ podTemplate, s Situation) (setting, error) {
		if s.Finding.Container == "" {
			return setting{title: "Use the runtime's AppArmor profile for the pod", pod: profile, notes: []string{note}}, nil
		}
		return setting{
			title:     fmt.Sprintf("Use the runtime's AppArmor profile for container %s", s.Finding.Container),
			container: profile, notes: []string{note},
		}, nil
	})
	return Recipe{Check: byField.Check, Plan: func(s Situation) (Plan, error) {
		if !strings.Contains(s.Finding.Path, ".annotations[") {
			return byField.Plan(s)
		}
		template, err := templateOf(s.Live)
		if err != nil {
			return Plan{}, err
		}
		change := applyTo(s.Live)
		metadata := append(slices.Clone(template.path[:len(template.path)-1]), "metadata", "annotations", s.Finding.Key)
		err = unstructured.SetNestedField(change.Apply.Object, "runtime/default", metadata...)
		return Plan{Title: "Use the runtime's AppArmor profile", Changes: []Change{change}, Notes: []string{note}}, err
	}}
}

// confinedTypes are the SELinux types that the baseline standard permits.
func confinedTypes() []string {
	return []string{"", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"}
}

// seLinux empties the parts of the SELinux context that a pod may not choose;
// its level stays.
func seLinux() Recipe {
	return inTemplate("pod/selinux", func(template podTemplate, s Situation) (setting, error) {
		of := template.spec
		if s.Finding.Container != "" {
			found, err := template.container(s.Finding.Container)
			if err != nil {
				return setting{}, err
			}
			of = found.fields
		}
		emptied := map[string]any{}
		for _, part := range []string{"user", "role", "type"} {
			value, _ := field(of, "securityContext", "seLinuxOptions", part).(string)
			if value != "" && (part != "type" || !slices.Contains(confinedTypes(), value)) {
				emptied[part] = ""
			}
		}
		if len(emptied) == 0 {
			return setting{}, fmt.Errorf("%w: it leaves the SELinux context to the runtime", ErrNothingToDo)
		}
		options := securityContext(map[string]any{"seLinuxOptions": emptied})
		notes := []string{"On nodes with SELinux the program is confined to its own files now: volumes of the node may be closed to it."}
		if s.Finding.Container == "" {
			return setting{title: "Leave the pod's SELinux context to the runtime", pod: options, notes: notes}, nil
		}
		return setting{
			title:     fmt.Sprintf("Leave the SELinux context of container %s to the runtime", s.Finding.Container),
			container: options, notes: notes,
		}, nil
	})
}
