// Testbed runs a real Kubernetes control plane for kiln's tests and demo: etcd,
// kube-apiserver, kube-controller-manager and kube-scheduler, compiled into this
// one program, which starts itself once more for each of them. It needs neither
// root nor a container runtime (but for "up --node"), and Linux only because of the way it makes sure
// that no component outlives it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"syscall"

	etcdversion "go.etcd.io/etcd/api/v3/version"
	"k8s.io/component-base/version"
)

const usage = `Usage:
  testbed up --dir DIR [flags]   run a cluster until SIGTERM or SIGINT; "testbed up -h" lists the flags
  testbed load --kubeconfig FILE DIR...   load manifests into it; "testbed load -h" lists the flags
  testbed run [--load DIR]... [flags] -- COMMAND [ARGS...]
                                 run a command with a cluster of its own; "testbed run -h" lists the flags
  testbed version                the versions inside
  testbed COMPONENT [flags]      run etcd, kube-apiserver, kube-controller-manager, kube-scheduler or kubelet alone
`

// The components are killed by the kernel when the thread that started them
// ends (see process.go). The main goroutine starts them all, and the main
// thread, to which this ties it, lives exactly as long as the process.
func init() { runtime.LockOSThread() }

func main() { os.Exit(run(os.Args)) }

// run does what args, a whole command line, asks for, and returns the exit code.
func run(args []string) int {
	if len(args) < 2 {
		fmt.Fprint(os.Stderr, usage)
		return 2
	}
	if component, ok := components[args[1]]; ok {
		os.Args = args[1:] // the component reads its own name and flags from here
		return component()
	}
	switch args[1] {
	case "up":
		return runUp(args[2:])
	case "load":
		return runLoad(args[2:])
	case "run":
		return runRun(args[2:])
	case "version":
		fmt.Printf("kubernetes %s\netcd v%s\n", version.Get().GitVersion, etcdversion.Version)
		return 0
	case "help", "-h", "--help":
		fmt.Print(usage)
		return 0
	}
	fmt.Fprintf(os.Stderr, "testbed: no command %q\n%s", args[1], usage)
	return 2
}

// runUp is the command "up".
func runUp(args []string) int {
	opts, err := parseOptions(args)
	if err != nil {
		return wrongUsage(err)
	}
	return exitCode(up(opts))
}

// runLoad is the command "load".
func runLoad(args []string) int {
	opts, err := parseLoadOptions(args)
	if err != nil {
		return wrongUsage(err)
	}
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer cancel()
	return exitCode(loadCommand(ctx, opts))
}

// runRun is the command "run".
func runRun(args []string) int {
	opts, err := parseRunOptions(args)
	if err != nil {
		return wrongUsage(err)
	}
	code, err := runCommand(opts)
	if err != nil {
		return max(code, exitCode(err))
	}
	return code
}

// wrongUsage reports what is wrong with the command line, unless it asked for
// help, which has been given.
func wrongUsage(err error) int {
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	fmt.Fprintln(os.Stderr, "testbed:", err)
	return 2
}

func exitCode(err error) int {
	if err == nil {
		return 0
	}
	fmt.Fprintln(os.Stderr, "testbed:", err)
	if lacking := (*noNodeError)(nil); errors.As(err, &lacking) {
		return exitNoNode
	}
	return 1
}
