package kube

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
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
	pods, err := c.podsAt(ctx, evidence)
	if err != nil {
		return err
	}
	services, err := c.servicesAt(ctx, evidence)
	if err != nil {
		return err
	}
	for i := range evidence.Connections {
		connection := &evidence.Connections[i]
		for _, pod := range pods[connection.Peer] {
			connection.add(peerPod(pod))
		}
		for _, service := range services[connection.Peer] {
			peer := peerService(service, connection.Port)
			if len(peer.Labels) == 0 {
				peer.Addresses = c.addressesOf(ctx, service)
			}
			connection.add(peer)
		}
		slices.Sort(connection.Who)
	}
	return nil
}

func (c *Connection) add(peer Peer) {
	if !slices.Contains(c.Who, peer.String()) {
		c.Who, c.Peers = append(c.Who, peer.String()), append(c.Peers, peer)
	}
}

// podsAt finds pods by address. Those on a node's network share it.
func (c *Cluster) podsAt(ctx context.Context, evidence *Evidence) (map[string][]*corev1.Pod, error) {
	at := map[string][]*corev1.Pod{}
	list := pager.New(func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) {
		return c.Client.CoreV1().Pods("").List(ctx, o)
	})
	err := list.EachListItem(ctx, metav1.ListOptions{}, func(object runtime.Object) error {
		pod := object.(*corev1.Pod)
		for _, ip := range pod.Status.PodIPs {
			if !pod.Spec.HostNetwork && evidence.hasPeer(ip.IP) {
				at[ip.IP] = append(at[ip.IP], pod)
			}
		}
		return nil
	})
	return at, evidence.peersUnknown(ctx, "pods", err)
}

func (c *Cluster) servicesAt(ctx context.Context, evidence *Evidence) (map[string][]*corev1.Service, error) {
	at := map[string][]*corev1.Service{}
	list := pager.New(func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) {
		return c.Client.CoreV1().Services("").List(ctx, o)
	})
	err := list.EachListItem(ctx, metav1.ListOptions{}, func(object runtime.Object) error {
		service := object.(*corev1.Service)
		for _, ip := range service.Spec.ClusterIPs {
			if evidence.hasPeer(ip) {
				at[ip] = append(at[ip], service)
			}
		}
		return nil
	})
	return at, evidence.peersUnknown(ctx, "services", err)
}

func (e *Evidence) hasPeer(address string) bool {
	return slices.ContainsFunc(e.Connections, func(c Connection) bool { return c.Peer == address })
}

// peersUnknown notes that peers can't be named; only ctx's end is an error.
func (e *Evidence) peersUnknown(ctx context.Context, what string, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("naming the peers: %w", ctx.Err())
	}
	if err != nil {
		e.Unknown = append(e.Unknown, "which "+what+" the peers are: "+Clean(err.Error()))
	}
	return nil
}

// addressesOf are those behind a service without a selector, the API server's
// own for one; none where they may not be read.
func (c *Cluster) addressesOf(ctx context.Context, service *corev1.Service) []string {
	list, err := c.Client.DiscoveryV1().EndpointSlices(service.Namespace).
		List(ctx, metav1.ListOptions{LabelSelector: discoveryv1.LabelServiceName + "=" + service.Name})
	if err != nil {
		return nil
	}
	var addresses []string
	for _, slice := range list.Items {
		for _, endpoint := range slice.Endpoints {
			addresses = append(addresses, endpoint.Addresses...)
		}
	}
	slices.Sort(addresses)
	return slices.Compact(addresses)
}

func peerPod(pod *corev1.Pod) Peer {
	labels := maps.Clone(pod.Labels)
	maps.DeleteFunc(labels, func(key, _ string) bool { return isOfOnePod(key) })
	return Peer{Kind: "Pod", Namespace: pod.Namespace, Name: pod.Name, Labels: labels}
}

// isOfOnePod tells labels that controllers give to single pods, or to one
// revision's.
func isOfOnePod(key string) bool {
	switch key {
	case "pod-template-hash", "controller-revision-hash", "pod-template-generation", "controller-uid", "job-name",
		"statefulset.kubernetes.io/pod-name", "apps.kubernetes.io/pod-index":
		return true
	}
	return strings.HasPrefix(key, "batch.kubernetes.io/")
}

func peerService(service *corev1.Service, port int) Peer {
	peer := Peer{Kind: "Service", Namespace: service.Namespace, Name: service.Name, Labels: service.Spec.Selector, Port: strconv.Itoa(port)}
	for _, p := range service.Spec.Ports {
		if int(p.Port) == port && p.TargetPort.String() != "0" {
			peer.Port = p.TargetPort.String()
		}
	}
	return peer
}
