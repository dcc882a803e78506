package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
)

// runContext is the name of the context that the command sees.
const runContext = "kiln-demo"

// guardedCluster is an "up" in a process of its own. It stops, and removes its
// folder, when this process closes its standard input, or dies without a word.
type guardedCluster struct {
	dir    string
	cmd    *exec.Cmd
	stdin  io.Closer
	stdout io.Reader
	stderr *gate
}

func startGuarded(dir string, flags []string) (*guardedCluster, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("finding this program, to run the cluster: %w", err)
	}
	c := &guardedCluster{dir: dir, stderr: &gate{to: os.Stderr}}
	c.cmd = exec.Command(self, append(append([]string{"up"}, flags...), "--dir="+dir, "--stop-on-eof", "--discard")...)
	c.cmd.Stderr = c.stderr
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a Ctrl-C is not for the cluster
	if c.stdin, err = c.cmd.StdinPipe(); err != nil {
		return nil, fmt.Errorf("starting the cluster: %w", err)
	}
	if c.stdout, err = c.cmd.StdoutPipe(); err != nil {
		return nil, fmt.Errorf("starting the cluster: %w", err)
	}
	if err := c.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting the cluster: %w", err)
	}
	return c, nil
}

// prepare waits for the cluster, brings it to life and loads it.
func (c *guardedCluster) prepare(ctx context.Context, o runOptions) error {
	ready := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(c.stdout).ReadString('\n') // empty if it ended before it was ready
		ready <- strings.TrimSpace(strings.TrimPrefix(line, "ready "))
	}()
	var admin string
	select {
	case admin = <-ready:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	if admin == "" {
		return errors.New("the cluster did not start")
	}
	if err := c.writeKubeconfig(admin); err != nil {
		return err
	}
	config, err := clusterConfig(admin)
	if err != nil {
		return err
	}
	if !o.cluster.kubelets {
		if err := playKubelets(ctx, config); err != nil {
			return err
		}
	}
	if len(o.load) == 0 {
		return nil
	}
	return load(ctx, config, o.load, o.cluster.timeout)
}

func (c *guardedCluster) kubeconfig() string { return filepath.Join(c.dir, "kubeconfig") }

// writeKubeconfig writes the admin's kubeconfig once more, with names that make
// sense to whoever sees the command's screen.
func (c *guardedCluster) writeKubeconfig(admin string) error {
	config, err := clientcmd.LoadFromFile(admin)
	if err != nil {
		return fmt.Errorf("reading the cluster's kubeconfig: %w", err)
	}
	config.Clusters = map[string]*api.Cluster{runContext: config.Clusters[contextName]}
	config.Contexts = map[string]*api.Context{runContext: {Cluster: runContext, AuthInfo: "admin"}}
	config.CurrentContext = runContext
	if err := clientcmd.WriteToFile(*config, c.kubeconfig()); err != nil {
		return fmt.Errorf("writing the command's kubeconfig: %w", err)
	}
	return nil
}

// handOver runs the command to its end and returns its exit code. Only the main
// goroutine may call it, as with processes.start.
func (c *guardedCluster) handOver(program string, command []string, signals <-chan os.Signal) (int, error) {
	cmd := exec.Command(program, command[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), "KUBECONFIG="+c.kubeconfig())
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM} // it can't do without its cluster
	if err := cmd.Start(); err != nil {
		return 126, fmt.Errorf("starting the command: %w", err)
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait() // what it says is in ProcessState too
		close(ended)
	}()
	for {
		select {
		case <-ended:
			if status := cmd.ProcessState.Sys().(syscall.WaitStatus); status.Signaled() {
				return stopSignal{status.Signal()}.exitCode(), nil
			}
			return cmd.ProcessState.ExitCode(), nil
		case s := <-signals:
			if s != syscall.SIGINT { // the terminal has sent that to the command, too
				_ = cmd.Process.Signal(s) // fails only if it has ended
			}
		}
	}
}

// stop ends the cluster. It fails if the cluster had ended by itself.
func (c *guardedCluster) stop() error {
	_ = c.stdin.Close() // fails only if the cluster has ended
	stuck := time.AfterFunc(30*time.Second, func() { _ = c.cmd.Process.Kill() })
	defer stuck.Stop()
	if err := c.cmd.Wait(); err != nil {
		return fmt.Errorf("running the cluster: %w\n%s", err, c.stderr.held())
	}
	return nil
}
