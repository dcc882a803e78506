package kube

import (
	"cmp"
	"crypto/tls"
	"fmt"
	"strings"

	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/client-go/rest"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// kubeconfigError says which part of a kubeconfig no connection can be made
// with.
type kubeconfigError struct {
	// what is the part: the certificate authority of cluster "prod".
	what, file string
	err        error
}

func (e *kubeconfigError) Error() string {
	return fmt.Sprintf("%s in %s can't be read: %v", e.what, e.file, e.err)
}

func (e *kubeconfigError) Unwrap() error { return e.err }

// noContextError says that a kubeconfig has contexts, and none of them is the
// current one.
type noContextError struct{ names []string }

func (e *noContextError) Error() string {
	return "the kubeconfig has no current context: it has " + strings.Join(e.names, ", ")
}

// brokenPart finds whose certificates err is about, which client-go doesn't
// say; otherwise it returns err as it is.
func brokenPart(err error, config *rest.Config, raw clientcmdapi.Config, contextName string, flags *genericclioptions.ConfigFlags) error {
	chosen := raw.Contexts[contextName]
	if chosen == nil {
		chosen = clientcmdapi.NewContext()
	}
	cluster := orFlag(flags.ClusterName, chosen.Cluster)
	if part := raw.Clusters[cluster]; part != nil && strings.Contains(err.Error(), "root certificates") {
		return &kubeconfigError{fmt.Sprintf("the certificate authority of cluster %q", cluster), part.LocationOfOrigin, err}
	}
	user := orFlag(flags.AuthInfoName, chosen.AuthInfo)
	_, fault := tls.X509KeyPair(config.CertData, config.KeyData)
	if part := raw.AuthInfos[user]; part != nil && len(config.CertData) > 0 && fault != nil && strings.Contains(err.Error(), fault.Error()) {
		return &kubeconfigError{fmt.Sprintf("the client certificate of user %q", user), part.LocationOfOrigin, err}
	}
	return err
}

// orFlag is what a flag says, or what the kubeconfig does.
func orFlag(flag *string, configured string) string {
	if flag == nil {
		return configured
	}
	return cmp.Or(*flag, configured)
}
