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
		page(core.Pods(all).List), page(apps.ReplicaSets(all).List), page(apps.Deployments(all).List),
		page(core.Namespaces().List), page(core.Nodes().List), page(core.Services(all).List), page(core.ConfigMaps(all).List), page(core.ServiceAccounts(all).List),
		page(rbac.ClusterRoles().List), page(rbac.Roles(all).List), page(rbac.RoleBindings(all).List), page(rbac.ClusterRoleBindings().List),
	}
}

func page[T runtime.Object](list func(context.Context, metav1.ListOptions) (T, error)) pager.ListPageFunc {
	return func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) { return list(ctx, o) }
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
