package tui

import (
	"context"
	"sync"
	"time"

	"kiln/kube"
	"kiln/scanners"
)

// scanPace is the least time between two snapshots of a running scan, so that
// the screen isn't redrawn for every page of a list.
const scanPace = 200 * time.Millisecond

// scan reads the cluster and judges it. The snapshots come as the scan goes
// on; the last one is complete. The channel closes at the end, which without
// a complete snapshot means that ctx has ended.
func (s *Session) scan(ctx context.Context, namespace string, earlier *snapshot) <-chan *snapshot {
	out := make(chan *snapshot)
	progress := newLatest()
	go func() {
		defer progress.close()
		inv, err := kube.Collect(ctx, s.cluster, kube.CollectOptions{Namespace: namespace}, progress.put)
		if err == nil {
			progress.finish(inv)
		}
	}()
	go func() {
		defer close(out)
		judge(ctx, scanners.NewRun(s.checks), progress, earlier, out)
	}()
	return out
}

// judge turns the progress of a collection into snapshots.
func judge(ctx context.Context, run *scanners.Run, progress *latest, earlier *snapshot, out chan<- *snapshot) {
	for range progress.changed {
		now, complete := progress.get()
		if now.Inventory != nil {
			run.Advance(now.Inventory)
		}
		if complete {
			earlier = nil // what this scan didn't judge isn't known any more
		}
		next := newSnapshot(run.Results(), earlier)
		next.progress, next.complete = now, complete
		if now.Inventory != nil {
			next.inventory, next.objects = now.Inventory, now.Inventory.Objects()
		}
		select {
		case out <- next:
		case <-ctx.Done():
			return
		}
		if complete {
			return
		}
		select {
		case <-time.After(scanPace):
		case <-progress.done:
		case <-ctx.Done():
			return
		}
	}
}

// latest holds the newest progress of a collection. The collection never
// waits for who reads it.
type latest struct {
	// changed has an element when there is something new, and is closed at
	// the end. done is closed as soon as the collection has ended.
	changed chan struct{}
	done    chan struct{}

	mu       sync.Mutex
	progress kube.Progress
	complete bool
}

func newLatest() *latest {
	return &latest{changed: make(chan struct{}, 1), done: make(chan struct{})}
}

// put notes a step. Steps within a list have no inventory: the earlier stays.
func (l *latest) put(p kube.Progress) {
	l.mu.Lock()
	if p.Inventory == nil {
		p.Inventory = l.progress.Inventory
	}
	l.progress = p
	l.mu.Unlock()
	l.notify()
}

func (l *latest) finish(inv *kube.Inventory) {
	l.mu.Lock()
	l.progress.Inventory, l.progress.Done, l.complete = inv, l.progress.Total, true
	l.mu.Unlock()
	close(l.done)
	l.notify()
}

func (l *latest) notify() {
	select {
	case l.changed <- struct{}{}:
	default:
	}
}

func (l *latest) get() (kube.Progress, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.progress, l.complete
}

func (l *latest) close() { close(l.changed) }
