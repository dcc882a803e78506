package tui

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"k8s.io/cli-runtime/pkg/genericclioptions"

	"kiln/fixes"
	"kiln/kube"
	"kiln/scanners"
)

// requestTimeout bounds what a user waits for on one page.
const requestTimeout = 30 * time.Second

// Session is a connection to one cluster and all that the views ask of it.
// It doesn't change: switching the context makes a new one.
type Session struct {
	cluster *kube.Cluster
	checks  []scanners.Check
	// fixer is nil if the journal can't be opened: fixerErr says why, and
	// nothing can be fixed.
	fixer    *fixes.Fixer
	fixerErr error
}

// connect opens a context of the kubeconfig; empty means the current one.
func connect(ctx context.Context, opts Options, contextName string, readOnly bool) (*Session, error) {
	cluster, err := kube.Connect(ctx, flagsFor(opts.Flags, contextName), readOnly)
	if err != nil {
		return nil, err
	}
	s := &Session{cluster: cluster, checks: opts.Checks}
	s.fixer, s.fixerErr = fixes.Open(cluster)
	return s, nil
}

// flagsFor are flags with another context. What was given for the cluster or
// the user of the first context must not leak into the second.
func flagsFor(flags *genericclioptions.ConfigFlags, contextName string) *genericclioptions.ConfigFlags {
	if contextName == "" {
		return flags
	}
	other := genericclioptions.NewConfigFlags(true)
	other.KubeConfig, other.CacheDir, other.Timeout = flags.KubeConfig, flags.CacheDir, flags.Timeout
	other.Impersonate, other.ImpersonateGroup, other.ImpersonateUID = flags.Impersonate, flags.ImpersonateGroup, flags.ImpersonateUID
	other.WrapConfigFn = flags.WrapConfigFn
	other.Context = &contextName
	return other
}

// kubeContext is a context of the kubeconfig.
type kubeContext struct {
	name, cluster, server, user, namespace string
	current                                bool
}

// kubeContexts reads the kubeconfig.
func kubeContexts(flags *genericclioptions.ConfigFlags) ([]kubeContext, error) {
	config, err := flags.ToRawKubeConfigLoader().RawConfig()
	if err != nil {
		return nil, fmt.Errorf("reading the kubeconfig: %w", err)
	}
	current := config.CurrentContext
	if flags.Context != nil && *flags.Context != "" {
		current = *flags.Context
	}
	var all []kubeContext
	for name, c := range config.Contexts {
		k := kubeContext{name: name, cluster: c.Cluster, user: c.AuthInfo, namespace: c.Namespace, current: name == current}
		if cluster := config.Clusters[c.Cluster]; cluster != nil {
			k.server = cluster.Server
		}
		all = append(all, k)
	}
	slices.SortFunc(all, func(a, b kubeContext) int { return strings.Compare(a.name, b.name) })
	return all, nil
}
