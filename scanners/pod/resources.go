package pod

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"kiln/kube"
	"kiln/scanners"
)

func cpuLimit() scanners.Check {
	return unbounded("pod/cpu-limit", "A container may take all CPU of its node", scanners.Low,
		[]string{"NSA", "C-0270", "KSV011"}, limits, corev1.ResourceCPU)
}

func memoryLimit() scanners.Check {
	return unbounded("pod/memory-limit", "A container may take all memory of its node", scanners.Medium,
		[]string{"NSA", "C-0271", "KSV018"}, limits, corev1.ResourceMemory)
}

func cpuRequest() scanners.Check {
	return unbounded("pod/cpu-request", "A container is scheduled without regard to its CPU", scanners.Low,
		[]string{"NSA", "C-0268", "KSV015"}, requests, corev1.ResourceCPU)
}

func memoryRequest() scanners.Check {
	return unbounded("pod/memory-request", "A container is scheduled without regard to its memory", scanners.Low,
		[]string{"NSA", "C-0269", "KSV016"}, requests, corev1.ResourceMemory)
}

// bound is one of the two sides of a container's resources.
type bound string

const (
	limits   bound = "limits"
	requests bound = "requests"
)

// unbounded makes the check for one side of one resource.
func unbounded(id, title string, severity scanners.Severity, references []string, side bound, name corev1.ResourceName) scanners.Check {
	return scanners.Check{
		ID: id, Layer: scanners.Pod, Severity: severity, Title: title, References: references,
		Fix:   scanners.Guided,
		Reads: kube.WorkloadResources(),
		Hints: []kube.Resource{kube.LimitRanges},
		Find: func(inv *kube.Inventory) scanners.Result {
			defaulted := namespacesWithDefault(inv.LimitRanges, side, name)
			return inContainers(func(c container, add report) {
				// Ephemeral containers can't have resources.
				if c.kind == kube.EphemeralContainer || bounded(c, side, name) || defaulted[c.workload.Namespace()] {
					return
				}
				add(c.hit(fmt.Sprintf("resources.%s.%s", side, name), "", fmt.Sprintf("has no %s %s", name, singular(side))))
			})(inv)
		},
	}
}

// bounded says that the container, or its pod for all its containers, sets
// the bound. A request that isn't set is taken from the limit.
func bounded(c container, side bound, name corev1.ResourceName) bool {
	if has(c.Resources, side, name) {
		return true
	}
	whole := c.workload.Spec.Resources
	return whole != nil && has(*whole, side, name)
}

func has(r corev1.ResourceRequirements, side bound, name corev1.ResourceName) bool {
	_, limited := r.Limits[name]
	if limited || side == limits {
		return limited
	}
	_, requested := r.Requests[name]
	return requested
}

// namespacesWithDefault are those whose LimitRange gives every container the
// bound. A default limit is a default request too; where none is given, the
// maximum serves as the limit and the minimum as the request.
func namespacesWithDefault(ranges []*corev1.LimitRange, side bound, name corev1.ResourceName) map[string]bool {
	defaulted := map[string]bool{}
	for _, r := range ranges {
		for _, item := range r.Spec.Limits {
			if item.Type != corev1.LimitTypeContainer {
				continue
			}
			sources := []corev1.ResourceList{item.Default, item.Max}
			if side == requests {
				sources = append(sources, item.DefaultRequest, item.Min)
			}
			for _, source := range sources {
				if _, ok := source[name]; ok {
					defaulted[r.Namespace] = true
				}
			}
		}
	}
	return defaulted
}

func singular(side bound) string { return string(side[:len(side)-1]) }
