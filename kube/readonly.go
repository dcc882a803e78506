package kube

import (
	"fmt"
	"net/http"
	"path"
	"strings"
	"sync/atomic"
)

// Gate is the read-only switch of a Cluster. It sits in the transport, so no
// view or command can reach around it.
type Gate struct{ readOnly atomic.Bool }

// SetReadOnly closes the gate to writes, or opens it, for requests from now on.
func (g *Gate) SetReadOnly(on bool) { g.readOnly.Store(on) }

// ReadOnly says whether writes are refused.
func (g *Gate) ReadOnly() bool { return g.readOnly.Load() }

// ReadOnlyError is the refusal of a request that could change the cluster.
type ReadOnlyError struct{ Method, Path string }

func (e *ReadOnlyError) Error() string {
	return fmt.Sprintf("read-only mode: %s %s was not sent", e.Method, e.Path)
}

type gatedTransport struct {
	gate *Gate
	next http.RoundTripper
}

func (t gatedTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	if t.gate.ReadOnly() && !harmless(req) {
		if req.Body != nil {
			_ = req.Body.Close()
		}
		return nil, &ReadOnlyError{Method: req.Method, Path: req.URL.Path}
	}
	return t.next.RoundTrip(req)
}

// harmless lets get, list and watch through, the reviews that only ask, and
// dry runs. A GET that upgrades to a stream (exec, attach, port-forward, and
// the kubelet's own behind a node's proxy) is no read.
func harmless(req *http.Request) bool {
	switch req.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return !opensStream(req.URL.Path)
	case http.MethodPost:
		return isReview(req.URL.Path) || isDryRun(req)
	case http.MethodPatch, http.MethodPut:
		return isDryRun(req)
	case http.MethodDelete:
		// With a body the server doesn't look at the address.
		return isDryRun(req) && (req.Body == nil || req.Body == http.NoBody)
	}
	return false
}

func opensStream(urlPath string) bool {
	if _, behind, ok := strings.Cut(urlPath, "/proxy/"); ok {
		return behind != "configz" && behind != "healthz"
	}
	switch path.Base(urlPath) {
	case "exec", "attach", "portforward", "proxy":
		return strings.Contains(urlPath, "/pods/") || strings.Contains(urlPath, "/services/") || strings.Contains(urlPath, "/nodes/")
	}
	return false
}

func isReview(urlPath string) bool {
	if !strings.HasPrefix(urlPath, "/apis/authorization.k8s.io/") && !strings.HasPrefix(urlPath, "/apis/authentication.k8s.io/") {
		return false
	}
	switch path.Base(urlPath) {
	case "selfsubjectaccessreviews", "selfsubjectrulesreviews", "subjectaccessreviews", "localsubjectaccessreviews", "selfsubjectreviews":
		return true
	}
	return false
}

// isDryRun says that the API server stores nothing. What it hands on to
// something else, such as a pod, a service or a kubelet, it can't promise for.
func isDryRun(req *http.Request) bool {
	values := req.URL.Query()["dryRun"]
	return len(values) == 1 && values[0] == "All" && !opensStream(req.URL.Path)
}
