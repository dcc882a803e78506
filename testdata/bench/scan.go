package main

import (
	"context"
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/pager"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/catalogue"
)

func connect(kubeconfig string) (*kube.Cluster, error) {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return nil, err
	}
	return kube.NewCluster(config, "bench")
}

// list is the yardstick: typed protobuf lists in pages, nothing kept.
func list(ctx context.Context, kubeconfig string) error {
	cluster, err := connect(kubeconfig)
	if err != nil {
		return err
	}
	n := 0
	for _, page := range pages(cluster) {
		p := pager.New(page)
		p.PageBufferSize = 1
		err := p.EachListItem(ctx, metav1.ListOptions{}, func(runtime.Object) error { n++; return nil })
		if err != nil {
			return err
		}
	}
	fmt.Printf("%d objects\n", n)
	return nil
}

func pages(c *kube.Cluster) []pager.ListPageFunc {
	core, apps, rbac := c.Client.CoreV1(), c.Client.AppsV1(), c.Client.RbacV1()
	all := metav1.NamespaceAll
	return []pager.ListPageFunc{
		func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) {
			return core.Pods(all).List(ctx, o)
		},
		func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) {
			return apps.ReplicaSets(all).List(ctx, o)
		},
		func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) {
			return apps.Deployments(all).List(ctx, o)
		},
		func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) {
			return core.Namespaces().List(ctx, o)
		},
		func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) {
			return core.Nodes().List(ctx, o)
		},
		func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) {
			return core.Services(all).List(ctx, o)
		},
		func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) {
			return core.ConfigMaps(all).List(ctx, o)
		},
		func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) {
			return core.ServiceAccounts(all).List(ctx, o)
		},
		func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) {
			return rbac.ClusterRoles().List(ctx, o)
		},
		func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) {
			return rbac.Roles(all).List(ctx, o)
		},
		func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) {
			return rbac.RoleBindings(all).List(ctx, o)
		},
		func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) {
			return rbac.ClusterRoleBindings().List(ctx, o)
		},
	}
}

// scan is kiln's own way: collect, and run every check as soon as it is ready.
func scan(ctx context.Context, kubeconfig string) error {
	cluster, err := connect(kubeconfig)
	if err != nil {
		return err
	}
	cluster.Version = "v1.36.3"
	started := time.Now()
	run, findings, first := scanners.NewRun(catalogue.Checks()), 0, time.Duration(0)
	inv, err := kube.Collect(ctx, cluster, kube.CollectOptions{}, func(p kube.Progress) {
		if p.Inventory == nil {
			return
		}
		for _, result := range run.Advance(p.Inventory) {
			if findings += len(result.Findings); findings > 0 && first == 0 {
				first = time.Since(started)
			}
		}
	})
	if err != nil {
		return err
	}
	fmt.Printf("%d objects, %d findings of %d checks, the first after %.2f s (budget %.1f)\n",
		inv.Objects(), findings, len(run.Results()), first.Seconds(), firstBudget)
	return nil
}
