package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// runNode is the first process of a node's namespaces. It runs containerd and
// the kubelet for as long as both last, and takes in the processes that they
// leave behind. When it ends, the kernel ends all others in the namespace.
func runNode() int {
	if len(os.Args) != 3 || os.Getpid() != 1 {
		fmt.Fprintln(os.Stderr, "testbed: node is for \"testbed up --node\" to start")
		return 2
	}
	if err := nodeInit(options{dir: os.Args[1]}); err != nil {
		fmt.Fprintln(os.Stderr, "testbed:", err)
		return 1
	}
	return 0
}

func nodeInit(o options) error {
	if err := nodeMounts(); err != nil {
		return err
	}
	if err := syscall.Sethostname([]byte(nodeName)); err != nil {
		return fmt.Errorf("naming the node: %w", err)
	}
	containerd, err := startDaemon(o, "containerd", "containerd", "--config", o.nodePath("containerd.toml"))
	if err != nil {
		return err
	}
	if err := importImages(o, containerd); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("finding this program, to run the kubelet: %w", err)
	}
	kubelet, err := startDaemon(o, "kubelet", self, "kubelet",
		"--config="+o.nodePath("kubelet.yaml"), "--kubeconfig="+o.nodePath("kubelet.kubeconfig"),
		"--hostname-override="+nodeName, "--node-ip="+os.Args[2])
	if err != nil {
		return err
	}
	for {
		var status syscall.WaitStatus
		id, err := syscall.Wait4(-1, &status, 0, nil)
		switch {
		case errors.Is(err, syscall.EINTR):
		case err != nil:
			return fmt.Errorf("waiting for the node's processes: %w", err)
		case id == containerd:
			return containerdEnded(o, status)
		case id == kubelet:
			return fmt.Errorf("the kubelet ended (%v); its log ends with:\n%s", status, tail(o.path("logs", "kubelet.log")))
		}
	}
}

func containerdEnded(o options, status syscall.WaitStatus) error {
	return fmt.Errorf("containerd ended (%v); its log ends with:\n%s", status, tail(o.path("logs", "containerd.log")))
}

// nodeMounts hides the folders where the node's programs keep their state
// behind empty ones in memory, which go with the mount namespace.
func nodeMounts() error {
	// First away from the machine's mounts, then shared among the node's own,
	// as the kubelet wants it.
	for _, propagation := range []uintptr{syscall.MS_PRIVATE, syscall.MS_SHARED} {
		if err := syscall.Mount("", "/", "", propagation|syscall.MS_REC, ""); err != nil {
			return fmt.Errorf("taking the mounts for the node's own: %w", err)
		}
	}
	if err := syscall.Mount("proc", "/proc", "proc", 0, ""); err != nil {
		return fmt.Errorf("mounting /proc: %w", err)
	}
	for _, folder := range []string{"/run", "/var/lib", "/var/log"} {
		if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "mode=755"); err != nil {
			return fmt.Errorf("mounting %s: %w", folder, err)
		}
	}
	return nil
}

// startDaemon starts a program of the node, and returns its process id.
func startDaemon(o options, name, program string, args ...string) (int, error) {
	log, err := os.OpenFile(o.path("logs", name+".log"), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, fmt.Errorf("starting %s: %w", name, err)
	}
	defer log.Close() // the daemon has its own descriptor
	cmd := exec.Command(program, args...)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return 0, fmt.Errorf("starting %s: %w", name, err)
	}
	return cmd.Process.Pid, nil
}

// importImages waits for containerd, and gives it the images.
func importImages(o options, containerd int) error {
	for {
		var status syscall.WaitStatus
		if id, _ := syscall.Wait4(containerd, &status, syscall.WNOHANG, nil); id == containerd {
			return containerdEnded(o, status)
		}
		_, err := os.Stat(containerdSocket)
		if err == nil {
			break
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("waiting for containerd: %w", err)
		}
		time.Sleep(20 * time.Millisecond)
	}
	archives, err := filepath.Glob(o.nodePath("images", "*.tar"))
	if err != nil {
		return fmt.Errorf("looking for images: %w", err)
	}
	for _, archive := range archives {
		output, err := exec.Command("ctr", "--namespace=k8s.io", "images", "import", archive).CombinedOutput()
		if err != nil {
			return fmt.Errorf("importing %s: %w: %s", archive, err, output)
		}
	}
	return nil
}
