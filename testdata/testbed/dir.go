package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// lockDir makes the folder this process's own, creating it if need be. The lock
// ends with the process, however that ends.
func lockDir(dir string) (unlock func() error, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("creating the cluster's folder: %w", err)
	}
	lock, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("locking the cluster's folder: %w", err)
	}
	err = syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = fmt.Errorf("%s is in use by another testbed, process %s", dir, readOwner(lock))
	}
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	if err := writeOwner(lock); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return lock.Close, nil
}

// readOwner is the process id in the lock file.
func readOwner(lock *os.File) string {
	id := make([]byte, 20)
	n, _ := lock.ReadAt(id, 0) // the error is io.EOF: the file is shorter
	return strings.TrimSpace(string(id[:n]))
}

func writeOwner(lock *os.File) error {
	if err := lock.Truncate(0); err != nil {
		return fmt.Errorf("writing the lock file: %w", err)
	}
	if _, err := lock.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0); err != nil {
		return fmt.Errorf("writing the lock file: %w", err)
	}
	return nil
}

// clearDir removes what an earlier cluster left in the folder, and nothing else.
func clearDir(o options) error {
	left := []string{"etcd", "logs", "pki", "node", "audit-policy.yaml", "encryption.yaml", "admission.yaml"}
	for _, name := range kubeconfigs {
		left = append(left, name+".kubeconfig")
	}
	for _, name := range left {
		if err := os.RemoveAll(o.path(name)); err != nil {
			return fmt.Errorf("removing an earlier cluster: %w", err)
		}
	}
	return nil
}
