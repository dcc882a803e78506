package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
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

// changeFound is how long it takes from the answer to a write until the finding
// that it brings is there, on the cluster that is followed.
func changeFound(ctx context.Context, kubeconfig string) (time.Duration, error) {
	cluster, err := connect(kubeconfig)
	if err != nil {
		return 0, err
	}
	inv, err := kube.Collect(ctx, cluster, kube.CollectOptions{}, nil)
	if err != nil {
		return 0, err
	}
	results := scanners.Evaluate(catalogue.Checks(), inv)
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	watcher := kube.Watch(ctx, cluster, inv, kube.WatchOptions{})
	name := fmt.Sprintf("intruder-%d", time.Now().UnixNano())
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: namespaceName(0)}, Spec: podSpec(0)}
	if _, err := cluster.Client.CoreV1().Pods(pod.Namespace).Create(ctx, pod, metav1.CreateOptions{}); err != nil {
		return 0, err
	}
	made := time.Now()
	for {
		update, ok := watcher.Next(ctx)
		if !ok {
			return 0, fmt.Errorf("the pod %s was not found: %w", name, ctx.Err())
		}
		if update.Inventory == nil {
			continue
		}
		results, _ = scanners.Reevaluate(results, update.Inventory, update.Changed)
		if finds(results, "pod/privileged", name) {
			return time.Since(made), nil
		}
	}
}

func finds(results []scanners.CheckResult, check, name string) bool {
	for _, r := range results {
		if r.Check.ID == check {
			return slices.ContainsFunc(r.Findings, func(f scanners.Finding) bool { return f.Object.Name == name })
		}
	}
	return false
}
