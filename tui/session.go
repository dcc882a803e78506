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

// connect opens what the flags mean.
func connect(ctx context.Context, opts Options, flags *genericclioptions.ConfigFlags, gate *kube.Gate) (*Session, error) {
	cluster, err := kube.Connect(ctx, flags, gate)
	if err != nil {
		return nil, err
	}
	s := &Session{cluster: cluster, checks: opts.Checks}
	s.fixer, s.fixerErr = fixes.Open(cluster)
	return s, nil
}

// flagsFor are flags for a context, or for their own where none is named. They
// read the kubeconfig anew, which flags do once. Elsewhere than in the context
// that they were meant for, what they say of its cluster and user is left out.
func flagsFor(flags *genericclioptions.ConfigFlags, contextName string, elsewhere bool) *genericclioptions.ConfigFlags {
	anew := genericclioptions.NewConfigFlags(true)
	anew.KubeConfig, anew.CacheDir, anew.Timeout = flags.KubeConfig, flags.CacheDir, flags.Timeout
	anew.Impersonate, anew.ImpersonateUID = flags.Impersonate, flags.ImpersonateUID
	anew.ImpersonateGroup, anew.ImpersonateUserExtra = flags.ImpersonateGroup, flags.ImpersonateUserExtra
	anew.WrapConfigFn = flags.WrapConfigFn
	if !elsewhere {
		anew.Context, anew.Namespace, anew.ClusterName, anew.AuthInfoName = flags.Context, flags.Namespace, flags.ClusterName, flags.AuthInfoName
		anew.APIServer, anew.TLSServerName, anew.CAFile, anew.Insecure = flags.APIServer, flags.TLSServerName, flags.CAFile, flags.Insecure
		anew.ProxyURL, anew.DisableCompression = flags.ProxyURL, flags.DisableCompression
		anew.CertFile, anew.KeyFile, anew.BearerToken = flags.CertFile, flags.KeyFile, flags.BearerToken
		anew.Username, anew.Password = flags.Username, flags.Password
	}
	if contextName != "" && contextName != kube.InCluster {
		anew.Context = &contextName
	}
	return anew
}

// kubeContext is a context of the kubeconfig.
type kubeContext struct {
	name, cluster, server, user, namespace string
	current                                bool
}

// kubeContexts reads the kubeconfig.
func kubeContexts(flags *genericclioptions.ConfigFlags) ([]kubeContext, error) {
	config, err := flagsFor(flags, "", false).ToRawKubeConfigLoader().RawConfig()
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
