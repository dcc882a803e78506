package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// nodeSlots is how many real nodes can run side by side on one machine.
const nodeSlots = 60

// nodeSlot is the right to a number, from which names and addresses follow.
// The right is an abstract Unix socket: the kernel gives it to one process at
// a time, and takes it back when that process ends, however it ends.
type nodeSlot struct {
	number int
	lock   net.Listener
}

func takeNodeSlot() (*nodeSlot, error) {
	for number := range nodeSlots {
		lock, err := net.Listen("unix", fmt.Sprintf("@kiln-testbed-node-%d", number))
		if errors.Is(err, syscall.EADDRINUSE) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("looking for a free slot for a node: %w", err)
		}
		return &nodeSlot{number, lock}, nil
	}
	return nil, fmt.Errorf("%d nodes run on this machine, and there is no room for more", nodeSlots)
}

func (s *nodeSlot) leave() error { return s.lock.Close() }

// link is the name of the network link between the machine and the node.
func (s *nodeSlot) link() string { return fmt.Sprintf("kilnnode%d", s.number) }

// subnet is the node's, out of 10.201.0.0/24.
func (s *nodeSlot) subnet() nodeSubnet {
	address := func(host int) string { return fmt.Sprintf("10.201.0.%d", 4*s.number+host) }
	return nodeSubnet{outer: address(1), inner: address(2)}
}

// cgroup is the name of the control group under which the kubelet keeps its
// pods. With the default, two kubelets would end each other's.
func (s *nodeSlot) cgroup() string { return fmt.Sprintf("kiln-testbed-%d", s.number) }

// makeCgroups makes the group in each hierarchy, or in the only one.
func (s *nodeSlot) makeCgroups() error {
	roots, err := cgroupRoots()
	if err != nil {
		return err
	}
	for _, root := range roots {
		group := filepath.Join(root, s.cgroup())
		if err := os.Mkdir(group, 0o755); err != nil {
			return fmt.Errorf("making the node's control groups: %w", err)
		}
		// In version 1 a group without processors and memory takes no process.
		for _, file := range []string{"cpuset.cpus", "cpuset.mems"} {
			all, err := os.ReadFile(filepath.Join(root, file))
			if err != nil {
				continue // another hierarchy's, or version 2
			}
			if err := os.WriteFile(filepath.Join(group, file), all, 0o644); err != nil {
				return fmt.Errorf("making the node's control groups: %w", err)
			}
		}
	}
	return nil
}

// clean removes the groups that an earlier node of this slot has left, once
// the last of its processes is gone.
func (s *nodeSlot) clean() error {
	roots, err := cgroupRoots()
	if err != nil {
		return err
	}
	const patience = 10 * time.Second
	for deadline := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		var failed error
		for _, root := range roots {
			failed = errors.Join(failed, removeCgroup(filepath.Join(root, s.cgroup())))
		}
		if failed == nil || time.Now().After(deadline) {
			return failed
		}
	}
}

// removeCgroup removes a group and those below it, the lowest first.
func removeCgroup(group string) error {
	var groups []string
	err := filepath.WalkDir(group, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() {
			groups = append(groups, path)
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	})
	for i := len(groups) - 1; i >= 0; i-- {
		err = errors.Join(err, os.Remove(groups[i]))
	}
	if err != nil {
		return fmt.Errorf("removing a node's control groups: %w", err)
	}
	return nil
}

// cgroupRoots are the hierarchies: the only one of version 2, or one for each
// controller in version 1, and version 2's beside them.
func cgroupRoots() ([]string, error) {
	const mount = "/sys/fs/cgroup"
	if isCgroup(mount, unix.CGROUP2_SUPER_MAGIC) {
		return []string{mount}, nil
	}
	entries, err := os.ReadDir(mount)
	if err != nil {
		return nil, fmt.Errorf("looking for control groups: %w", err)
	}
	var roots []string
	for _, entry := range entries {
		if path := filepath.Join(mount, entry.Name()); isCgroup(path, unix.CGROUP_SUPER_MAGIC) || isCgroup(path, unix.CGROUP2_SUPER_MAGIC) {
			roots = append(roots, path)
		}
	}
	return roots, nil
}

func isCgroup(path string, magic int64) bool {
	var stat unix.Statfs_t
	return unix.Statfs(path, &stat) == nil && int64(stat.Type) == magic
}
