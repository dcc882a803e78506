package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// up runs a cluster until a signal, or the end of standard input where that was
// asked for, stops it. It fails if the cluster can't start or a component dies.
func up(o options) error {
	// Whoever reads the output may go away first, which is no reason to die
	// before the components are stopped and the folder is removed.
	signal.Ignore(syscall.SIGPIPE)
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer cancel()
	if o.stopOnEOF {
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin)
			cancel()
		}()
	}
	unlock, err := lockDir(o.dir)
	if err != nil {
		return err
	}
	defer unlock()
	if err := runCluster(ctx, o); err != nil {
		return err
	}
	if o.discard {
		if err := os.RemoveAll(o.dir); err != nil {
			return fmt.Errorf("discarding the cluster: %w", err)
		}
	}
	return nil
}

// runCluster lays out the folder, starts the components, says when the cluster is
// ready, and waits. It leaves no component running.
func runCluster(ctx context.Context, o options) (failed error) {
	began := time.Now()
	var n *node
	if o.node {
		var err error
		if n, err = makeNode(); err != nil {
			return err
		}
		defer func() { failed = errors.Join(failed, n.remove()) }()
		o.address, o.kubelets = n.subnet.inner, true
	}
	c, err := prepare(o, n)
	if err != nil {
		return err
	}
	procs, err := newProcesses(c.path("logs"))
	if err != nil {
		return err
	}
	defer procs.kill()

	startCtx, cancel := context.WithTimeoutCause(ctx, o.timeout, fmt.Errorf("not ready after %v", o.timeout))
	defer cancel()
	config, err := c.start(startCtx, procs)
	if ctx.Err() != nil {
		return nil // told to stop before it was ready
	}
	if err != nil {
		return err
	}
	if !c.kubelets {
		go reap(ctx, config)
	}
	progress("ready after %.1f s, %s", time.Since(began).Seconds(), c.server())
	fmt.Println("ready", c.path("admin.kubeconfig"))
	select {
	case err := <-procs.exits:
		return err
	case <-ctx.Done():
		progress("stopping")
		return nil
	}
}

// prepare writes everything that the components read.
func prepare(o options, n *node) (cluster, error) {
	c := cluster{options: o, node: n}
	if err := clearDir(o); err != nil {
		return c, err
	}
	var err error
	if c.ports, err = reservePorts(o.address); err != nil {
		return c, err
	}
	ca, err := newAuthority(c.path("pki"))
	if err != nil {
		return c, err
	}
	if err := writeIdentities(ca, o.address); err != nil {
		return c, err
	}
	for _, name := range kubeconfigs {
		if err := writeKubeconfig(c.path(name+".kubeconfig"), c.server(), ca, name); err != nil {
			return c, err
		}
	}
	if n != nil {
		if err := c.prepareNode(ca, n); err != nil {
			return c, err
		}
	}
	return c, c.writeConfigs()
}

// start starts the components in the order in which they need each other and
// returns the way to reach the cluster once it is ready for use.
func (c cluster) start(ctx context.Context, procs *processes) (*rest.Config, error) {
	config, err := clientcmd.BuildConfigFromFlags("", c.path("reaper.kubeconfig"))
	if err != nil {
		return nil, fmt.Errorf("reading the kubeconfig: %w", err)
	}
	config.QPS = -1
	config.WarningHandlerWithContext = rest.NoWarnings{}
	client, err := rest.HTTPClientFor(config)
	if err != nil {
		return nil, fmt.Errorf("making an HTTP client: %w", err)
	}
	steps := []struct {
		component string
		flags     []string
		ready     string // a URL that answers 200 from then on
	}{
		{"etcd", c.etcdFlags(), c.etcd() + "/health"},
		{"kube-apiserver", c.apiserverFlags(), c.server() + "/readyz"},
		{"kube-scheduler", c.schedulerFlags(), "https://" + c.hostPort(c.ports.scheduler) + "/healthz"},
		// The controller manager answers /healthz before its controllers work.
		// This, which one of them makes, is what a pod can't be created without.
		{"kube-controller-manager", c.controllerManagerFlags(), c.server() + "/api/v1/namespaces/default/serviceaccounts/default"},
	}
	for _, step := range steps {
		progress("starting %s", step.component)
		if err := procs.start(step.component, step.flags); err != nil {
			return nil, err
		}
		if err := procs.until(ctx, step.component, probe(client, step.ready)); err != nil {
			return nil, err
		}
	}
	if c.node != nil {
		return config, c.startNode(ctx, config, procs)
	}
	return config, nil
}

// progress tells the person who waits what is being done.
func progress(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "testbed: "+format+"\n", args...)
}
