package kubetest

import (
	"io"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"k8s.io/client-go/tools/clientcmd"
)

// Line is a connection to a cluster that can be cut, as a network can.
type Line struct {
	// Kubeconfig leads through the line.
	Kubeconfig string

	server  string
	address string

	mu       sync.Mutex
	listener net.Listener
	open     map[net.Conn]bool
}

// Line lays a line to the cluster for the admin, which lasts as long as the
// test.
func (c *Testbed) Line(t testing.TB) *Line {
	t.Helper()
	return c.LineFor(t, c.Kubeconfig())
}

// LineFor is Line for whom another kubeconfig is.
func (c *Testbed) LineFor(t testing.TB, kubeconfig string) *Line {
	t.Helper()
	config, err := clientcmd.LoadFromFile(kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	l := &Line{address: "127.0.0.1:0", open: map[net.Conn]bool{}, Kubeconfig: filepath.Join(t.TempDir(), "kubeconfig")}
	l.server = strings.TrimPrefix(c.config.Host, "https://")
	l.Mend(t)
	t.Cleanup(l.Cut)
	for _, cluster := range config.Clusters {
		cluster.Server = "https://" + l.address
	}
	if err := clientcmd.WriteToFile(*config, l.Kubeconfig); err != nil {
		t.Fatal(err)
	}
	return l
}

// Cut ends every connection and takes no new ones.
func (l *Line) Cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.listener != nil {
		_ = l.listener.Close()
		l.listener = nil
	}
	for conn := range l.open {
		_ = conn.Close()
	}
	clear(l.open)
}

// Mend takes connections again.
func (l *Line) Mend(t testing.TB) {
	t.Helper()
	l.Cut()
	l.listen(t, l.serve)
}

// HangUp ends every connection, and new ones before there is an answer, as a
// load balancer does that has nobody behind it.
func (l *Line) HangUp(t testing.TB) {
	t.Helper()
	l.Cut()
	l.listen(t, hangUp)
}

func (l *Line) listen(t testing.TB, serve func(net.Listener)) {
	t.Helper()
	listener, err := net.Listen("tcp", l.address)
	if err != nil {
		t.Fatalf("laying a line to the cluster: %v", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.listener, l.address = listener, listener.Addr().String()
	go serve(listener)
}

func hangUp(listener net.Listener) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		_ = conn.Close()
	}
}

// Open counts the connections through the line.
func (l *Line) Open() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.open) / 2
}

func (l *Line) serve(listener net.Listener) {
	for {
		near, err := listener.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial("tcp", l.server)
		if err != nil {
			_ = near.Close()
			continue
		}
		l.join(listener, near, far)
	}
}

// join copies both ways until either end closes.
func (l *Line) join(listener net.Listener, near, far net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.listener != listener { // cut meanwhile
		_, _ = near.Close(), far.Close()
		return
	}
	l.open[near], l.open[far] = true, true
	pass := func(to, from net.Conn) {
		_, _ = io.Copy(to, from)
		_, _ = near.Close(), far.Close()
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.open, near)
		delete(l.open, far)
	}
	go pass(near, far)
	go pass(far, near)
}
