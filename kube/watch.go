package kube

import (
	"context"
	"slices"
	"sync"
	"time"
)

// gather is how long a change waits for others that come with it.
const gather = 200 * time.Millisecond

// Watcher keeps an Inventory up to date. It watches each kind from where its
// list ended, and holds nothing besides the Inventory and what has changed
// since the last Update.
type Watcher struct {
	cluster *Cluster
	opts    WatchOptions
	table   []kind
	// following ends what follows a kind.
	following map[Resource]context.CancelFunc
	// inv is the latest; only Next touches it.
	inv *Inventory
	// reported is the state of the last Update.
	reported WatchState
	// lists bounds how many lists run side by side.
	lists chan struct{}
	// news has an element when there is something to fold in.
	news chan struct{}

	mu      sync.Mutex
	pending map[Resource]*turnover
	faults  map[Resource]fault
	// revived is closed, and made anew, when a lost watch has come back: then
	// the others needn't wait any longer.
	revived chan struct{}
}

// Update is what a Watcher has learned since the last one.
type Update struct {
	// Inventory is a new one; nil if nothing but State is new.
	Inventory *Inventory
	// Changed are the resources of which something has changed.
	Changed []Resource
	// Objects are what has changed, been made or been deleted, with the
	// resourceVersion as far as it's known; nil if those are too many to name.
	Objects map[Ref]string
	State   WatchState
}

// mostNamed is how many changed objects an Update names.
const mostNamed = 1000

// WatchOptions say what to follow.
type WatchOptions struct {
	// CollectOptions are those that the Inventory was read with.
	CollectOptions
	// Relist is the time between two lists of what can't be watched; the zero
	// value means a minute.
	Relist time.Duration
}

// Watch follows the cluster from what inv, which Collect has read, knows of
// it. It ends with ctx.
func Watch(ctx context.Context, c *Cluster, inv *Inventory, opts WatchOptions) *Watcher {
	if opts.Relist == 0 {
		opts.Relist = time.Minute
	}
	w := &Watcher{
		cluster: c, opts: opts, inv: inv,
		following: map[Resource]context.CancelFunc{},
		lists:     make(chan struct{}, listsAtOnce),
		news:      make(chan struct{}, 1),
		pending:   map[Resource]*turnover{},
		faults:    map[Resource]fault{},
		revived:   make(chan struct{}),
	}
	for _, k := range append(kinds(), customKinds()...) {
		if opts.reads(k.resource) {
			w.table = append(w.table, k)
		}
	}
	for _, k := range w.table {
		if !k.custom {
			w.begin(ctx, k, inv.versions[k.resource])
		}
	}
	w.followCustom(ctx, inv.versions)
	return w
}

// begin follows a kind from a version on; without one its list comes first.
func (w *Watcher) begin(ctx context.Context, k kind, version string) {
	if _, unread := w.inv.gaps[k.resource]; unread {
		version = ""
	}
	ctx, cancel := context.WithCancel(ctx)
	w.following[k.resource] = cancel
	go w.follow(ctx, k, version)
}

// Next waits for news and folds it in. It returns false when ctx has ended.
// Only one goroutine may call it.
func (w *Watcher) Next(ctx context.Context) (Update, bool) {
	for {
		select {
		case <-w.news:
		case <-ctx.Done():
			return Update{}, false
		}
		if !sleep(ctx, gather) {
			return Update{}, false
		}
		update := w.fold(ctx)
		if ctx.Err() != nil {
			return Update{}, false
		}
		if update.Inventory != nil || !update.State.equal(w.reported) {
			w.reported = update.State
			return update, true
		}
	}
}

// fold makes a new Inventory of the latest and what has happened since. The
// latest may be in use elsewhere and isn't changed.
func (w *Watcher) fold(ctx context.Context) Update {
	pending, update := w.take()
	next := w.inv.successor(time.Now())
	for _, k := range w.table {
		t := pending[k.resource]
		if t == nil {
			continue
		}
		if next.fold(k, t, update.Objects) {
			update.Changed = append(update.Changed, k.resource)
		}
	}
	if slices.Contains(update.Changed, Pods) {
		w.standIns(ctx, next)
	}
	if update.touches(WorkloadResources()...) {
		next.Workloads = nil
		joinWorkloads(next)
	}
	update.Changed = append(update.Changed, w.rereadEndpoints(ctx, next, update)...)
	if len(update.Objects) > mostNamed {
		update.Objects = nil
	}
	if len(update.Changed) > 0 {
		w.inv, update.Inventory = next, next
	}
	if update.touches(CustomResourceDefinitions) {
		w.followCustom(ctx, nil)
	}
	return update
}

// take empties what is pending.
func (w *Watcher) take() (map[Resource]*turnover, Update) {
	w.mu.Lock()
	defer w.mu.Unlock()
	pending := w.pending
	w.pending = map[Resource]*turnover{}
	return pending, Update{State: w.state(), Objects: map[Ref]string{}}
}

func (u Update) touches(resources ...Resource) bool {
	return slices.ContainsFunc(u.Changed, func(r Resource) bool { return slices.Contains(resources, r) })
}

// tell says that there is something to fold in.
func (w *Watcher) tell() {
	select {
	case w.news <- struct{}{}:
	default:
	}
}

func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
