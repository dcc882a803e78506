package catalogue_test

import (
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"
	"sigs.k8s.io/yaml"

	"kiln/kube"
	"kiln/kube/kubetest"
	"kiln/scanners/netpol"
)

// documentedReader is the ClusterRole that the documents give to whoever scans.
func documentedReader(t *testing.T) rbacv1.ClusterRole {
	t.Helper()
	text, err := os.ReadFile("../../docs/reader.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var role rbacv1.ClusterRole
	if err := yaml.UnmarshalStrict(text, &role); err != nil {
		t.Fatal(err)
	}
	return role
}

func TestTheDocumentedRoleSeesWhatAnAdminSees(t *testing.T) {
	testbed := kubetest.Cluster(t)
	testbed.Load(t, "../../testdata/clusters/vulnerable")
	reader, refused := testbed.Identity(t, "reader", nil, documentedReader(t).Rules...), &refusals{}
	admin := scan(t, testbed.Kubeconfig())
	seen := judge(t, connectThrough(t, reader, func(server http.RoundTripper) http.RoundTripper {
		refused.server = server
		return refused
	}))
	for _, path := range refused.paths {
		t.Errorf("it takes a right that the role lacks: %s", path)
	}
	delete(admin, "api/certificates") // it judges one's own certificate, and the test has made the reader's
	for id, want := range admin {
		got := seen[id]
		if got.Status != want.Status || got.Reason != want.Reason || len(got.Findings) != len(want.Findings) {
			t.Errorf("%s: %s (%s) with %d findings, for an admin %s (%s) with %d",
				id, got.Status, got.Reason, len(got.Findings), want.Status, want.Reason, len(want.Findings))
		}
	}
}

// refusals notes what the server forbids.
type refusals struct {
	server http.RoundTripper
	mu     sync.Mutex
	paths  []string
}

func (r *refusals) RoundTrip(req *http.Request) (*http.Response, error) {
	answer, err := r.server.RoundTrip(req)
	if err == nil && answer.StatusCode == http.StatusForbidden {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.paths = append(r.paths, req.Method+" "+req.URL.Path)
	}
	return answer, err
}

func TestTheDocumentedRoleHoldsWhatIsReadAndOnlyThat(t *testing.T) {
	granted := map[kube.Resource][]string{}
	for _, rule := range documentedReader(t).Rules {
		for _, group := range rule.APIGroups {
			for _, name := range rule.Resources {
				granted[kube.Resource(strings.TrimSuffix(name+"."+group, "."))] = rule.Verbs
			}
		}
		for _, verb := range rule.Verbs {
			if !slices.Contains([]string{"get", "list", "watch"}, verb) {
				t.Errorf("%v may be changed: %s", rule.Resources, verb)
			}
		}
	}
	read := append(lookedAt(), netpol.Resources()...)
	for _, r := range read {
		if isListed(r) && !(slices.Contains(granted[r], "list") && slices.Contains(granted[r], "watch")) {
			t.Errorf("kiln reads %s, and the role doesn't let it be listed and watched: docs/reader.yaml", r)
		}
	}
	for r := range granted {
		if !slices.Contains(read, r) && r != "events" && r != "pods/log" {
			t.Errorf("nothing reads %s: take it out of docs/reader.yaml", r)
		}
	}
}

// isListed leaves out what is read that is no kind of the API: paths,
// files of the control plane, what probes saw.
func isListed(r kube.Resource) bool {
	files := []kube.Resource{kube.KubeletConfigFiles, kube.AuditPolicyFiles, kube.EncryptionFiles}
	return !strings.ContainsAny(string(r), "/ ") && !slices.Contains(files, r)
}
