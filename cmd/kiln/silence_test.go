package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

// A server that takes a change and then says nothing more, done or not, costs
// a limited time. What is known of the change is said and journalled.
func TestAChangeThatIsNeverAnswered(t *testing.T) {
	for name, done := range map[string]bool{"it was made": true, "it was not made": false} {
		t.Run(name, func(t *testing.T) {
			testbed := useTestbed(t)
			ns := testbed.Namespace(t, "silence")
			testbed.Apply(t, strings.ReplaceAll(privileged, "namespace: shop", ""), ns)
			before := generation(t, testbed, ns)
			var writes atomic.Int32
			server := between(t, testbed, func(w http.ResponseWriter, r *http.Request, forward http.Handler) {
				if r.Method != http.MethodPatch || r.URL.Query().Has("dryRun") || writes.Add(1) > 1 {
					forward.ServeHTTP(w, r)
					return
				}
				if done {
					forward.ServeHTTP(httptest.NewRecorder(), r)
				}
				_, _ = io.Copy(io.Discard, r.Body)
				<-r.Context().Done()
			})
			got := kiln(t, "", "fix", "pod/privileged", "-n", ns, "--object", "Deployment/web", "--yes", "--server", server, "--request-timeout", "5s")
			want := "took a change and didn't answer: PATCH /apis/apps/v1/namespaces/" + ns + "/deployments/web was not answered within 5s: whether the change was made is not known. Try: kiln journal"
			if got.code != exitError || !strings.Contains(got.err, want) {
				t.Errorf("exit %d: %s", got.code, got.err)
			}
			if written := generation(t, testbed, ns) != before; written != done {
				t.Fatalf("written: %v, want %v", written, done)
			}
			state := map[bool]string{true: "applied", false: "failed"}[done]
			if journal := kiln(t, "", "journal").out; !strings.Contains(journal, state) {
				t.Errorf("the journal doesn't say %s:\n%s", state, journal)
			}
		})
	}
}
