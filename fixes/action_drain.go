package fixes

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/kubectl/pkg/drain"

	"kiln/kube"
)

// Evict is the mechanism by which a drain empties a node.
const Evict Mechanism = "eviction"

// drainLasting is why evicted pods aren't brought back.
const drainLasting = "a pod that was evicted is gone, and its controller makes another elsewhere"

func cordon() Action {
	return Action{Name: "cordon", Does: "Send no new pods to a node", On: []string{"Node", "Pod"}, plan: func(ctx context.Context, f *Fixer, ref kube.Ref) (Plan, error) {
		node, err := f.nodeOf(ctx, ref)
		if err != nil {
			return Plan{}, err
		}
		return Plan{
			Title: fmt.Sprintf("Cordon %s", kube.RefOf(node)), Changes: []Change{cordonChange(node)},
			Notes: []string{"Its pods stay; a DaemonSet's still come."},
		}, nil
	}}
}

func drainNode() Action {
	return Action{
		Name: DrainAction, Does: "Send no new pods to a node, and move those that it has elsewhere", On: []string{"Node", "Pod"},
		Lasting: drainLasting, plan: planDrain,
	}
}

// DrainAction is the name of the action that goes on after its plan has been
// applied: see Drain.
const DrainAction = "drain"

// nodeOf is the node itself, or that of a pod.
func (f *Fixer) nodeOf(ctx context.Context, ref kube.Ref) (*unstructured.Unstructured, error) {
	live, err := f.read(ctx, ref)
	if err != nil || ref.Kind == "Node" {
		return live, err
	}
	name, _, _ := unstructured.NestedString(live.Object, "spec", "nodeName")
	if name == "" {
		return nil, fmt.Errorf("%w: %s is on no node", ErrNothingToDo, ref)
	}
	return f.read(ctx, kube.Ref{APIVersion: "v1", Kind: "Node", Name: name})
}

func cordonChange(node *unstructured.Unstructured) Change {
	change := applyTo(node)
	change.Apply.Object["spec"] = map[string]any{"unschedulable": true}
	return change
}

// planDrain cordons the node, unless it is, and names what becomes of each of
// its pods.
func planDrain(ctx context.Context, f *Fixer, ref kube.Ref) (Plan, error) {
	node, err := f.nodeOf(ctx, ref)
	if err != nil {
		return Plan{}, err
	}
	plan := Plan{Title: fmt.Sprintf("Drain %s", kube.RefOf(node))}
	if field(node.Object, "spec", "unschedulable") != true {
		plan.Changes = []Change{cordonChange(node)}
	}
	pods, err := f.PodsToDrain(ctx, node.GetName(), DrainOptions{})
	if err != nil {
		return Plan{}, err
	}
	plan.Notes = append(plan.Notes, pods.notes()...)
	return plan, nil
}

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

// DrainPods says what becomes of the pods of a node, by name.
type DrainPods struct {
	Evicted []corev1.Pod
	// Stays are the pods that a node is born with: of DaemonSets, and static
	// ones.
	Stays []string
	// Uncontrolled and WithData would lose something; they stay unless the
	// options say otherwise.
	Uncontrolled, WithData []string
	// Blocked are those of Evicted for which a PodDisruptionBudget has no room
	// now, with its name.
	Blocked []string
}

// PodsToDrain sorts the pods of a node.
func (f *Fixer) PodsToDrain(ctx context.Context, node string, options DrainOptions) (DrainPods, error) {
	var pods DrainPods
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

// blocked names the pods whose PodDisruptionBudget allows no disruption now.
func (f *Fixer) blocked(ctx context.Context, pods []corev1.Pod) ([]string, error) {
	budgets, err := f.Cluster.Client.PolicyV1().PodDisruptionBudgets(metav1.NamespaceAll).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, fmt.Errorf("reading the PodDisruptionBudgets: %w", err)
	}
	var all []string
	for _, pod := range pods {
		for _, budget := range budgets.Items {
			if budget.Namespace == pod.Namespace && budget.Status.DisruptionsAllowed == 0 && covers(budget, pod) {
				all = append(all, podName(pod)+" by PodDisruptionBudget/"+budget.Name)
			}
		}
	}
	return all, nil
}

func covers(budget policyv1.PodDisruptionBudget, pod corev1.Pod) bool {
	return budget.Spec.Selector != nil && selects(budget.Spec.Selector, pod.Labels)
}

// notes name every pod of the node.
func (p DrainPods) notes() []string {
	evicted := make([]string, len(p.Evicted))
	for i, pod := range p.Evicted {
		evicted[i] = podName(pod)
	}
	var notes []string
	for _, part := range []struct {
		text  string
		names []string
	}{
		{"Evicted", evicted},
		{"Held back until their budget has room", p.Blocked},
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

// DrainProgress tells of one pod.
type DrainProgress struct {
	Pod kube.Ref
	// Gone is true once the pod is; Waiting says why it isn't yet.
	Gone    bool
	Waiting string
	// Left of Total pods are still there.
	Left, Total int
}

// Drain evicts the pods of a node that was cordoned, with a journal entry that
// names them. It tells of each pod's progress, one at a time. The error names
// the pods that are left.
func (f *Fixer) Drain(ctx context.Context, node string, options DrainOptions, progress func(DrainProgress)) (Entry, error) {
	if f.Cluster.Gate.ReadOnly() {
		return Entry{}, &kube.ReadOnlyError{Method: "draining", Path: node}
	}
	pods, err := f.PodsToDrain(ctx, node, options)
	if err != nil || len(pods.Evicted) == 0 {
		return Entry{}, err
	}
	unlock, err := f.Journal.lock(ctx)
	if err != nil {
		return Entry{}, err
	}
	defer unlock()
	entry := f.drainEntry(node, pods.Evicted)
	if err := f.Journal.add(&entry); err != nil {
		return Entry{}, err
	}
	eviction := &eviction{journal: f.Journal, entry: &entry, progress: progress, left: len(pods.Evicted)}
	helper := f.drainHelper(ctx, options)
	helper.OnPodDeletionOrEvictionFinished = eviction.finished
	helper.ErrOut = eviction.waiting()
	err = helper.DeleteOrEvictPods(pods.Evicted)
	return eviction.end(err)
}

// drainHelper is kubectl's; which pods may go is decided before.
func (f *Fixer) drainHelper(ctx context.Context, options DrainOptions) *drain.Helper {
	timeout := options.Timeout
	if timeout == 0 {
		timeout = DrainTimeout
	}
	return &drain.Helper{
		Ctx: ctx, Client: f.Cluster.Client, Timeout: timeout, GracePeriodSeconds: -1,
		Force: true, DeleteEmptyDirData: true, IgnoreAllDaemonSets: true,
		EvictErrorRetryDelay: time.Second, Out: io.Discard, ErrOut: io.Discard,
	}
}

func (f *Fixer) drainEntry(node string, pods []corev1.Pod) Entry {
	entry := Entry{
		Time: time.Now().UTC().Truncate(time.Millisecond), User: f.Cluster.User, Context: f.Cluster.Context, Cluster: clusterIDOf(f.Cluster),
		Finding: FindingID{Check: "act/" + DrainAction, Object: kube.Ref{APIVersion: "v1", Kind: "Node", Name: node}},
		Title:   fmt.Sprintf("Evict %s from Node/%s", podCount(int64(len(pods))), node), Mechanism: string(Evict), State: Pending,
	}
	for _, pod := range pods {
		entry.Objects = append(entry.Objects, JournalObject{
			Ref: kube.Ref{APIVersion: "v1", Kind: "Pod", Namespace: pod.Namespace, Name: pod.Name},
			UID: pod.UID, Mechanism: Evict, State: Pending, Lasting: drainLasting,
		})
	}
	return entry
}

// eviction follows a drain, whose pods are worked on side by side.
type eviction struct {
	journal  *Journal
	progress func(DrainProgress)

	mu    sync.Mutex
	entry *Entry
	left  int
	err   error
}

func (e *eviction) finished(pod *corev1.Pod, _ bool, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err != nil && !apierrors.IsNotFound(err) {
		return
	}
	for i := range e.entry.Objects {
		if o := &e.entry.Objects[i]; o.UID == pod.UID && o.State == Pending {
			o.State = Applied
			e.left--
			e.err = errors.Join(e.err, e.journal.save(*e.entry))
			e.progress(DrainProgress{Pod: o.Ref, Gone: true, Left: e.left, Total: len(e.entry.Objects)})
		}
	}
}

// waiting hears from kubectl's library why pods can't be evicted yet.
func (e *eviction) waiting() io.Writer {
	reader, writer := io.Pipe()
	go func() {
		for lines := bufio.NewScanner(reader); lines.Scan(); {
			e.heard(lines.Text())
		}
	}()
	return writer
}

func (e *eviction) heard(line string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, o := range e.entry.Objects {
		if strings.Contains(line, fmt.Sprintf("%q -n %q", o.Name, o.Namespace)) {
			_, why, _ := strings.Cut(line, "): ")
			e.progress(DrainProgress{Pod: o.Ref, Waiting: kube.Clean(why), Left: e.left, Total: len(e.entry.Objects)})
		}
	}
}

// end settles the entry: what is left stays on the node.
func (e *eviction) end(cause error) (Entry, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	var left []string
	for i := range e.entry.Objects {
		o := &e.entry.Objects[i]
		if o.State != Pending {
			continue
		}
		if cause == nil { // it was gone before it could be evicted
			o.State = Applied
			continue
		}
		o.State = Failed
		left = append(left, o.Namespace+"/"+o.Name)
	}
	e.entry.settle()
	if len(left) > 0 {
		cause = fmt.Errorf("%s left on the node: %s: %w", podCount(int64(len(left))), strings.Join(left, ", "), cause)
		e.entry.Error = kube.Clean(cause.Error())
	}
	return *e.entry, errors.Join(cause, e.err, e.journal.save(*e.entry))
}
