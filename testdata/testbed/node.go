package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// nodeName is what the one real node is called.
const nodeName = "node-1"

// exitNoNode says that this machine can't run a real node.
const exitNoNode = 3

// noNodeError says what a real node needs and this machine lacks.
type noNodeError struct{ lacks []string }

func (e *noNodeError) Error() string {
	return "a real node can't run here: it needs " + strings.Join(e.lacks, ", and ") +
		" (on Debian: apt-get install containerd runc containernetworking-plugins busybox-static iproute2)"
}

// cniPlugins are where Debian puts them.
const cniPlugins = "/usr/lib/cni"

// nodeTools are the programs that a real node is made from.
var nodeTools = []string{"containerd", "containerd-shim-runc-v2", "ctr", "runc", "busybox", "ip", "go",
	cniPlugins + "/bridge", cniPlugins + "/host-local", cniPlugins + "/loopback"}

// canRunNode fails with a noNodeError where a real node can't run.
func canRunNode() error {
	var lacks []string
	if os.Geteuid() != 0 {
		lacks = append(lacks, "root")
	}
	for _, tool := range nodeTools {
		if _, err := exec.LookPath(tool); err != nil {
			lacks = append(lacks, "the program "+tool)
		}
	}
	if lacks != nil {
		return &noNodeError{lacks}
	}
	return nil
}

// node is a real node: a kubelet and containerd, in namespaces of their own
// for processes, mounts, names and the network. All that they start and mount is
// gone when the first process of the namespace is (see node_init.go), and the
// kernel ends that one together with the testbed. Only control groups
// outlive it, which whoever takes the slot next removes.
type node struct {
	slot   *nodeSlot
	subnet nodeSubnet
}

// makeNode finds a free slot and moves this process's main thread, and with
// it everything that it starts, into a network of its own. The cluster has to
// listen on the returned node's inner address.
func makeNode() (*node, error) {
	if err := canRunNode(); err != nil {
		return nil, err
	}
	allowWatches()
	slot, err := takeNodeSlot()
	if err != nil {
		return nil, err
	}
	n := &node{slot: slot, subnet: slot.subnet()}
	if err := slot.clean(); err != nil {
		return nil, errors.Join(err, slot.leave())
	}
	if err := enterNodeNetwork(slot.link(), n.subnet); err != nil {
		return nil, errors.Join(err, slot.leave())
	}
	return n, nil
}

// allowWatches raises the kernel's limit of inotify instances. With the usual
// 128, a kubelet finds none left where a few control planes run already. If it
// can't be raised, the kubelet will say so where it matters.
func allowWatches() {
	const limit, enough = "/proc/sys/fs/inotify/max_user_instances", 1024
	text, err := os.ReadFile(limit)
	if err != nil {
		return
	}
	if now, err := strconv.Atoi(strings.TrimSpace(string(text))); err != nil || now >= enough {
		return
	}
	if err := os.WriteFile(limit, []byte(strconv.Itoa(enough)), 0o644); err != nil {
		progress("the limit of inotify instances stays at %s: %v", strings.TrimSpace(string(text)), err)
	}
}

// remove takes away what is left of a node whose processes have ended.
func (n *node) remove() error {
	return errors.Join(n.slot.clean(), n.slot.leave())
}

// nodeAttributes are the namespaces that the node's first process gets.
func nodeAttributes(attributes *syscall.SysProcAttr) {
	attributes.Cloneflags = syscall.CLONE_NEWPID | syscall.CLONE_NEWNS | syscall.CLONE_NEWUTS
}

// startNode starts the node and waits until it is ready for pods.
func (c cluster) startNode(ctx context.Context, config *rest.Config, procs *processes) error {
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return fmt.Errorf("making a client: %w", err)
	}
	progress("starting a node")
	if err := procs.start("node", []string{c.dir, c.address}); err != nil {
		return err
	}
	return procs.until(ctx, "the node", func(ctx context.Context) error {
		node, err := client.CoreV1().Nodes().Get(ctx, nodeName, metav1.GetOptions{})
		if err != nil {
			return fmt.Errorf("asking for the node: %w", err)
		}
		return nodeReady(node)
	})
}

// nodeReady fails until the node takes pods.
func nodeReady(node *corev1.Node) error {
	for _, taint := range node.Spec.Taints {
		if taint.Effect == corev1.TaintEffectNoSchedule {
			return fmt.Errorf("the node has the taint %s", taint.Key)
		}
	}
	for _, condition := range node.Status.Conditions {
		if condition.Type == corev1.NodeReady && condition.Status != corev1.ConditionTrue {
			return fmt.Errorf("the node is not ready: %s", condition.Message)
		}
		if condition.Type == corev1.NodeReady {
			return nil
		}
	}
	return errors.New("the node has not said how it is")
}

// nodePath is a file of the node's configuration.
func (o options) nodePath(elem ...string) string {
	return filepath.Join(append([]string{o.dir, "node"}, elem...)...)
}
