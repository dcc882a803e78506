package main

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// nodeSubnet are the two ends of the link into the node's network: the
// machine has the outer one. The kubelet refuses a loopback address, and so
// does the API server's way to the kubelet.
type nodeSubnet struct{ outer, inner string }

// enterNodeNetwork moves the calling thread, which has to be the main thread,
// into a new network namespace, and links it with the machine's. What the
// thread starts is in there too; the program's other threads are not. The
// namespace has no name and goes with the last process in it.
func enterNodeNetwork(link string, subnet nodeSubnet) error {
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		return fmt.Errorf("making a network namespace: %w", err)
	}
	outside := make(chan error)
	go func() { outside <- linkNodeNetwork(link, subnet.outer) }()
	if err := <-outside; err != nil {
		return err
	}
	for _, command := range []string{
		"link set lo up",
		"addr add " + subnet.inner + "/30 dev eth0",
		"link set eth0 up",
		"route add default via " + subnet.outer,
	} {
		if err := ip(command); err != nil {
			return err
		}
	}
	return nil
}

// linkNodeNetwork makes the link, from the machine's side. The end of an
// earlier node of this slot may take a moment to go.
func linkNodeNetwork(link, address string) error {
	add := "link add " + link + " type veth peer name eth0 netns " + strconv.Itoa(os.Getpid())
	const patience = 10 * time.Second
	err := ip(add)
	for deadline := time.Now().Add(patience); err != nil && time.Now().Before(deadline); err = ip(add) {
		time.Sleep(100 * time.Millisecond)
	}
	if err != nil {
		return err
	}
	if err := ip("addr add " + address + "/30 dev " + link); err != nil {
		return err
	}
	return ip("link set " + link + " up")
}

func ip(command string) error {
	if output, err := exec.Command("ip", strings.Fields(command)...).CombinedOutput(); err != nil {
		return fmt.Errorf("ip %s: %w: %s", command, err, strings.TrimSpace(string(output)))
	}
	return nil
}
