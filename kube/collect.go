package kube

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	"k8s.io/apimachinery/pkg/types"

	"kiln/kube/crash"
)

// listsAtOnce is how many lists run side by side: enough to hide latency, few
// enough for the server's fairness.
const listsAtOnce = 4

// CollectOptions narrow or widen what is read.
type CollectOptions struct {
	// Namespace limits namespaced kinds; empty means all.
	Namespace string
	// Kubelets reads every node's live kubelet configuration, which needs the
	// right to proxy to nodes.
	Kubelets bool
	// NodeFacts is what node probes saw before, by node.
	NodeFacts map[string]NodeFacts
	// Only limits what is read to these resources; empty means all.
	Only []Resource
	// Now is the time to record; the zero value means the present.
	Now time.Time
}

func (o CollectOptions) reads(r Resource) bool {
	return len(o.Only) == 0 || slices.Contains(o.Only, r)
}

// Progress is one step of a collection.
type Progress struct {
	// Resource is what moved on, and Count how many of it have been read.
	Resource Resource
	Count    int
	// Done of Total resources are settled.
	Done, Total int
	// Inventory is what is known so far, whenever a resource has settled; nil
	// between. It may be read at leisure.
	Inventory *Inventory
}

// Collect reads the cluster. What can't be read becomes a gap of the
// Inventory; the only error is ctx's. progress may be nil; its calls never
// overlap.
func Collect(ctx context.Context, c *Cluster, opts CollectOptions, progress func(Progress)) (*Inventory, error) {
	if opts.Now.IsZero() {
		opts.Now = time.Now()
	}
	if progress == nil {
		progress = func(Progress) {}
	}
	unwanted := func(k kind) bool { return !opts.reads(k.resource) }
	table, custom := slices.DeleteFunc(kinds(), unwanted), slices.DeleteFunc(customKinds(), unwanted)
	col := &collector{cluster: c, opts: opts, progress: progress, total: len(table) + len(custom) + 5, inv: newInventory()}
	col.inv.TakenAt, col.inv.Namespace = opts.Now.UTC(), opts.Namespace
	col.inv.Source = Source{Context: c.Context, Server: c.Server, Version: c.Version}
	col.settle(ServerVersion, batch{}, nil)

	group, lists := errgroup.WithContext(ctx)
	group.SetLimit(listsAtOnce)
	for _, k := range table {
		group.Go(func() error {
			defer crash.Catch(ctx)
			return col.read(lists, k)
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	if err := col.readCustom(ctx, custom); err != nil {
		return nil, err
	}
	if opts.reads(TLSCertificates) {
		col.settleCertificates(ctx)
	}
	if opts.reads(APIServerFlags) {
		col.readControlPlane(ctx)
	}
	if opts.reads(NodeProbes) {
		col.settleNodeProbes()
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return col.inv, nil
}

func newInventory() *Inventory {
	return &Inventory{
		settled:  map[Resource]bool{},
		gaps:     map[Resource]Gap{},
		versions: map[Resource]string{},
		managers: map[Resource]map[types.UID]string{},
		origins:  map[Object]Origin{},
		memo:     newMemo(),
	}
}

// collector guards the Inventory while lists come in.
type collector struct {
	cluster  *Cluster
	opts     CollectOptions
	progress func(Progress)
	total    int

	mu  sync.Mutex
	inv *Inventory
}

// read lists one kind. Only the end of the whole collection is an error.
func (col *collector) read(ctx context.Context, k kind) error {
	b, err := k.list(ctx, col.cluster, col.opts.Namespace, func(count int) {
		col.mu.Lock()
		defer col.mu.Unlock()
		col.progress(Progress{Resource: k.resource, Count: count, Done: len(col.inv.settled), Total: col.total})
	})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	col.settle(k.resource, b, col.gap(k.resource, err))
	return nil
}

func (col *collector) gap(r Resource, err error) *Gap {
	if err == nil {
		return nil
	}
	g := gapOf(r, err, col.cluster.User)
	return &g
}

// settle stores what a list brought, and its gap if there is one, and tells
// the world.
func (col *collector) settle(r Resource, b batch, gap *Gap) {
	col.mu.Lock()
	defer col.mu.Unlock()
	inv := col.inv
	inv.settled[r] = true
	if gap != nil {
		inv.gaps[r] = *gap
	}
	if b.store != nil {
		b.store(inv) // what came before an error is shown; the gap keeps checks from passing
		inv.objects += b.count
		inv.managers[r] = b.managers
		inv.versions[r] = b.version
		inv.OldVersions = append(inv.OldVersions, b.old...)
	}
	if inv.Workloads == nil && allSettled(inv, WorkloadResources()) {
		joinWorkloads(inv)
		dropSpokenFor(inv)
	}
	snapshot := *inv
	snapshot.memo = newMemo() // what was made of less would be wrong for more
	snapshot.settled, snapshot.gaps, snapshot.managers, snapshot.versions = maps.Clone(inv.settled), maps.Clone(inv.gaps), maps.Clone(inv.managers), maps.Clone(inv.versions)
	col.progress(Progress{Resource: r, Count: b.count, Done: len(inv.settled), Total: col.total, Inventory: &snapshot})
}

func allSettled(inv *Inventory, resources []Resource) bool {
	for _, r := range resources {
		if !inv.settled[r] {
			return false
		}
	}
	return true
}
