package kube

import (
	"context"
	"reflect"
	"strings"
)

// followCustom follows the custom resources whose CRDs are there, from the
// versions if they are known, and lets go of those whose CRDs are gone.
func (w *Watcher) followCustom(ctx context.Context, versions map[Resource]string) {
	defined := map[Resource]bool{}
	for _, crd := range w.inv.CustomResourceDefinitions {
		defined[Resource(crd.Name)] = true
	}
	_, hidden := w.inv.gaps[CustomResourceDefinitions]
	for _, k := range w.table {
		stop, following := w.following[k.resource]
		gap, unread := w.inv.gaps[k.resource]
		none := &batch{store: func(*Inventory) {}}
		switch {
		case !k.custom || gap.Reason == errTooMany.Error():
		case defined[k.resource] && !following:
			w.begin(ctx, k, versions[k.resource])
		case !defined[k.resource] && following:
			stop()
			delete(w.following, k.resource)
			w.note(k.resource, fault{})
			w.change(k.resource, func(t *turnover) { *t = turnover{listed: none, seen: map[uid]sighting{}} })
		case !defined[k.resource] && unread && !hidden:
			w.change(k.resource, func(t *turnover) { t.listed = none })
		}
	}
}

// rereadEndpoints reads what can't be watched: the API server's flags and the
// certificates, once the server is back; and its flags on a static pod.
func (w *Watcher) rereadEndpoints(ctx context.Context, next *Inventory, update Update) []Resource {
	if update.touches(Pods) && strings.HasPrefix(next.APIServer.From, "static pod") {
		if server, ok := staticAPIServer(next.Pods); ok && !reflect.DeepEqual(server, next.APIServer) {
			next.APIServer = server
			return []Resource{APIServerFlags}
		}
	}
	if w.reported.Lost.IsZero() || !update.State.Lost.IsZero() {
		return nil
	}
	col := &collector{cluster: w.cluster, opts: w.opts.CollectOptions, progress: func(Progress) {}, inv: next}
	var changed []Resource
	reread := func(r Resource, read func(context.Context), same func() bool) {
		if !w.opts.reads(r) {
			return
		}
		gap, had := next.gaps[r]
		delete(next.gaps, r)
		read(ctx)
		if now, has := next.gaps[r]; had != has || gap != now || !same() {
			changed = append(changed, r)
		}
	}
	reread(APIServerFlags, col.readControlPlane, func() bool { return reflect.DeepEqual(next.APIServer, w.inv.APIServer) })
	reread(TLSCertificates, col.settleCertificates, func() bool { return reflect.DeepEqual(next.Certificates, w.inv.Certificates) })
	return changed
}
