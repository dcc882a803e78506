package main

import (
	"context"
	"net"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// No two reservations are of one port, and whoever listens on a reserved one
// without knowing of it fails, while a component that shares ports succeeds.
func TestReservedPortsAreExclusive(t *testing.T) {
	t.Parallel()
	seen := map[int]bool{}
	for range 300 {
		port, err := reservePort("127.0.0.1")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = port.Close() })
		if seen[port.number] {
			t.Fatalf("port %d was reserved twice", port.number)
		}
		seen[port.number] = true

		address := net.JoinHostPort("127.0.0.1", port.String())
		if stranger, err := net.Listen("tcp", address); err == nil {
			_ = stranger.Close()
			t.Fatalf("a stranger listens on the reserved port %d", port.number)
		}
		component, err := sharing().Listen(context.Background(), "tcp", address)
		if err != nil {
			t.Fatalf("listening on the reserved port: %v", err)
		}
		_ = component.Close()
	}
}

// sharing listens as the components do with --permit-port-sharing.
func sharing() *net.ListenConfig {
	return &net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error {
		var err error
		if controlErr := c.Control(func(fd uintptr) {
			err = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEPORT, 1)
		}); controlErr != nil {
			return controlErr
		}
		return err
	}}
}
