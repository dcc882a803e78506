package fixes

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// DrainOptions are the user's words about pods that would lose something.
type DrainOptions struct {
	// Force evicts pods without a controller, which nothing makes anew.
	Force bool
	// DeleteEmptyDirData evicts pods that keep data in an emptyDir.
	DeleteEmptyDirData bool
	// Timeout is how long to wait; zero means DrainTimeout.
	Timeout time.Duration
}

// DrainTimeout is how long a drain takes at most where nobody says otherwise.
const DrainTimeout = 5 * time.Minute

// drainPods says what becomes of the pods of a node, by name.
type drainPods struct {
	Evicted []corev1.Pod
	// Stays are the pods that a node is born with: of DaemonSets, and static
	// ones.
	Stays []string
	// Uncontrolled and WithData would lose something; they stay unless the
	// options say otherwise.
	Uncontrolled, WithData []string
	// Blocked are those of Evicted for which a PodDisruptionBudget has no room
	// now: its name, by the pod's UID.
	Blocked map[types.UID]string
}

// podsToDrain sorts the pods of a node.
func (f *Fixer) podsToDrain(ctx context.Context, node string, options DrainOptions) (drainPods, error) {
	var pods drainPods
	helper := f.drainHelper(ctx, options)
	list, errs := helper.GetPodsForDeletion(node)
	if err := errors.Join(errs...); err != nil {
		return pods, fmt.Errorf("listing the pods of %s: %w", node, err)
	}
	there, err := f.Cluster.Client.CoreV1().Pods(metav1.NamespaceAll).List(ctx, metav1.ListOptions{FieldSelector: "spec.nodeName=" + node})
	if err != nil {
		return pods, fmt.Errorf("listing the pods of %s: %w", node, err)
	}
	evictable := list.Pods()
	for _, pod := range there.Items {
		name := podName(pod)
		switch {
		case !slices.ContainsFunc(evictable, func(p corev1.Pod) bool { return p.UID == pod.UID }):
			pods.Stays = append(pods.Stays, name)
		case metav1.GetControllerOf(&pod) == nil && !options.Force && !ended(pod):
			pods.Uncontrolled = append(pods.Uncontrolled, name)
		case hasEmptyDir(pod) && !options.DeleteEmptyDirData && !ended(pod):
			pods.WithData = append(pods.WithData, name)
		default:
			pods.Evicted = append(pods.Evicted, pod)
		}
	}
	pods.Blocked, err = f.blocked(ctx, pods.Evicted)
	return pods, err
}

func podName(pod corev1.Pod) string { return pod.Namespace + "/" + pod.Name }

func ended(pod corev1.Pod) bool {
	return pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed
}

func hasEmptyDir(pod corev1.Pod) bool {
	return slices.ContainsFunc(pod.Spec.Volumes, func(v corev1.Volume) bool { return v.EmptyDir != nil })
}

// blocked finds the pods whose PodDisruptionBudget allows no disruption now.
func (f *Fixer) blocked(ctx context.Context, pods []corev1.Pod) (map[types.UID]string, error) {
	budgets, err := f.Cluster.Client.PolicyV1().PodDisruptionBudgets(metav1.NamespaceAll).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, fmt.Errorf("reading the PodDisruptionBudgets: %w", err)
	}
	blocked := map[types.UID]string{}
	for _, pod := range pods {
		for _, budget := range budgets.Items {
			if budget.Namespace == pod.Namespace && budget.Status.DisruptionsAllowed == 0 && selects(budget.Spec.Selector, pod.Labels) {
				blocked[pod.UID] = budget.Name
			}
		}
	}
	return blocked, nil
}

// notes name every pod of the node, each once.
func (p drainPods) notes() []string {
	var evicted, blocked []string
	for _, pod := range p.Evicted {
		if budget := p.Blocked[pod.UID]; budget != "" {
			blocked = append(blocked, podName(pod)+" by PodDisruptionBudget/"+budget)
			continue
		}
		evicted = append(evicted, podName(pod))
	}
	var notes []string
	for _, part := range []struct {
		text  string
		names []string
	}{
		{"Evicted", evicted},
		{"Evicted once their budget has room", blocked},
		{"Left, since nothing would make them anew (--force evicts them)", p.Uncontrolled},
		{"Left, since their emptyDir's data would be lost (--delete-emptydir-data evicts them)", p.WithData},
		{"Left, as the node's own", p.Stays},
	} {
		if len(part.names) > 0 {
			notes = append(notes, fmt.Sprintf("%s: %s: %s", part.text, podCount(int64(len(part.names))), strings.Join(part.names, ", ")))
		}
	}
	if len(notes) == 0 {
		notes = append(notes, "The node has no pods.")
	}
	return notes
}
