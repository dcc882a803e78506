package tui

import (
	"context"
	"sync"
	"time"

	"kiln/kube"
	"kiln/kube/crash"
	"kiln/scanners"
)

// scanPace is the least time between two snapshots of a running scan, so that
// the screen isn't redrawn for every page of a list.
const scanPace = 200 * time.Millisecond

// reading is a scan under way: a collection that runs by itself, and the
// judging of what it brings, which goes on in each call of next.
type reading struct {
	run      *scanners.Run
	progress *latest
	earlier  *snapshot
	paceFrom time.Time
}

// read starts to read the cluster. What earlier knows is shown until the scan
// has judged it anew.
func (s *Session) read(ctx context.Context, opts kube.CollectOptions, earlier *snapshot) *reading {
	r := &reading{run: scanners.NewRun(s.checks), progress: newLatest(), earlier: earlier}
	go func() {
		defer r.progress.close()
		defer crash.Catch(ctx)
		opts.NodeFacts, _ = keptNodeFacts(s.cluster) // what can't be read is unknown
		inv, err := kube.Collect(ctx, s.cluster, opts, r.progress.put)
		if err == nil {
			r.progress.finish(inv)
		}
	}()
	return r
}

// next waits for something new and judges it. The last snapshot is complete;
// nil means that ctx has ended before.
func (r *reading) next(ctx context.Context) *snapshot {
	if !r.wait(ctx) {
		return nil
	}
	now, complete := r.progress.get()
	if now.Inventory != nil {
		r.run.Advance(now.Inventory)
	}
	if complete {
		r.earlier = nil // what this scan didn't judge isn't known any more
	}
	next := newSnapshot(r.run.Results(), r.earlier)
	next.progress, next.complete, next.inventory = now, complete, now.Inventory
	if r.earlier != nil && r.earlier.inventory != nil {
		next.inventory = r.earlier.inventory // a whole one, for plans made meanwhile
	}
	if next.inventory != nil {
		next.objects = next.inventory.Objects()
	}
	r.paceFrom = time.Now()
	return next
}

// wait keeps the pace, but not at the end, and waits for news.
func (r *reading) wait(ctx context.Context) bool {
	pace := time.NewTimer(time.Until(r.paceFrom.Add(scanPace)))
	defer pace.Stop()
	select {
	case <-pace.C:
	case <-r.progress.done:
	case <-ctx.Done():
		return false
	}
	select {
	case _, news := <-r.progress.changed:
		return news
	case <-ctx.Done():
		return false
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
