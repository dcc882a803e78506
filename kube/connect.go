package kube

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	apiversion "k8s.io/apimachinery/pkg/version"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	_ "k8s.io/client-go/plugin/pkg/client/auth" // exec and OIDC credentials, as kubectl has them
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// connectTimeout bounds the first two requests, so that a dead server is
// reported in seconds. Later requests have RequestLimit.
const connectTimeout = 10 * time.Second

// pluginTimeout is connectTimeout where a credential plugin comes first, which
// may have the user log in with a browser.
const pluginTimeout = time.Minute

// InCluster stands for a context where no kubeconfig names one: in a pod, or
// with --server.
const InCluster = "in-cluster"

// Cluster is a connection: who talks to what, and the clients to do it with.
// All clients share one transport, and so its read-only Gate and its
// collection of warnings.
type Cluster struct {
	// Context is the kubeconfig's context, or InCluster.
	Context string
	// Namespace is the context's own, or what --namespace says.
	Namespace string
	Server    string
	// User is who the server says we are.
	User string
	// Version is the server's, "v1.36.3".
	Version string
	// UID is that of namespace kube-system, which tells clusters apart; empty
	// if it can't be read.
	UID string

	Config   *rest.Config
	Client   kubernetes.Interface
	Dynamic  dynamic.Interface
	Metadata metadata.Interface
	Mapper   meta.RESTMapper
	Gate     *Gate

	http *http.Client
}

// Connect opens the current context as kubectl would and asks the server for
// its version and who we are. All that it sends has to pass the gate.
func Connect(ctx context.Context, flags *genericclioptions.ConfigFlags, gate *Gate) (*Cluster, error) {
	loader := flags.ToRawKubeConfigLoader()
	raw, err := loader.RawConfig()
	if missing := (*fs.PathError)(nil); errors.As(err, &missing) {
		return nil, fmt.Errorf("reading the kubeconfig: %w", err)
	}
	if err != nil {
		return nil, err
	}
	if isNowhere(raw, flags) {
		return nil, clientcmd.NewEmptyConfigError("no kubeconfig")
	}
	if names, open := undecided(raw, flags); open {
		return nil, &noContextError{names}
	}
	config, err := flags.ToRESTConfig()
	if err != nil {
		return nil, err
	}
	contextName := InCluster
	if len(raw.Contexts) > 0 {
		contextName = raw.CurrentContext
	}
	if flags.Context != nil && *flags.Context != "" {
		contextName = *flags.Context
	}
	cluster, err := newCluster(config, contextName, gate)
	if err != nil {
		return nil, brokenPart(err, config, raw, contextName, flags)
	}
	if cluster.Namespace, _, err = loader.Namespace(); err != nil {
		return nil, fmt.Errorf("reading the namespace of context %q: %w", contextName, err)
	}
	return cluster, cluster.greet(ctx)
}

// isNowhere says that nothing names a server. kubectl would then try
// localhost:8080, which only puzzles people.
func isNowhere(raw clientcmdapi.Config, flags *genericclioptions.ConfigFlags) bool {
	_, notInPod := rest.InClusterConfig()
	return len(raw.Clusters) == 0 && notInPod != nil && (flags.APIServer == nil || *flags.APIServer == "")
}

// undecided says that nothing chooses one of the kubeconfig's contexts. kubectl
// would then try localhost:8080, too.
func undecided(raw clientcmdapi.Config, flags *genericclioptions.ConfigFlags) (names []string, open bool) {
	_, notInPod := rest.InClusterConfig()
	chosen := raw.CurrentContext + orFlag(flags.Context, "") + orFlag(flags.APIServer, "") + orFlag(flags.ClusterName, "")
	return slices.Sorted(maps.Keys(raw.Contexts)), len(raw.Contexts) > 0 && notInPod != nil && chosen == ""
}

// NewCluster prepares the clients for config and makes no request. Its Timeout
// bounds each request but watches, logs and shells.
func NewCluster(config *rest.Config, contextName string) (*Cluster, error) {
	return newCluster(config, contextName, NewGate(false))
}

func newCluster(config *rest.Config, contextName string, gate *Gate) (*Cluster, error) {
	config = rest.CopyConfig(config)
	config.UserAgent = "kiln"
	config.QPS = -1 // the server's own fairness is the limit; client-go's default of 5/s is not
	config.WarningHandler = nil
	config.WarningHandlerWithContext = warningCollector{}
	server, _, err := rest.DefaultServerUrlFor(config)
	if err != nil {
		return nil, err
	}
	limit, base := cmp.Or(config.Timeout, RequestLimit), strings.TrimSuffix(server.Path, "/")
	config.Timeout = 0 // client-go's would end watches and shells, too
	config.Wrap(func(next http.RoundTripper) http.RoundTripper {
		return gatedTransport{gate: gate, base: base, next: limitedTransport{limit: limit, base: base, next: next}}
	})
	c := &Cluster{Context: contextName, Server: config.Host, Config: config, Gate: gate}

	httpClient, err := rest.HTTPClientFor(config)
	if err != nil {
		return nil, err
	}
	c.http = httpClient
	client, err := kubernetes.NewForConfigAndClient(protobuf(config), httpClient)
	if err != nil {
		return nil, err
	}
	c.Client = client
	if c.Dynamic, err = dynamic.NewForConfigAndClient(config, httpClient); err != nil {
		return nil, err
	}
	if c.Metadata, err = metadata.NewForConfigAndClient(config, httpClient); err != nil {
		return nil, err
	}
	discovery := memory.NewMemCacheClient(client.Discovery())
	c.Mapper = restmapper.NewShortcutExpander(restmapper.NewDeferredDiscoveryRESTMapper(discovery), discovery, func(string) {})
	return c, nil
}

// protobuf is config for the typed clients, several times cheaper to decode
// than JSON.
func protobuf(config *rest.Config) *rest.Config {
	typed := rest.CopyConfig(config)
	typed.ContentType = "application/vnd.kubernetes.protobuf"
	typed.AcceptContentTypes = "application/vnd.kubernetes.protobuf,application/json"
	return typed
}

// greet makes the first requests. Without a version there is no connection;
// the rest is good to know.
func (c *Cluster) greet(ctx context.Context) error {
	limit := connectTimeout
	if c.Config.ExecProvider != nil {
		limit = pluginTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	version, err := c.Client.Discovery().RESTClient().Get().AbsPath("/version").MaxRetries(2).DoRaw(ctx)
	if err != nil {
		return err
	}
	var info apiversion.Info
	if err := json.Unmarshal(version, &info); err != nil || info.GitVersion == "" {
		return fmt.Errorf("%s answers, but not as a Kubernetes API server: no version in %.60q", c.Server, version)
	}
	c.Version = info.GitVersion
	review, err := c.Client.AuthenticationV1().SelfSubjectReviews().Create(ctx, &authenticationv1.SelfSubjectReview{}, metav1.CreateOptions{})
	if err == nil {
		c.User = review.Status.UserInfo.Username
	}
	system, err := c.Metadata.Resource(corev1.SchemeGroupVersion.WithResource("namespaces")).Get(ctx, metav1.NamespaceSystem, metav1.GetOptions{})
	if err == nil {
		c.UID = string(system.GetUID())
	}
	return nil
}
