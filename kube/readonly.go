package kube

import (
	"net/http"
	"path"
	"strings"
	"sync/atomic"
)

// Gate is the read-only switch of a Cluster. It sits in the transport, so no
// view or command can reach around it. Several connections to a cluster share
// one.
type Gate struct{ readOnly atomic.Bool }

// NewGate makes a gate that is closed to writes, or open.
func NewGate(readOnly bool) *Gate {
	g := &Gate{}
	g.SetReadOnly(readOnly)
	return g
}

// SetReadOnly closes the gate to writes, or opens it, for requests from now on.
func (g *Gate) SetReadOnly(on bool) { g.readOnly.Store(on) }

// ReadOnly says whether writes are refused.
func (g *Gate) ReadOnly() bool { return g.readOnly.Load() }

// ReadOnlyError is the refusal of what could change the cluster.
type ReadOnlyError struct {
	// What is a request, or what was asked for: "to undo the last fix".
	What string
}

func (e *ReadOnlyError) Error() string { return "read-only mode refuses " + e.What }

// gatedTransport refuses what the gate is closed to. base is the path below
// which the API server is found: a proxy such as Rancher's has one for each of
// several, else it is empty.
type gatedTransport struct {
	gate *Gate
	base string
	next http.RoundTripper
}

func (t gatedTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	if t.gate.ReadOnly() && !harmless(req, t.base) {
		if req.Body != nil {
			_ = req.Body.Close()
		}
		return nil, &ReadOnlyError{What: req.Method + " " + req.URL.Path}
	}
	return t.next.RoundTrip(req)
}

// harmless lets get, list and watch through, the reviews that only ask, and
// dry runs. A GET that upgrades to a stream (exec, attach, port-forward, and
// the kubelet's own behind a node's proxy) is no read.
func harmless(req *http.Request, base string) bool {
	urlPath, below := strings.CutPrefix(req.URL.Path, base)
	if !below || opensStream(urlPath) {
		return false
	}
	switch req.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return true
	case http.MethodPost:
		return isReview(urlPath) || isDryRun(req)
	case http.MethodPatch, http.MethodPut:
		return isDryRun(req)
	case http.MethodDelete:
		// With a body the server doesn't look at the address.
		return isDryRun(req) && (req.Body == nil || req.Body == http.NoBody)
	}
	return false
}

// opensStream says that a request is handed on to something else, such as a
// pod, a service or a kubelet, for which the API server can't promise.
func opensStream(urlPath string) bool {
	switch subresource, behind := subresourceIn(urlPath); subresource {
	case "exec", "attach", "portforward":
		return true
	case "proxy":
		return behind != "configz" && behind != "healthz"
	}
	return false
}

// subresourceIn finds the subresource in a path such as
// /api/v1/namespaces/NS/pods/NAME/proxy/metrics, and what stands behind it.
func subresourceIn(urlPath string) (subresource, behind string) {
	steps := strings.Split(strings.Trim(path.Clean(urlPath), "/"), "/")
	switch steps[0] {
	case "api": // and the version
		steps = steps[min(2, len(steps)):]
	case "apis": // and the group and the version
		steps = steps[min(3, len(steps)):]
	default:
		return "", ""
	}
	if len(steps) > 3 && steps[0] == "namespaces" {
		steps = steps[2:]
	}
	if len(steps) < 3 { // a resource, an object's name
		return "", ""
	}
	return steps[2], strings.Join(steps[3:], "/")
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

// isDryRun says that the API server stores nothing.
func isDryRun(req *http.Request) bool {
	values := req.URL.Query()["dryRun"]
	return len(values) == 1 && values[0] == "All"
}
