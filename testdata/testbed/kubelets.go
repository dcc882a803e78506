package main

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
)

// playKubelets makes a cluster of nodes without kubelets look alive until ctx
// ends: it reports each pod that was bound to such a node as running, and the
// pods of Jobs as done. Nothing runs, of course; there are no containers to look
// into, and no logs. Nodes that hold a lease have a kubelet, and are left to it.
func playKubelets(ctx context.Context, config *rest.Config) error {
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return fmt.Errorf("making a client: %w", err)
	}
	actor := &actor{ctx: ctx, client: client, taken: map[netip.Addr]bool{}}
	// What failed once is tried again at the next resync.
	factory := informers.NewSharedInformerFactory(client, time.Second)
	informer := factory.Core().V1().Pods().Informer()
	_, err = informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(pod any) { actor.see(pod.(*corev1.Pod)) },
		UpdateFunc: func(_, pod any) { actor.see(pod.(*corev1.Pod)) },
	})
	if err != nil {
		return fmt.Errorf("watching pods: %w", err)
	}
	// It tries again by itself, and must not write on somebody else's screen.
	silent := func(context.Context, *cache.Reflector, error) {}
	if err := informer.SetWatchErrorHandlerWithContext(silent); err != nil {
		return fmt.Errorf("watching pods: %w", err)
	}
	factory.Start(ctx.Done())
	if !cache.WaitForCacheSync(ctx.Done(), informer.HasSynced) {
		return fmt.Errorf("watching pods: %w", context.Cause(ctx))
	}
	return nil
}

// actor plays the kubelets. The informer calls it for one pod at a time.
type actor struct {
	ctx    context.Context
	client kubernetes.Interface
	taken  map[netip.Addr]bool
}

func (a *actor) see(pod *corev1.Pod) {
	if ip, err := netip.ParseAddr(pod.Status.PodIP); err == nil {
		a.taken[ip] = true
	}
	if pod.Spec.NodeName == "" || pod.DeletionTimestamp != nil || pod.Status.Phase != corev1.PodPending {
		return
	}
	// Whatever goes wrong here passes, or shows as a pod that stays pending.
	_ = a.start(pod.DeepCopy())
}

// start reports the pod as started.
func (a *actor) start(pod *corev1.Pod) error {
	node, err := a.client.CoreV1().Nodes().Get(a.ctx, pod.Spec.NodeName, metav1.GetOptions{})
	if err != nil {
		return err
	}
	_, err = a.client.CoordinationV1().Leases(corev1.NamespaceNodeLease).Get(a.ctx, node.Name, metav1.GetOptions{})
	if !apierrors.IsNotFound(err) {
		return err // nil: it has a kubelet
	}
	hostIP, podIP := internalIP(node), ""
	if pod.Spec.HostNetwork {
		podIP = hostIP
	} else if podIP, err = a.freeIP(node); err != nil {
		return err
	}
	pod.Status = playedStatus(pod, hostIP, podIP, metav1.Now())
	_, err = a.client.CoreV1().Pods(pod.Namespace).UpdateStatus(a.ctx, pod, metav1.UpdateOptions{FieldManager: "kubelet"})
	return err
}

// freeIP takes an address from the node's range.
func (a *actor) freeIP(node *corev1.Node) (string, error) {
	addresses, err := netip.ParsePrefix(node.Spec.PodCIDR)
	if err != nil {
		return "", fmt.Errorf("node %s has no range for pods yet: %w", node.Name, err)
	}
	for ip := addresses.Addr().Next().Next(); addresses.Contains(ip); ip = ip.Next() {
		if !a.taken[ip] {
			a.taken[ip] = true
			return ip.String(), nil
		}
	}
	return "", fmt.Errorf("node %s has no address left", node.Name)
}

func internalIP(node *corev1.Node) string {
	for _, address := range node.Status.Addresses {
		if address.Type == corev1.NodeInternalIP {
			return address.Address
		}
	}
	return ""
}
