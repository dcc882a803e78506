package kube

import (
	"context"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/tools/pager"
)

// resolvePeers names the pods and services that the evidence's connections go
// to or come from. What may not be listed is said to be unknown.
func (c *Cluster) resolvePeers(ctx context.Context, evidence *Evidence) error {
	if len(evidence.Connections) == 0 {
		return nil
	}
	owners := map[string][]string{}
	note := func(address, who string) {
		if address != "" && address != corev1.ClusterIPNone && !slices.Contains(owners[address], who) {
			owners[address] = append(owners[address], who)
		}
	}
	pods := pager.New(func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) {
		return c.Client.CoreV1().Pods("").List(ctx, o)
	})
	services := pager.New(func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) {
		return c.Client.CoreV1().Services("").List(ctx, o)
	})
	for what, list := range map[string]*pager.ListPager{"pods": pods, "services": services} {
		err := list.EachListItem(ctx, metav1.ListOptions{}, func(object runtime.Object) error {
			switch object := object.(type) {
			case *corev1.Pod:
				for _, ip := range object.Status.PodIPs {
					if !object.Spec.HostNetwork {
						note(ip.IP, "Pod/"+object.Name+" in "+object.Namespace)
					}
				}
			case *corev1.Service:
				for _, ip := range object.Spec.ClusterIPs {
					note(ip, "Service/"+object.Name+" in "+object.Namespace)
				}
			}
			return nil
		})
		if ctx.Err() != nil {
			return fmt.Errorf("naming the peers: %w", ctx.Err())
		}
		if err != nil {
			evidence.Unknown = append(evidence.Unknown, "which "+what+" the peers are: "+Clean(err.Error()))
		}
	}
	for i := range evidence.Connections {
		who := owners[evidence.Connections[i].Peer]
		slices.Sort(who)
		evidence.Connections[i].Who = who
	}
	return nil
}
