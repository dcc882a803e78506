package kube

import (
	"cmp"
	"maps"
	"reflect"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/types"
)

type uid = types.UID

// turnover is what has happened to one kind since the last fold.
type turnover struct {
	// listed is a new list, and gap why there is none any more.
	listed *batch
	gap    *Gap
	// seen are the objects that came after it, by uid; those without an
	// object are gone.
	seen map[uid]sighting
}

// successor is a copy of inv to change, which shares what isn't replaced.
func (inv *Inventory) successor(now time.Time) *Inventory {
	next := *inv
	next.TakenAt = now.UTC()
	next.memo = newMemo()
	next.settled, next.gaps, next.managers = maps.Clone(inv.settled), maps.Clone(inv.gaps), maps.Clone(inv.managers)
	next.OldVersions = slices.Clip(inv.OldVersions)
	return &next
}

// fold brings what has happened to one kind into inv, which nobody else has
// seen yet, and adds what has changed to objects, with the version. It says
// whether there was anything.
func (inv *Inventory) fold(k kind, t *turnover, objects map[Ref]string) bool {
	before := k.objects(inv)
	gap := inv.foldGap(k, t)
	t.unroll(k, before)
	if k.resource == Pods {
		t.keepSpecs(inv)
	}
	after := make([]Object, 0, len(before)+len(t.seen))
	turned := map[uid]sighting{}
	for _, obj := range before {
		seen, ok := t.seen[obj.GetUID()]
		switch {
		case !ok || seen.object != nil && sameObject(obj, seen.object):
			after = append(after, obj)
		case seen.object != nil:
			after = append(after, seen.object)
			fallthrough
		default:
			turned[obj.GetUID()] = seen
			objects[RefOf(obj)] = seen.version
		}
		delete(t.seen, obj.GetUID())
	}
	for id, seen := range t.seen {
		if seen.object != nil {
			after, turned[id] = append(after, seen.object), seen
			objects[RefOf(seen.object)] = seen.version
		}
	}
	if len(turned) > 0 {
		slices.SortStableFunc(after, byNamespaceAndName)
		k.put(inv, after)
		inv.objects += len(after) - len(before)
		inv.foldManagers(k.resource, turned)
		inv.foldOldVersions(turned)
	}
	return gap || len(turned) > 0
}

// foldGap sets or closes the kind's gap, and says whether that's new.
func (inv *Inventory) foldGap(k kind, t *turnover) bool {
	known, had := inv.gaps[k.resource]
	switch {
	case t.gap != nil:
		inv.gaps[k.resource] = *t.gap
		return !had || known != *t.gap
	case t.listed != nil && had:
		delete(inv.gaps, k.resource)
		return true
	}
	return false
}

// unroll turns a new list, or a gap, into sightings: of each object in it,
// and of those before that are gone.
func (t *turnover) unroll(k kind, before []Object) {
	if t.listed == nil && t.gap == nil {
		return
	}
	list := map[uid]sighting{}
	if t.listed != nil {
		scratch := &Inventory{}
		t.listed.store(scratch)
		for _, obj := range k.objects(scratch) {
			list[obj.GetUID()] = sighting{object: obj, manager: t.listed.managers[obj.GetUID()], version: obj.GetResourceVersion()}
		}
		for _, old := range t.listed.old {
			seen := list[old.Object.GetUID()]
			seen.old = append(seen.old, old)
			list[old.Object.GetUID()] = seen
		}
	}
	for _, obj := range before {
		if _, there := list[obj.GetUID()]; !there {
			list[obj.GetUID()] = sighting{}
		}
	}
	maps.Copy(list, t.seen) // what came later is newer
	t.seen = list
}

// sameObject says that nothing which kiln keeps has changed.
func sameObject(old, fresh Object) bool {
	version := fresh.GetResourceVersion()
	if version != "" && version == old.GetResourceVersion() {
		return true
	}
	fresh.SetResourceVersion(old.GetResourceVersion())
	defer fresh.SetResourceVersion(version)
	return reflect.DeepEqual(old, fresh)
}

func (inv *Inventory) foldManagers(r Resource, turned map[uid]sighting) {
	managers := maps.Clone(inv.managers[r])
	for id, seen := range turned {
		delete(managers, id)
		if seen.manager != "" {
			if managers == nil {
				managers = map[uid]string{}
			}
			managers[id] = seen.manager
		}
	}
	inv.managers[r] = managers
}

func (inv *Inventory) foldOldVersions(turned map[uid]sighting) {
	var all []OldVersion
	for _, old := range inv.OldVersions {
		if _, replaced := turned[old.Object.GetUID()]; !replaced {
			all = append(all, old)
		}
	}
	for _, seen := range turned {
		all = append(all, seen.old...)
	}
	slices.SortStableFunc(all, func(a, b OldVersion) int { return byNamespaceAndName(a.Object, b.Object) })
	inv.OldVersions = all
}

func byNamespaceAndName(a, b Object) int {
	return cmp.Or(cmp.Compare(a.GetNamespace(), b.GetNamespace()), cmp.Compare(a.GetName(), b.GetName()))
}
