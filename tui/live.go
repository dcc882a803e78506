package tui

import (
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"kiln/kube"
	"kiln/scanners"
)

// workShare bounds what following a busy cluster costs: after judging a
// change it rests for so many times as long as that took.
const workShare = 4

// following keeps a snapshot up to date after its scan. Its work is done in
// each call of next.
type following struct {
	watcher  *kube.Watcher
	last     *snapshot
	restTill time.Time
}

// liveNews is what following has found: a new snapshot, or with none a new
// state alone.
type liveNews struct {
	snapshot *snapshot
	state    kube.WatchState
}

// follow watches the cluster from a complete snapshot on, until ctx ends.
func (s *Session) follow(ctx context.Context, namespace string, from *snapshot) *following {
	opts := kube.WatchOptions{CollectOptions: kube.CollectOptions{Namespace: namespace}}
	return &following{watcher: kube.Watch(ctx, s.cluster, from.inventory, opts), last: from}
}

// next waits for a change and judges it; nil means that ctx has ended.
func (f *following) next(ctx context.Context) *liveNews {
	rest := time.NewTimer(time.Until(f.restTill))
	defer rest.Stop()
	select {
	case <-rest.C:
	case <-ctx.Done():
		return nil
	}
	update, ok := f.watcher.Next(ctx)
	if !ok {
		return nil
	}
	news := &liveNews{state: update.State}
	if update.Inventory != nil {
		began := time.Now()
		f.last = f.last.successor(update)
		news.snapshot = f.last
		f.restTill = time.Now().Add(workShare * time.Since(began))
	}
	return news
}

// delta tells a snapshot that came live from the one before.
type delta struct {
	// resources and objects are what has changed in the cluster, as in
	// kube.Update.
	resources []kube.Resource
	objects   map[kube.Ref]string
	// appeared, altered and gone are findings.
	appeared, altered, gone []*scanners.Finding
}

// successor judges what an update touches. Where the findings are the same,
// all that was made of them is kept.
func (s *snapshot) successor(update kube.Update) *snapshot {
	results, differ := scanners.Reevaluate(s.results, update.Inventory, update.Changed)
	d := &delta{resources: update.Changed, objects: update.Objects}
	var next *snapshot
	if len(differ) == 0 {
		same := *s
		next = &same
	} else {
		next = newSnapshot(results, nil)
		next.progress, next.complete = s.progress, s.complete
		for _, i := range differ {
			d.compare(s.results[i], results[i])
		}
	}
	next.delta, next.inventory, next.objects = d, update.Inventory, update.Inventory.Objects()
	return next
}

// compare adds what has changed in one check's findings.
func (d *delta) compare(before, after scanners.CheckResult) {
	known := make(map[string]*scanners.Finding, len(before.Findings))
	for i := range before.Findings {
		known[before.Findings[i].ID] = &before.Findings[i]
	}
	for i := range after.Findings {
		f := &after.Findings[i]
		switch old := known[f.ID]; {
		case old == nil:
			d.appeared = append(d.appeared, f)
		case old.Message != f.Message || old.Severity != f.Severity || old.Path != f.Path || old.Accepted.Holds() != f.Accepted.Holds():
			d.altered = append(d.altered, f)
		}
		delete(known, f.ID)
	}
	for i := range before.Findings {
		if f := &before.Findings[i]; known[f.ID] != nil && after.Status != scanners.NotKnown && !after.Incomplete {
			d.gone = append(d.gone, f)
		}
	}
}

// concerns says whether an object, or what is found of it, has changed.
func (d *delta) concerns(ref kube.Ref) bool {
	if d == nil || d.objects == nil {
		return true
	}
	if _, changed := d.objects[ref]; changed {
		return true
	}
	about := func(f *scanners.Finding) bool { return f.Object == ref }
	return slices.ContainsFunc(d.appeared, about) || slices.ContainsFunc(d.altered, about) || slices.ContainsFunc(d.gone, about)
}

// touches says whether something of these resources has changed.
func (d *delta) touches(resources ...kube.Resource) bool {
	return d == nil || slices.ContainsFunc(d.resources, func(r kube.Resource) bool { return slices.Contains(resources, r) })
}

// pickyView is a liveView that needn't hear of every change, because it asks
// the cluster itself.
type pickyView interface {
	concernedBy(*delta) bool
}

// tellViews hands the new snapshot to those views that it concerns.
func (a *App) tellViews() tea.Cmd {
	var cmds []tea.Cmd
	for _, v := range a.views {
		if picky, ok := v.(pickyView); ok && a.snapshot.delta != nil && !picky.concernedBy(a.snapshot.delta) {
			continue
		}
		if live, ok := v.(liveView); ok {
			cmds = append(cmds, live.onSnapshot())
		}
	}
	return tea.Batch(cmds...)
}
