package main

import (
	"errors"
	"fmt"
	"net"
	"strconv"

	"golang.org/x/sys/unix"
)

// reservedPort is a free port that stays this process's for as long as it runs.
//
// The socket is bound with SO_REUSEPORT but never listens. The kernel therefore
// hands the port to nobody who asks for any free one, and no connection arrives
// here, while a component that was told its number and sets SO_REUSEPORT too can
// listen on it: nothing can slip in between the choice and the use.
type reservedPort struct {
	fd     int
	number int
}

func reservePort(address string) (*reservedPort, error) {
	sockaddr, family, err := anyPort(address)
	if err != nil {
		return nil, err
	}
	fd, err := unix.Socket(family, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("reserving a port: socket: %w", err)
	}
	port := &reservedPort{fd: fd}
	if err := port.bind(sockaddr); err != nil {
		return nil, errors.Join(fmt.Errorf("reserving a port on %s: %w", address, err), port.Close())
	}
	return port, nil
}

func (p *reservedPort) bind(to unix.Sockaddr) error {
	if err := unix.SetsockoptInt(p.fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1); err != nil {
		return fmt.Errorf("SO_REUSEPORT: %w", err)
	}
	if err := unix.Bind(p.fd, to); err != nil {
		return fmt.Errorf("bind: %w", err)
	}
	bound, err := unix.Getsockname(p.fd)
	if err != nil {
		return fmt.Errorf("getsockname: %w", err)
	}
	switch bound := bound.(type) {
	case *unix.SockaddrInet4:
		p.number = bound.Port
	case *unix.SockaddrInet6:
		p.number = bound.Port
	}
	return nil
}

// anyPort is the socket address that asks the kernel to choose a port.
func anyPort(address string) (unix.Sockaddr, int, error) {
	ip := net.ParseIP(address)
	switch {
	case ip == nil:
		return nil, 0, fmt.Errorf("reserving a port: %q is no IP address", address)
	case ip.To4() != nil:
		return &unix.SockaddrInet4{Addr: [4]byte(ip.To4())}, unix.AF_INET, nil
	default:
		return &unix.SockaddrInet6{Addr: [16]byte(ip)}, unix.AF_INET6, nil
	}
}

func (p *reservedPort) String() string { return strconv.Itoa(p.number) }

// Close gives the port back.
func (p *reservedPort) Close() error { return unix.Close(p.fd) }

// ports are the listening ports of a cluster.
type ports struct {
	etcd, etcdPeer, apiserver, controllerManager, scheduler *reservedPort
}

func reservePorts(address string) (*ports, error) {
	p := new(ports)
	for _, port := range []**reservedPort{&p.etcd, &p.etcdPeer, &p.apiserver, &p.controllerManager, &p.scheduler} {
		var err error
		if *port, err = reservePort(address); err != nil {
			return nil, err
		}
	}
	return p, nil
}
