package main

import (
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"
)

// options say what kind of cluster "up" runs.
type options struct {
	dir     string
	address string
	timeout time.Duration

	audit       bool
	encryption  bool
	podSecurity string // a level, or the path of an AdmissionConfiguration; empty for none
	hardened    bool
	kubelets    bool
	node        bool // which implies kubelets, and an address of its own
	still       bool

	stopOnEOF bool
	discard   bool
}

// podSecurityLevels are the levels of the Pod Security Standards.
var podSecurityLevels = map[string]bool{"privileged": true, "baseline": true, "restricted": true}

// parseOptions reads the flags of "up" and resolves the shorthands among them.
func parseOptions(args []string) (options, error) {
	var o options
	flags := flag.NewFlagSet("testbed up", flag.ContinueOnError)
	flags.StringVar(&o.dir, "dir", "", "the cluster's `folder`; what an earlier run left there is replaced")
	o.addClusterFlags(flags)
	flags.BoolVar(&o.stopOnEOF, "stop-on-eof", false, "stop also when standard input ends, as it does when the process that holds its other end dies")
	flags.BoolVar(&o.discard, "discard", false, "remove the folder after the cluster was stopped in good order")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("up takes no arguments, got %q", flags.Args())
	}
	return o.complete()
}

// addClusterFlags adds the flags that say what the cluster is like, which "run"
// takes as well.
func (o *options) addClusterFlags(flags *flag.FlagSet) {
	flags.StringVar(&o.address, "address", "127.0.0.1", "the `IP` address that everything listens on")
	flags.DurationVar(&o.timeout, "timeout", time.Minute, "how long the start may take")
	flags.BoolVar(&o.audit, "audit", false, "an audit policy, log and rotation")
	flags.BoolVar(&o.encryption, "encryption", false, "Secrets encrypted at rest")
	flags.StringVar(&o.podSecurity, "pod-security", "",
		"defaults for Pod Security admission: a `level` to enforce (restricted is then warned about and audited), or an AdmissionConfiguration file")
	flags.BoolVar(&o.hardened, "hardened", false,
		"--audit, --encryption, --pod-security=baseline, TLS to etcd and the flags the CIS benchmark asks for")
	flags.BoolVar(&o.still, "still", false,
		"run no controllers but those of ServiceAccounts, so that pods and their owners can be written straight in")
	flags.BoolVar(&o.node, "node", false,
		"a real node, whose pods run: needs root and Debian's containerd, runc, CNI plugins and busybox; exits with 3 where it can't")
	flags.BoolVar(&o.kubelets, "kubelets", false,
		"real kubelets will join: watch over the nodes' health and leave terminating pods to their kubelets")
}

// complete fills in what follows from other options and checks the whole.
func (o options) complete() (options, error) {
	if o.dir == "" {
		return o, errors.New("up needs --dir")
	}
	var err error
	if o.dir, err = filepath.Abs(o.dir); err != nil {
		return o, fmt.Errorf("resolving --dir: %w", err)
	}
	if net.ParseIP(o.address) == nil {
		return o, fmt.Errorf("--address %q is no IP address", o.address)
	}
	if o.hardened {
		o.audit, o.encryption = true, true
		if o.podSecurity == "" {
			o.podSecurity = "baseline"
		}
	}
	if o.podSecurity != "" && !podSecurityLevels[o.podSecurity] {
		if o.podSecurity, err = filepath.Abs(o.podSecurity); err != nil {
			return o, fmt.Errorf("resolving --pod-security: %w", err)
		}
		if _, err := os.Stat(o.podSecurity); err != nil {
			return o, fmt.Errorf("--pod-security is neither a level nor a file: %w", err)
		}
	}
	return o, nil
}

// path is a place inside the cluster's folder.
func (o options) path(elem ...string) string {
	return filepath.Join(append([]string{o.dir}, elem...)...)
}
