package fixes

import (
	"errors"
	"fmt"
	"slices"
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

// bounded sets one side of one resource.
func bounded(check, side string, name corev1.ResourceName, standard, note string) Recipe {
	bound := bound{check[len("pod/"):], side, name, standard}
	return inContainer(check, func(container map[string]any, s Situation) (setting, error) {
		amount := s.Answers[bound.key]
		notes := []string{
			note,
			fmt.Sprintf("%s is a first guess: compare it with what the container takes (kubectl top pod%s --containers).", amount, inNamespace(s.Finding.Object)),
		}
		if _, requested := quantityOf(container, "requests", name); side == "limits" && !requested {
			notes = append(notes, "Without a request of its own the limit is the request, too.")
		}
		return setting{
			title:     fmt.Sprintf("Set the %s %s of container %s to %s", name, strings.TrimSuffix(side, "s"), s.Finding.Container, amount),
			container: map[string]any{"resources": map[string]any{side: map[string]any{string(name): amount}}},
			notes:     notes,
		}, nil
	}).asking(bound.howMuch)
}

// bound is one side of one resource: the limits' memory.
type bound struct {
	// key names the question: memory-limit.
	key, side string
	name      corev1.ResourceName
	standard  string
}

// howMuch asks for the amount: by default the standard, as far as the
// container's other side and the namespace's LimitRanges permit it.
func (b bound) howMuch(s Situation) []Question {
	container, ok := liveContainer(s)
	if !ok {
		return nil
	}
	amount := resource.MustParse(b.standard)
	first := Choice{Label: "a common first guess"}
	least, most := permitted(s.Inventory, s.Finding.Object.Namespace, b.name)
	if most != nil && amount.Cmp(*most) > 0 {
		amount, first.Label, first.Found = *most, "", "the most that the namespace's LimitRange permits"
	}
	if least != nil && amount.Cmp(*least) < 0 {
		amount, first.Label, first.Found = *least, "", "the least that the namespace's LimitRange permits"
	}
	requested, requests := quantityOf(container, "requests", b.name)
	if requests && b.side == "limits" && amount.Cmp(requested) < 0 {
		amount, first.Label, first.Found = requested, "", "its request"
	}
	first.Value = amount.String()
	q := Question{Key: b.key, Ask: fmt.Sprintf("How much %s?", b.name), Choices: []Choice{first}, Free: b.fits(container, least, most)}
	if requests && b.side == "limits" {
		q.add(Choice{Value: requested.String(), Found: "its request"})
		requested.Add(requested)
		q.add(Choice{Value: requested.String(), Label: "twice its request"})
	}
	for _, same := range b.elsewhere(s) {
		q.add(same)
	}
	q.Choices = slices.DeleteFunc(q.Choices, func(c Choice) bool { return c.Value != first.Value && q.Free(c.Value) != nil })
	return []Question{q}
}

// elsewhere is what other containers of the cluster with the same image have.
func (b bound) elsewhere(s Situation) []Choice {
	image := ""
	for _, w := range s.Inventory.Workloads {
		for _, c := range w.Containers() {
			if w.Ref() == s.Finding.Object && c.Name == s.Finding.Container {
				image = c.Image
			}
		}
	}
	var choices []Choice
	for _, w := range s.Inventory.Workloads {
		for _, c := range w.Containers() {
			list := c.Resources.Limits
			if b.side == "requests" {
				list = c.Resources.Requests
			}
			if amount, ok := list[b.name]; ok && image != "" && c.Image == image {
				choices = append(choices, Choice{Value: amount.String(), Found: fmt.Sprintf("%s has it, with the same image", w.Ref())})
			}
		}
	}
	return choices
}

// fits checks an amount against the container's other side and LimitRanges.
func (b bound) fits(container map[string]any, least, most *resource.Quantity) func(string) error {
	return func(value string) error {
		amount, err := resource.ParseQuantity(value)
		requested, requests := quantityOf(container, "requests", b.name)
		limit, limited := quantityOf(container, "limits", b.name)
		switch {
		case err != nil || amount.Sign() <= 0:
			return errors.New("it takes an amount such as 500m or 256Mi")
		case least != nil && amount.Cmp(*least) < 0:
			return fmt.Errorf("the namespace's LimitRange wants %s at least", least)
		case most != nil && amount.Cmp(*most) > 0:
			return fmt.Errorf("the namespace's LimitRange permits %s at most", most)
		case b.side == "limits" && requests && amount.Cmp(requested) < 0:
			return fmt.Errorf("the container requests %s: the limit can't be less", requested.String())
		case b.side == "requests" && limited && amount.Cmp(limit) > 0:
			return fmt.Errorf("the container is limited to %s: the request can't be more", limit.String())
		}
		return nil
	}
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
