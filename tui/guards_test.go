package tui

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/client-go/rest"

	"kiln/fixes"
	"kiln/kube"
	"kiln/scanners"
)

// A session that comes when the mode is known already must hold to it.
func TestAContextsModeReachesItsGate(t *testing.T) {
	settings := scanners.Config{Contexts: []scanners.ContextConfig{{Context: "vault-*", ReadOnly: true}}}
	a, _ := configuredApp(t, settings, "staging")
	cluster, err := kube.NewCluster(&rest.Config{Host: "http://127.0.0.1:1"}, "vault-1")
	if err != nil {
		t.Fatal(err)
	}
	a.onConnected(&Session{checks: a.opts.Checks, cluster: cluster})
	if !a.readOnly || !cluster.Gate.ReadOnly() {
		t.Errorf("read-only: the screen %v, the gate %v", a.readOnly, cluster.Gate.ReadOnly())
	}
}

func TestCredentialsStayWithTheirContext(t *testing.T) {
	word, names, yes := "given", []string{"given"}, true
	flags := genericclioptions.NewConfigFlags(true)
	flags.BearerToken, flags.APIServer, flags.CAFile, flags.CertFile, flags.KeyFile = &word, &word, &word, &word, &word
	flags.AuthInfoName, flags.ClusterName, flags.Namespace, flags.TLSServerName, flags.Insecure = &word, &word, &word, &word, &yes
	flags.KubeConfig, flags.Impersonate, flags.ImpersonateGroup = &word, &word, &names
	other := flagsFor(flags, "other", true)
	for name, value := range map[string]*string{
		"token": other.BearerToken, "server": other.APIServer, "certificate-authority": other.CAFile, "client-certificate": other.CertFile,
		"client-key": other.KeyFile, "user": other.AuthInfoName, "cluster": other.ClusterName, "namespace": other.Namespace, "tls-server-name": other.TLSServerName,
	} {
		if value != nil && *value != "" {
			t.Errorf("--%s leaks into another context", name)
		}
	}
	if *other.Insecure {
		t.Error("--insecure-skip-tls-verify leaks into another context")
	}
	if *other.Context != "other" || *other.KubeConfig != word || *other.Impersonate != word || !slices.Equal(*other.ImpersonateGroup, names) {
		t.Error("the kubeconfig, and whom one acts as, should stay")
	}
}

func TestClicksBesideADialogDoNothing(t *testing.T) {
	a, _ := newTestApp(t, "staging", 120, 40)
	a.View()
	before := selected(a)
	click := tea.MouseClickMsg{X: 5, Y: len(a.header()) + 2 + 3, Button: tea.MouseLeft}
	a.ask(question{title: "Sure?", text: "Really?", accept: "Yes"})
	if a.Update(click); selected(a) != before {
		t.Error("a click went through the dialog")
	}
	a.dialog = nil
	if a.Update(click); selected(a) == before {
		t.Error("without the dialog it should select a row")
	}
}

// Applying agrees to what the page shows, and to no more.
func TestWordsAgreeToWhatIsShown(t *testing.T) {
	tests := []struct {
		name    string
		of      proposal
		stopgap bool
		take    []string
	}{
		{"a plain fix", fixtureProposal(), false, nil},
		{"an object of Helm's", owned(), true, nil},
		{"a declared field", conflicting(fixtureProposal()), false, []string{".spec.x"}},
		{"both", conflicting(owned()), true, []string{".spec.x"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			words := tt.of.words()
			if words.Stopgap != tt.stopgap || !slices.Equal(words.Take, tt.take) {
				t.Errorf("words %+v, want stopgap %v and taken over %v", words, tt.stopgap, tt.take)
			}
			if !tt.of.ready() {
				t.Error("it isn't ready")
			}
			tt.of.covered = true
			if tt.of.ready() {
				t.Error("what an earlier fix of the batch did is done again")
			}
		})
	}
}

// A finding that went is still drawn for some seconds.
func TestNothingActsOnAFindingThatIsGone(t *testing.T) {
	a, _ := newTestApp(t, "staging", 120, 40)
	v := a.findings
	gone, left := v.current(), *a.snapshot
	v.toggleMark(gone.ID)
	left.findings = slices.DeleteFunc(slices.Clone(left.findings), func(f *scanners.Finding) bool { return f == gone })
	a.snapshot = &left
	a.mark(&delta{gone: []*scanners.Finding{gone}})
	a.fade()
	v.onSnapshot()
	if len(v.query.marked) != 0 {
		t.Error("it is still marked")
	}
	for v.table.moveTo(0); v.current().ID != gone.ID; press(a, "down") {
		if v.table.cursor == v.table.rows-1 {
			t.Fatalf("it isn't drawn:\n%s", screenText(a))
		}
	}
	for _, name := range []string{"enter", "space", a.keys.Fix.Keys()[0]} {
		a.messages.dismiss()
		press(a, name)
		if m := a.messages.current(); m == nil || a.top() != view(v) || len(v.query.marked) != 0 {
			t.Errorf("%s acts on it:\n%s", name, screenText(a))
		}
	}
}

// Two layers mask: what is secret by its kind or name, and what a finding
// takes for a secret.
func TestObjectsAreReadMasked(t *testing.T) {
	tests := []struct {
		name, kind, data string
		found            string
	}{
		{"a secret", "Secret", `{"greeting": "Y29ycmVjdC1ob3JzZQ=="}`, ""},
		{"by the field's name", "ConfigMap", `{"DB_PASSWORD": "correct-horse"}`, ""},
		{"by a finding", "ConfigMap", `{"greeting": "correct-horse"}`, "data.greeting"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				fmt.Fprintf(w, `{"apiVersion": "v1", "kind": %q, "metadata": {"name": "app", "namespace": "shop"}, "data": %s}`, tt.kind, tt.data)
			}))
			defer server.Close()
			a, _ := newTestApp(t, "staging", 80, 24)
			cluster, err := kube.NewCluster(&rest.Config{Host: server.URL}, "staging")
			if err != nil {
				t.Fatal(err)
			}
			mapper := meta.NewDefaultRESTMapper(nil)
			mapper.Add(schema.GroupVersionKind{Version: "v1", Kind: tt.kind}, meta.RESTScopeNamespace)
			cluster.Mapper, a.session.cluster = mapper, cluster
			ref := kube.Ref{APIVersion: "v1", Kind: tt.kind, Namespace: "shop", Name: "app"}
			if tt.found != "" {
				a.snapshot.findings = []*scanners.Finding{{Check: "data/secret-in-configmap", Object: ref, Path: tt.found}}
			}
			settle(a, a.openYAML(ref, ""))
			if text := screenText(a); !strings.Contains(text, "masked") || strings.Contains(text, "correct-horse") || strings.Contains(text, "Y29ycmV") {
				t.Errorf("it isn't masked:\n%s", text)
			}
		})
	}
}

func TestNewsOfAnEarlierRunIsDropped(t *testing.T) {
	a, _ := newTestApp(t, "staging", 80, 24)
	a.live.id = 2
	before, late := a.snapshot, *a.snapshot
	late.delta = &delta{}
	a.onLive(liveMsg{id: 1, news: &liveNews{snapshot: &late}, next: func() tea.Cmd { return nil }})
	if a.snapshot != before {
		t.Error("what another cluster said is shown")
	}
}

func TestEscStopsADrainButWaitsForItsEnd(t *testing.T) {
	a, c := newTestApp(t, "staging", 80, 24)
	v := openFixtureDrain(a)
	v.update(drainPlanMsg{plan: fixtureDrainPlan()})
	c.now = c.now.Add(settleTime)
	stopped := false
	v.stop = func() { stopped = true }
	if press(a, "esc"); !stopped || a.top() != view(v) {
		t.Errorf("stopped: %v, still there: %v", stopped, a.top() == view(v))
	}
}

func TestAnotherContextStartsFromNothing(t *testing.T) {
	a, _ := newTestApp(t, "staging", 80, 24)
	a.runCommand("workloads")
	a.runCommand("checks")
	a.kubelets = true // the user allowed it, for that cluster
	a.switchContext("other")
	a.cancelTasks(nil)
	if a.kubelets {
		t.Error("its kubelets would be asked without a word")
	}
	for _, name := range []string{"-", "["} {
		if press(a, name); a.top() != view(a.findings) || len(a.views) != 1 {
			t.Errorf("%s goes back to a page of the earlier context: %s", name, a.top().title())
		}
	}
}

func TestReadOnlyReapsNothing(t *testing.T) {
	a, _ := newTestApp(t, "staging", 80, 24)
	a.session.fixer = &fixes.Fixer{}
	a.setReadOnly(true)
	if a.reapNodeProbes() != nil {
		t.Error("pods would be deleted")
	}
	a.setReadOnly(false)
	if a.reapNodeProbes() == nil {
		t.Error("what a killed kiln left stays for ever")
	}
}

func TestAFailedRolloutOffersWhatCanBeDone(t *testing.T) {
	a, _ := newTestApp(t, "staging", 80, 24)
	r := fixtureRollout(a)
	undone := r
	undone.entry.State = fixes.Undone
	if a.onRolloutFailed(undone, kube.Rollout{}); a.dialog != nil {
		t.Error("what is undone already can't be taken back")
	}
	a.ask(question{title: "Another", accept: "Yes"})
	if a.onRolloutFailed(r, kube.Rollout{}); a.dialog.title != "Another" {
		t.Error("an open question was replaced under the user's fingers")
	}
	a.dialog = nil
	if a.onRolloutFailed(r, kube.Rollout{}); a.dialog == nil {
		t.Error("the undo isn't offered")
	}
}
