package kube

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"reflect"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes/scheme"

	"kiln/kube/crash"
)

const (
	// watchTime is how long the server is asked to keep a watch, up to twice
	// that, so that not all end at once.
	watchTime = 5 * time.Minute
	// shortWatch is a watch that ended too soon to begin the next at once.
	shortWatch = time.Second
)

// retries are the pauses after failures.
func retries() wait.Backoff {
	return wait.Backoff{Duration: 200 * time.Millisecond, Factor: 2, Jitter: 0.5, Steps: 8, Cap: 10 * time.Second}
}

// errUnreadable is a list that can't be had, for a reason that lasts.
var errUnreadable = errors.New("it can't be listed")

// follow keeps up with one kind until ctx ends. Without a version, or when
// the server has forgotten it, the kind is listed first.
func (w *Watcher) follow(ctx context.Context, k kind, version string) {
	defer crash.Catch(ctx)
	backoff := retries()
	for ctx.Err() == nil {
		began, err := time.Now(), error(nil)
		listed := version == ""
		if listed {
			version, err = w.relist(ctx, k)
		}
		if err == nil {
			version, err = w.watch(ctx, k, version)
			if time.Since(began) > shortWatch {
				backoff = retries()
			}
		}
		switch {
		case ctx.Err() != nil:
			return
		case errors.Is(err, errUnreadable):
			sleep(ctx, wait.Jitter(w.opts.Relist, 0.2))
		case isForgotten(err):
			version = ""
			if listed { // at once again would be lists without end
				w.pause(ctx, backoff.Step())
			}
		case apierrors.IsForbidden(err), apierrors.IsMethodNotSupported(err):
			version = ""
			if !listed {
				continue // the right to list it may be gone as well
			}
			w.note(k.resource, fault{why: gapOf(k.resource, err, w.cluster.User).Reason, polled: true})
			sleep(ctx, wait.Jitter(w.opts.Relist, 0.2))
		case err != nil:
			w.note(k.resource, fault{why: Explain(err)})
			w.pause(ctx, backoff.Step())
		case time.Since(began) < shortWatch:
			w.pause(ctx, backoff.Step())
		}
	}
}

// pause waits, but no longer than until a lost watch has come back.
func (w *Watcher) pause(ctx context.Context, d time.Duration) {
	w.mu.Lock()
	revived := w.revived
	w.mu.Unlock()
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-revived:
	case <-ctx.Done():
	}
}

// relist reads a kind anew. What can't be read becomes a gap; what only fails
// for now is an error, and the objects known so far stay.
func (w *Watcher) relist(ctx context.Context, k kind) (string, error) {
	select {
	case w.lists <- struct{}{}:
		defer func() { <-w.lists }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	b, err := k.list(ctx, w.cluster, w.opts.Namespace, func(int) {})
	switch {
	case err == nil:
		w.change(k.resource, func(t *turnover) { *t = turnover{listed: &b, seen: map[uid]sighting{}} })
		return b.version, nil
	case k.custom && (meta.IsNoMatchError(err) || apierrors.IsNotFound(err)):
		meta.MaybeResetRESTMapper(w.cluster.Mapper) // a new CRD is served a moment after it's stored
		return "", fmt.Errorf("%s is not served yet", k.resource)
	case isLasting(err):
		gap := gapOf(k.resource, err, w.cluster.User)
		w.change(k.resource, func(t *turnover) { *t = turnover{gap: &gap, seen: map[uid]sighting{}} })
		w.note(k.resource, fault{})
		return "", errUnreadable
	}
	return "", err
}

// isLasting says that asking again soon won't help.
func isLasting(err error) bool {
	return apierrors.IsForbidden(err) || apierrors.IsNotFound(err) || apierrors.IsMethodNotSupported(err) ||
		meta.IsNoMatchError(err) || errors.Is(err, errTooMany)
}

// isForgotten says that the server can't go on from the version it was asked for.
func isForgotten(err error) bool {
	return apierrors.IsResourceExpired(err) || apierrors.IsGone(err) ||
		err != nil && apierrors.HasStatusCause(err, metav1.CauseTypeResourceVersionTooLarge)
}

// watch follows a kind until the watch ends, and returns the version up to
// which everything has been seen.
func (w *Watcher) watch(ctx context.Context, k kind, version string) (string, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	seconds := int64(watchTime.Seconds() * (1 + rand.Float64()))
	stream, err := k.watch(ctx, w.cluster, w.opts.Namespace, metav1.ListOptions{
		ResourceVersion: version, AllowWatchBookmarks: true, TimeoutSeconds: &seconds,
	})
	if err != nil {
		return version, err
	}
	defer stream.Stop()
	w.note(k.resource, fault{})
	for event := range stream.ResultChan() {
		if event.Type == watch.Error {
			return version, apierrors.FromObject(event.Object)
		}
		object, err := meta.Accessor(event.Object)
		if err != nil {
			return version, fmt.Errorf("watching %s: %w", k.resource, err)
		}
		version = object.GetResourceVersion()
		if event.Type == watch.Bookmark {
			continue
		}
		if err := w.see(k, event, object.GetUID(), version); err != nil {
			return version, err
		}
	}
	return version, nil
}

// see keeps one event for the next fold.
func (w *Watcher) see(k kind, event watch.Event, id uid, version string) error {
	seen := sighting{}
	if event.Type != watch.Deleted {
		var err error
		if seen, err = k.take(event.Object); err != nil {
			return err
		}
	}
	seen.version = version
	w.change(k.resource, func(t *turnover) { t.seen[id] = seen })
	return nil
}

// change adds to what has happened to a kind.
func (w *Watcher) change(r Resource, how func(*turnover)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.pending[r] == nil {
		w.pending[r] = &turnover{seen: map[uid]sighting{}}
	}
	how(w.pending[r])
	w.tell()
}

// watch opens a watch of whole objects, in protobuf.
func (c *Cluster) watch(ctx context.Context, r Resource, gvk schema.GroupVersionKind, namespace string, opts metav1.ListOptions) (watch.Interface, error) {
	client, err := c.restClient(gvk.GroupVersion())
	if err != nil {
		return nil, err
	}
	opts.Watch = true
	stream, err := client.Get().NamespaceIfScoped(namespace, namespace != "" && !clusterScoped(r)).
		Resource(resourceName(r)).VersionedParams(&opts, scheme.ParameterCodec).MaxRetries(0).Watch(ctx)
	if err == nil && reflect.TypeOf(stream) == reflect.TypeOf(watch.NewEmptyWatch()) {
		return nil, &url.Error{Op: "Watch", URL: c.Server, Err: errNoAnswer}
	}
	return stream, err
}

// errNoAnswer is a request that got none: the connection was closed, or took
// too long. Where a watch should have begun, client-go makes an empty one of it.
var errNoAnswer = errors.New("the connection ended before there was an answer")
