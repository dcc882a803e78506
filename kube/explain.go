package kube

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"syscall"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/tools/clientcmd"
)

// Explain says in one sentence what went wrong between kiln and a cluster, and
// in a second one what to try. Errors that it doesn't know keep their text.
func Explain(err error) string {
	if err == nil {
		return ""
	}
	for _, explain := range []func(error) (what, try string){explainConfig, explainRefusal, explainTLS, explainNetwork} {
		what, try := explain(err)
		if what == "" {
			continue
		}
		if !strings.HasSuffix(try, "?") {
			try += "."
		}
		return Clean(what) + ". Try: " + try
	}
	return Clean(err.Error())
}

func explainConfig(err error) (what, try string) {
	var broken *kubeconfigError
	var open *noContextError
	text := err.Error()
	switch {
	case errors.As(err, &broken):
		return "the kubeconfig can't be used: " + broken.Error(), "fetch the kubeconfig anew"
	case errors.As(err, &open):
		return open.Error(), "--context NAME, or kubectl config use-context NAME"
	case clientcmd.IsEmptyConfig(err):
		return "no kubeconfig was found, and this isn't a pod of a cluster",
			"set KUBECONFIG or --kubeconfig, or see a demo with make demo"
	case clientcmd.IsContextNotFound(err), strings.Contains(text, "does not exist") && strings.Contains(text, "context"):
		return text, "kubectl config get-contexts lists those that do"
	case strings.Contains(text, "error loading config file"), clientcmd.IsConfigurationInvalid(err):
		return "the kubeconfig can't be used: " + lastPart(text), "kubectl config view shows what is read, and from where"
	case PluginFailed(err):
		_, why, _ := strings.Cut(text, gettingCredentials)
		why = strings.TrimPrefix(why, "exec: ")
		return "the kubeconfig's credential plugin failed: " + strings.TrimSuffix(lastPart(why), "."), "run it by hand, or log in with your provider's tool"
	case strings.Contains(text, "executable") && strings.Contains(text, "not found"):
		return "the kubeconfig's credential plugin failed: " + lastPart(text), "run it by hand, or log in with your provider's tool"
	}
	return "", ""
}

// gettingCredentials is how client-go begins to tell of a credential plugin.
const gettingCredentials = "getting credentials: "

// PluginFailed says that the kubeconfig's credential plugin has failed.
func PluginFailed(err error) bool { return strings.Contains(err.Error(), gettingCredentials) }

func explainRefusal(err error) (what, try string) {
	var readOnly *ReadOnlyError
	switch {
	case errors.As(err, &readOnly):
		return readOnly.Error(), "leave read-only mode first"
	case apierrors.IsUnauthorized(err):
		return "the server doesn't accept the credentials: a token or certificate has expired, or belongs to another cluster",
			"log in again, or another --context"
	case apierrors.IsForbidden(err):
		return err.Error(), "ask for that right, or another --as or --context"
	case apierrors.IsTooManyRequests(err):
		return "the server has too much to do: it answers \"too many requests\"", "again in a moment"
	case apierrors.IsInternalError(err) && strings.Contains(err.Error(), `("unknown")`):
		return "the server has an error of its own, and doesn't say which", "kubectl get --raw /readyz?verbose shows how it is; else again in a moment"
	case apierrors.IsServiceUnavailable(err):
		return "the server, or what stands before it, is not available: " + err.Error(), "again in a moment"
	}
	return "", ""
}

func explainTLS(err error) (what, try string) {
	var authority x509.UnknownAuthorityError
	var hostname x509.HostnameError
	var invalid x509.CertificateInvalidError
	var alert tls.AlertError
	server := serverIn(err)
	switch {
	case errors.As(err, &authority):
		return "the certificate of " + server + " is signed by an authority that the kubeconfig doesn't know",
			"fetch the kubeconfig anew; if this cluster was never so, somebody may stand between"
	case errors.As(err, &hostname):
		return "the certificate of " + server + " is for another name: " + hostname.Error(), "the server's address as its certificate has it, or tls-server-name in the kubeconfig"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "the certificate of " + server + " has expired or is not valid yet: " + invalid.Detail, "check this machine's clock; then the server's certificates (kubeadm certs check-expiration)"
	case errors.As(err, &alert):
		return server + " refuses our client certificate: " + alert.Error(), "fetch the kubeconfig anew"
	}
	return "", ""
}

func explainNetwork(err error) (what, try string) {
	var late *NoAnswerError
	var dns *net.DNSError
	var timeout net.Error
	server, text := serverIn(err), err.Error()
	switch {
	case errors.Is(err, context.Canceled):
		return "", ""
	case errors.As(err, &late) && late.Write:
		return server + " took a change and didn't answer: " + late.Error(), "kiln journal, which says what kiln saw of it since; what it could not see it looks for at its next start"
	case errors.As(err, &late):
		return server + " did not answer in time: " + late.Error(), "again, or a longer --request-timeout"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nothing answers at " + server + ": the connection was refused", "is the cluster running? kubectl config view --minify shows the address that is used"
	case errors.As(err, &dns):
		return fmt.Sprintf("the name %q of the server can't be resolved", dns.Name), "is the network, or the VPN, up?"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return server + " did not answer in time", "is the network, or the VPN, up? Is a proxy needed (HTTPS_PROXY)?"
	case errors.Is(err, errNoAnswer), errors.Is(err, io.EOF), errors.Is(err, syscall.ECONNRESET):
		return server + " closed the connection without an answer", "again in a moment: what stands there, a load balancer or a proxy, may have no API server behind it"
	case strings.Contains(text, "client connection lost"):
		return "the connection to the server was lost: it answers no more", "is the network, or the VPN, up?"
	case strings.Contains(text, "malformed HTTP"):
		return server + " answers, but not as a Kubernetes API server", "kubectl config view --minify shows the address that is used; does a proxy stand between?"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return "there is no way to " + server, "is the network, or the VPN, up?"
	}
	return "", ""
}

// serverIn finds the address that a failed request went to.
func serverIn(err error) string {
	var failed *url.Error
	if errors.As(err, &failed) {
		if u, parseErr := url.Parse(failed.URL); parseErr == nil && u.Host != "" {
			return u.Host
		}
	}
	return "the server"
}

// lastPart is the end of a chain of causes, which is where client-go says what
// matters.
func lastPart(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.TrimPrefix(lines[len(lines)-1], "invalid configuration: ")
}
