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

// firstFindings is how long it takes from the connection to the first
// findings, which the terminal UI shows while the rest still comes in.
func firstFindings(ctx context.Context, kubeconfig string) (time.Duration, error) {
	cluster, err := connect(kubeconfig)
	if err != nil {
		return 0, err
	}
	started, first := time.Now(), time.Duration(0)
	run := scanners.NewRun(catalogue.Checks())
	_, err = kube.Collect(ctx, cluster, kube.CollectOptions{}, func(p kube.Progress) {
		if p.Inventory == nil || first > 0 {
			return
		}
		for _, result := range run.Advance(p.Inventory) {
			if len(result.Findings) > 0 {
				first = time.Since(started)
				return
			}
		}
	})
	return first, err
}
