package kube_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"testing"

	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"

	"kiln/kube"
	"kiln/kube/kubetest"
)

// The gate sits in the transport, so these are requests as they leave, however
// they were made.
func TestReadOnlyIsEnforcedInTheTransport(t *testing.T) {
	testbed := kubetest.Cluster(t)
	ns := testbed.Namespace(t, "readonly")
	cluster := connect(t, testbed.Kubeconfig())
	cluster.Gate.SetReadOnly(true)
	client := cluster.Client.CoreV1().RESTClient()
	at := func(verb, path string) *rest.Request { return client.Verb(verb).AbsPath("/api/v1/" + path) }
	configMap := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "a"}}
	one := "namespaces/" + ns + "/configmaps/kube-root-ca.crt"

	for name, request := range map[string]*rest.Request{
		"a create":                       at("POST", "namespaces/"+ns+"/configmaps").Body(configMap),
		"an update":                      at("PUT", one).Body(configMap),
		"a patch":                        at("PATCH", one).Body([]byte(`{}`)),
		"a delete":                       at("DELETE", one),
		"a verb that nobody knows":       at("PROPFIND", one),
		"a token":                        at("POST", "namespaces/"+ns+"/serviceaccounts/default/token"),
		"what is called a review":        at("POST", "namespaces/"+ns+"/configmaps/selfsubjectaccessreviews"),
		"no dry run":                     at("PATCH", one).Param("dryRun", "None").Body([]byte(`{}`)),
		"two dry runs":                   at("DELETE", one).Param("dryRun", "All").Param("dryRun", "None"),
		"a body beside the dry run":      at("DELETE", one).Param("dryRun", "All").Body(&metav1.DeleteOptions{}),
		"what a service is to carry out": at("POST", "namespaces/"+ns+"/services/x/proxy/pay").Param("dryRun", "All"),
		"a shell by GET":                 at("GET", "namespaces/"+ns+"/pods/p/exec"),
		"a pod's ports by GET":           at("GET", "namespaces/"+ns+"/pods/p/portforward"),
		"a pod's own pages":              at("GET", "namespaces/"+ns+"/pods/p/proxy"),
		"the kubelet's shell":            at("GET", "nodes/n/proxy/exec/ns/pod/c"),
	} {
		var refused *kube.ReadOnlyError
		if err := request.Do(t.Context()).Error(); !errors.As(err, &refused) {
			t.Errorf("%s: %v, want a ReadOnlyError", name, err)
		}
	}
	for name, request := range map[string]*rest.Request{
		"a list":                    at("GET", "namespaces/"+ns+"/configmaps"),
		"a namespace called proxy":  at("GET", "namespaces/proxy/pods"),
		"a pod called exec":         at("GET", "namespaces/pods/pods/exec"),
		"a kubelet's configuration": at("GET", "nodes/n/proxy/configz"),
		"a dry run of a patch":      at("PATCH", one).Param("dryRun", "All").SetHeader("Content-Type", "application/merge-patch+json").Body([]byte(`{}`)),
		"a dry run of a delete":     at("DELETE", one).Param("dryRun", "All"),
		"a dry run of a create":     at("POST", "namespaces/"+ns+"/configmaps").Param("dryRun", "All").Body(configMap),
		"a question about one's rights": client.Post().AbsPath("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews").
			Body(&authorizationv1.SelfSubjectAccessReview{}),
	} {
		var refused *kube.ReadOnlyError
		if err := request.Do(t.Context()).Error(); errors.As(err, &refused) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := cluster.Client.CoreV1().ConfigMaps(ns).Get(t.Context(), "kube-root-ca.crt", metav1.GetOptions{}); err != nil {
		t.Errorf("a dry run has deleted it: %v", err)
	}
	cluster.Gate.SetReadOnly(false)
	if err := at("POST", "namespaces/"+ns+"/configmaps").Body(configMap).Do(t.Context()).Error(); err != nil {
		t.Errorf("after leaving read-only mode: %v", err)
	}
}

func TestReadOnlyKnowsRoundaboutPaths(t *testing.T) {
	cluster := connect(t, kubetest.Cluster(t).Kubeconfig())
	cluster.Gate.SetReadOnly(true)
	client, err := rest.HTTPClientFor(cluster.Config)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/api//v1/nodes/n/proxy/exec/ns/pod/c", "/api/v1/nodes/n/proxy/configz/../exec/ns/pod/c"} {
		answer, err := client.Get(cluster.Server + path)
		var refused *kube.ReadOnlyError
		if !errors.As(err, &refused) {
			t.Errorf("%s: %v, want a ReadOnlyError", path, err)
		}
		if err == nil {
			answer.Body.Close()
		}
	}
}

// Some servers are found below a path, as those behind Rancher are.
func TestReadOnlyBelowAPath(t *testing.T) {
	testbed := kubetest.Cluster(t)
	ns := testbed.Namespace(t, "readonly-path")
	target, err := url.Parse(testbed.Config().Host)
	if err != nil {
		t.Fatal(err)
	}
	transport, err := rest.TransportFor(testbed.Config())
	if err != nil {
		t.Fatal(err)
	}
	forward := &httputil.ReverseProxy{Transport: transport, Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }}
	const below = "/k8s/clusters/api"
	server := httptest.NewServer(http.StripPrefix(below, forward))
	t.Cleanup(server.Close)
	cluster, err := kube.NewCluster(&rest.Config{Host: server.URL + below}, "below a path")
	if err != nil {
		t.Fatal(err)
	}
	cluster.Gate.SetReadOnly(true)
	ref := kube.Ref{APIVersion: "v1", Kind: "ConfigMap", Namespace: ns, Name: "kube-root-ca.crt"}
	if _, err := cluster.Read(t.Context(), ref); err != nil {
		t.Errorf("a read: %v", err)
	}
	if err := cluster.Allowed(t.Context(), "delete", ref); err != nil {
		t.Errorf("a question about one's rights: %v", err)
	}
	if _, err := cluster.PatchMerge(t.Context(), ref, map[string]any{}, kube.DryRun); err != nil {
		t.Errorf("a dry run: %v", err)
	}
	var refused *kube.ReadOnlyError
	if _, err := cluster.PatchMerge(t.Context(), ref, map[string]any{}, kube.ForReal); !errors.As(err, &refused) {
		t.Errorf("a patch: %v, want a ReadOnlyError", err)
	}
	shell := cluster.Client.CoreV1().RESTClient().Get().Namespace(ns).Resource("pods").Name("p").SubResource("exec")
	if err := shell.Do(t.Context()).Error(); !errors.As(err, &refused) {
		t.Errorf("a shell by GET: %v, want a ReadOnlyError", err)
	}
}
