package fixes

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"kiln/kube"
)

// Evict is the mechanism by which a drain empties a node.
const Evict Mechanism = "eviction"

func (f *Fixer) drainEntry(node string, pods []corev1.Pod) Entry {
	about := FindingID{Check: "act/" + DrainAction, Object: kube.Ref{APIVersion: "v1", Kind: "Node", Name: node}}
	entry := f.newEntry(about, fmt.Sprintf("Evict %s from Node/%s", podCount(int64(len(pods))), node))
	entry.Mechanism = string(Evict)
	for _, pod := range pods {
		entry.Objects = append(entry.Objects, JournalObject{
			Ref: kube.Ref{APIVersion: "v1", Kind: "Pod", Namespace: pod.Namespace, Name: pod.Name},
			UID: pod.UID, Mechanism: Evict, State: Pending, Lasting: drainLasting,
		})
	}
	return entry
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

// Write hears from kubectl's library, line by line, why pods can't be evicted
// yet.
func (e *eviction) Write(line []byte) (int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, o := range e.entry.Objects {
		if strings.Contains(string(line), fmt.Sprintf("%q -n %q", o.Name, o.Namespace)) {
			_, why, _ := strings.Cut(strings.TrimSpace(string(line)), "): ")
			e.progress(DrainProgress{Pod: o.Ref, Waiting: kube.Clean(why), Left: e.left, Total: len(e.entry.Objects)})
		}
	}
	return len(line), nil
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
