package kube

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// probeScript is what a probe runs; busybox is enough for it.
//
//go:embed probe.sh
var probeScript string

// probeTime is how long a probe may take, and probeSize what it may say.
const (
	probeTime = 10 * time.Second
	probeSize = 1 << 20
)

// Evidence is what a probe saw of a running container at one time. It proves
// that something happens, never that something else doesn't.
type Evidence struct {
	APIVersion string    `json:"apiVersion"`
	Time       time.Time `json:"time"`
	// Template names the pod template that the container comes from: the pods'
	// controller with the revision, or the pod itself.
	Template  string `json:"template"`
	Pod       Ref    `json:"pod"`
	Container string `json:"container"`
	// Started is when the container's first process did.
	Started time.Time `json:"started"`

	UID int64 `json:"uid"`
	GID int64 `json:"gid"`
	// Users are all users that the container's processes ran as, as far as they
	// could be told from others'.
	Users []int64 `json:"users,omitempty"`
	// Effective and Bounding are capabilities, as pod specs name them.
	Effective  []string `json:"effective"`
	Bounding   []string `json:"bounding"`
	NoNewPrivs bool     `json:"noNewPrivs"`
	// Seccomp is "disabled", "strict" or "filter".
	Seccomp string `json:"seccomp"`
	// AppArmor is the process's label; empty if there is none.
	AppArmor string `json:"apparmor,omitempty"`

	// Written are the files that were written since the start, by folder.
	Written []WrittenFolder `json:"written"`
	// Setuid are files with the setuid or setgid bit.
	Setuid          []string `json:"setuid"`
	Shells          []string `json:"shells"`
	PackageManagers []string `json:"packageManagers"`
	// Listening and Connections are the pod's: its containers share them.
	Listening   []Socket     `json:"listening"`
	Connections []Connection `json:"connections"`
	// RawSockets are open sockets that take NET_RAW, the pod's.
	RawSockets int `json:"rawSockets,omitempty"`
	// OpenPorts is the first port that takes no capability to listen at, the
	// pod's; 0 where it isn't known. Linux begins with 1024.
	OpenPorts int     `json:"openPorts,omitempty"`
	Mounts    []Mount `json:"mounts"`
	// TokenMounted says that the ServiceAccount's token is there. Whether it
	// is used can't be seen.
	TokenMounted bool `json:"tokenMounted"`
	// Unknown says what could not be seen, a clause each.
	Unknown []string `json:"unknown,omitempty"`
}

// WrittenFolder is a folder that a container writes to.
type WrittenFolder struct {
	Path  string `json:"path"`
	Files int    `json:"files"`
	// Volume is the mount point that it lies under; "/" for the container's
	// own file system, which goes with the container.
	Volume string `json:"volume"`
}

// Socket is an address that something listens at.
type Socket struct {
	Protocol string `json:"protocol"` // TCP or UDP
	Address  string `json:"address"`
	Port     int    `json:"port"`
}

// Connection is an established TCP connection.
type Connection struct {
	// Inbound means that the peer connected to Port of the pod; else the pod
	// connected to Port of the peer.
	Inbound bool   `json:"inbound"`
	Peer    string `json:"peer"`
	Port    int    `json:"port"`
	// Who are the pods and services with the peer's address; none if it's
	// outside of the cluster, or not known.
	Who []string `json:"who,omitempty"`
	// Peers are what Who names, as a network policy can name them.
	Peers []Peer `json:"peers,omitempty"`
}

// Peer is a pod or a service at the other end of a connection.
type Peer struct {
	Kind      string `json:"kind"` // Pod or Service
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	// Labels are the pod's, or those that the service selects. A service that
	// selects none has Addresses instead, those behind it.
	Labels    map[string]string `json:"labels,omitempty"`
	Addresses []string          `json:"addresses,omitempty"`
	// Port is where the service sends the connection: a number, or a name of
	// its pods' ports.
	Port string `json:"port,omitempty"`
}

// String is "Pod/x in shop".
func (p Peer) String() string { return p.Kind + "/" + p.Name + " in " + p.Namespace }

// Mount is a mounted file system.
type Mount struct {
	Path     string `json:"path"`
	Type     string `json:"type"`
	ReadOnly bool   `json:"readOnly"`
}

// Probe runs the probe in a debug container that runs already.
func (c *Cluster) Probe(ctx context.Context, plan DebugPlan, now time.Time) (Evidence, error) {
	pod, err := c.Client.CoreV1().Pods(plan.Pod.Namespace).Get(ctx, plan.Pod.Name, metav1.GetOptions{})
	if err != nil {
		return Evidence{}, fmt.Errorf("probing %s: %w", plan.Pod, err)
	}
	target := plan.Container.TargetContainerName
	id, err := runningID(pod, target)
	if err != nil {
		return Evidence{}, fmt.Errorf("probing %s: %w", plan.Pod, err)
	}
	first := "1"
	if shared := pod.Spec.ShareProcessNamespace; shared != nil && *shared || pod.Spec.HostPID {
		first = "" // that is another container's process, or the node's
	}
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	var out limitedBuffer
	err = c.Exec(ctx, Exec{
		Pod: plan.Pod, Container: plan.Container.Name, Out: &out,
		Command: []string{"sh", "-c", probeScript, "kiln-probe", id, first},
	})
	if err != nil {
		return Evidence{}, fmt.Errorf("probing %s: %w", plan.Pod, err)
	}
	evidence, err := parseProbe(out.String())
	if err != nil {
		return Evidence{}, fmt.Errorf("probing %s: %w", plan.Pod, err)
	}
	evidence.APIVersion, evidence.Time = "kiln/v1", now.UTC().Truncate(time.Second)
	evidence.Template, evidence.Pod, evidence.Container = TemplateOf(pod), plan.Pod, target
	return evidence, c.resolvePeers(ctx, &evidence)
}

// runningID is the runtime's id of the container, without its scheme.
func runningID(pod *corev1.Pod, container string) (string, error) {
	for _, status := range append(pod.Status.ContainerStatuses, pod.Status.InitContainerStatuses...) {
		if status.Name != container {
			continue
		}
		_, id, found := strings.Cut(status.ContainerID, "://")
		if !found || status.State.Running == nil {
			return "", fmt.Errorf("the container %s isn't running", container)
		}
		return id, nil
	}
	return "", fmt.Errorf("the container %s hasn't started", container)
}

// TemplateOf names the template that a pod was made from, as Evidence does.
func TemplateOf(pod metav1.Object) string {
	owner := metav1.GetControllerOf(pod)
	if owner == nil {
		return "Pod/" + pod.GetName()
	}
	name := owner.Kind + "/" + owner.Name // a ReplicaSet's name tells its revision
	if revision := pod.GetLabels()["controller-revision-hash"]; revision != "" {
		name += "@" + revision
	}
	return name
}

// limitedBuffer stops a container that says more than any probe would.
type limitedBuffer struct{ bytes.Buffer }

func (b *limitedBuffer) Write(data []byte) (int, error) {
	if b.Len()+len(data) > probeSize {
		return 0, errors.New("the probe says too much")
	}
	return b.Buffer.Write(data)
}
