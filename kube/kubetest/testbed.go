package kubetest

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/tools/clientcmd"
)

// patience is how long the control plane may take to catch up with a write.
const patience = 30 * time.Second

// Testbed is a running cluster, seen as its admin.
type Testbed struct {
	dir     string
	config  *rest.Config
	client  kubernetes.Interface
	dynamic dynamic.Interface
	mapper  *restmapper.DeferredDiscoveryRESTMapper
}

func newTestbed(dir string) (*Testbed, error) {
	c := &Testbed{dir: dir}
	var err error
	if c.config, err = loadConfig(c.Kubeconfig()); err != nil {
		return nil, err
	}
	if c.client, err = kubernetes.NewForConfig(c.config); err != nil {
		return nil, fmt.Errorf("making a client: %w", err)
	}
	if c.dynamic, err = dynamic.NewForConfig(c.config); err != nil {
		return nil, fmt.Errorf("making a dynamic client: %w", err)
	}
	c.mapper = restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(c.client.Discovery()))
	return c, nil
}

// Kubeconfig is the path of the admin's kubeconfig, a member of system:masters.
func (c *Testbed) Kubeconfig() string { return filepath.Join(c.dir, "admin.kubeconfig") }

// Config is the admin's connection, without a rate limit and without warnings
// on standard error. It is the caller's to change.
func (c *Testbed) Config() *rest.Config { return rest.CopyConfig(c.config) }

// Client is the admin's client.
func (c *Testbed) Client() kubernetes.Interface { return c.client }

// AuditLog is the path of the API server's audit log. A plain cluster has one
// only if it was started with the flag --audit.
func (c *Testbed) AuditLog() string { return filepath.Join(c.dir, "logs", "audit.log") }

func loadConfig(kubeconfig string) (*rest.Config, error) {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return nil, fmt.Errorf("reading the kubeconfig %s: %w", kubeconfig, err)
	}
	config.QPS = -1
	config.WarningHandlerWithContext = rest.NoWarnings{}
	return config, nil
}

// eventually waits for what the control plane does in its own time.
func eventually(t testing.TB, what string, done wait.ConditionWithContextFunc) {
	t.Helper()
	if err := wait.PollUntilContextTimeout(t.Context(), 20*time.Millisecond, patience, true, done); err != nil {
		t.Fatalf("waiting until %s: %v", what, err)
	}
}

// afterwards runs do when the test is over, with a context that then still
// works. An error is worth a word, but it isn't the test's failure.
func afterwards(t testing.TB, what string, do func(context.Context) error) {
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := do(ctx); err != nil {
			t.Logf("%s: %v", what, err)
		}
	})
}
