package main

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"kiln/kube/kubetest"
)

// behindProxy is a kubeconfig that leads through a proxy, which lets only some
// upgrades of connections pass; upgraded counts those that did.
func behindProxy(t *testing.T, testbed *kubetest.Testbed, lets func(protocol string) bool) (kubeconfig string, upgraded *atomic.Int32) {
	t.Helper()
	config := testbed.Config()
	config.NextProtos = []string{"http/1.1"} // a connection of HTTP/2 can't be upgraded
	transport, err := rest.TransportFor(config)
	if err != nil {
		t.Fatal(err)
	}
	server, err := url.Parse(config.Host)
	if err != nil {
		t.Fatal(err)
	}
	upgraded = &atomic.Int32{}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(server) }, Transport: transport}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		protocol := r.Header.Get("Upgrade")
		if protocol != "" && !lets(protocol) {
			http.Error(w, "this proxy upgrades nothing to "+protocol, http.StatusBadRequest)
			return
		}
		if protocol != "" {
			upgraded.Add(1)
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	path := write(t, "proxy.kubeconfig", "")
	err = clientcmd.WriteToFile(clientcmdapi.Config{
		Clusters:       map[string]*clientcmdapi.Cluster{"proxy": {Server: front.URL}},
		Contexts:       map[string]*clientcmdapi.Context{"proxy": {Cluster: "proxy", AuthInfo: "none"}},
		AuthInfos:      map[string]*clientcmdapi.AuthInfo{"none": {}},
		CurrentContext: "proxy",
	}, path)
	if err != nil {
		t.Fatal(err)
	}
	return path, upgraded
}

// Older proxies know nothing of websockets; SPDY gets through them.
func TestShellThroughAProxyWithoutWebsockets(t *testing.T) {
	testbed := useNode(t)
	ns := testbed.Namespace(t, "proxy")
	pod := helloPod()
	pod.Spec.Containers[0] = corev1.Container{Name: "app", Image: kubetest.BusyboxImage, Command: []string{"sleep", "1000"}}
	runPod(t, testbed, ns, pod)
	shell := func(kubeconfig string) outcome {
		return kiln(t, "echo through $((6*7))\n", "debug", "hello", "-n", ns, "--existing", "--kubeconfig", kubeconfig)
	}

	spdyOnly, upgraded := behindProxy(t, testbed, func(protocol string) bool { return strings.HasPrefix(strings.ToLower(protocol), "spdy") })
	if got := shell(spdyOnly); got.code != exitDone || !strings.Contains(got.out, "through 42") || upgraded.Load() != 1 {
		t.Errorf("SPDY only: exit %d, %d upgrades, %q, %s", got.code, upgraded.Load(), got.out, got.err)
	}
	any, upgraded := behindProxy(t, testbed, func(string) bool { return true })
	if got := shell(any); got.code != exitDone || !strings.Contains(got.out, "through 42") || upgraded.Load() != 1 {
		t.Errorf("both: exit %d, %d upgrades, %q, %s", got.code, upgraded.Load(), got.out, got.err)
	}
	none, upgraded := behindProxy(t, testbed, func(string) bool { return false })
	if got := shell(none); got.code != exitError || !strings.Contains(got.err, "this proxy upgrades nothing to") || upgraded.Load() != 0 {
		t.Errorf("neither: exit %d, %q, %s", got.code, got.out, got.err)
	}
}
