package kube

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
)

// TestAForgetfulServerIsNotListedWithoutEnd: one that forgets at once what it
// has just listed must not be kept busy with whole lists.
func TestAForgetfulServerIsNotListedWithoutEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lists := 0
		forgetful := kind{
			resource: ConfigMaps,
			list: func(context.Context, *Cluster, string, func(int)) (batch, error) {
				lists++
				return batch{version: "1"}, nil
			},
			watch: func(context.Context, *Cluster, string, metav1.ListOptions) (watch.Interface, error) {
				return nil, apierrors.NewResourceExpired("too old")
			},
		}
		w := &Watcher{lists: make(chan struct{}, 1), news: make(chan struct{}, 1), pending: map[Resource]*turnover{}, revived: make(chan struct{})}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		w.follow(ctx, forgetful, "")
		if lists != 3 { // after pauses of at least 0.2, 0.4 and 0.8 seconds
			t.Errorf("%d lists in a second", lists)
		}
	})
}
