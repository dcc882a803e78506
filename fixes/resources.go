package fixes

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"kiln/kube"
)

// What a container gets that says nothing. Most web services live with it; the
// notes say to measure.
const (
	defaultCPURequest    = "100m"
	defaultCPULimit      = "1"
	defaultMemoryRequest = "128Mi"
	defaultMemoryLimit   = "512Mi"
)

func cpuLimit() Recipe {
	return bounded("pod/cpu-limit", "limits", corev1.ResourceCPU, defaultCPULimit,
		"A container that wants more is slowed down.")
}

func cpuRequest() Recipe {
	return bounded("pod/cpu-request", "requests", corev1.ResourceCPU, defaultCPURequest,
		"Pods wait where no node has that much left.")
}

func memoryLimit() Recipe {
	return bounded("pod/memory-limit", "limits", corev1.ResourceMemory, defaultMemoryLimit,
		"A container that takes more is killed.")
}

func memoryRequest() Recipe {
	return bounded("pod/memory-request", "requests", corev1.ResourceMemory, defaultMemoryRequest,
		"Pods wait where no node has that much left.")
}

// bounded sets one side of one resource, to the default as far as the
// container's other side and the namespace's LimitRanges permit it.
func bounded(check, side string, name corev1.ResourceName, standard, note string) Recipe {
	return inContainer(check, func(container map[string]any, s Situation) (setting, error) {
		amount := resource.MustParse(standard)
		least, most := permitted(s.Inventory, s.Finding.Object.Namespace, name)
		if most != nil && amount.Cmp(*most) > 0 {
			amount = *most
		}
		if least != nil && amount.Cmp(*least) < 0 {
			amount = *least
		}
		if requested, ok := quantityOf(container, "requests", name); ok && side == "limits" && amount.Cmp(requested) < 0 {
			amount = requested
		}
		notes := []string{
			note,
			fmt.Sprintf("%s is a first guess: compare it with what the container takes (kubectl top pod%s --containers).", amount.String(), inNamespace(s.Finding.Object)),
		}
		if _, requested := quantityOf(container, "requests", name); side == "limits" && !requested {
			notes = append(notes, "Without a request of its own the limit is the request, too.")
		}
		return setting{
			title:     fmt.Sprintf("Set the %s %s of container %s to %s", name, strings.TrimSuffix(side, "s"), s.Finding.Container, amount.String()),
			container: map[string]any{"resources": map[string]any{side: map[string]any{string(name): amount.String()}}},
			notes:     notes,
		}, nil
	})
}

func quantityOf(container map[string]any, side string, name corev1.ResourceName) (resource.Quantity, bool) {
	value := field(container, "resources", side, string(name))
	if value == nil {
		return resource.Quantity{}, false
	}
	quantity, err := resource.ParseQuantity(fmt.Sprint(value))
	return quantity, err == nil
}

// permitted is what the namespace's LimitRanges say of a container; nil where
// they say nothing.
func permitted(inv *kube.Inventory, namespace string, name corev1.ResourceName) (least, most *resource.Quantity) {
	for _, limits := range inv.LimitRanges {
		if limits.Namespace != namespace {
			continue
		}
		for _, item := range limits.Spec.Limits {
			if item.Type != corev1.LimitTypeContainer {
				continue
			}
			if low, ok := item.Min[name]; ok && (least == nil || low.Cmp(*least) > 0) {
				least = &low
			}
			if high, ok := item.Max[name]; ok && (most == nil || high.Cmp(*most) < 0) {
				most = &high
			}
		}
	}
	return least, most
}
