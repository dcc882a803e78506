package tui

import (
	"net/http"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"charm.land/bubbles/v2/key"
	"k8s.io/client-go/rest"

	"kiln/kube/kubetest"
)

// writeLog notes what reaches the server and isn't a read, a review or a dry
// run.
type writeLog struct {
	mu     sync.Mutex
	reads  int
	writes []string
}

func (l *writeLog) wrap(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(req *http.Request) (*http.Response, error) {
		l.mu.Lock()
		defer l.mu.Unlock()
		switch {
		case req.Method == http.MethodGet && !strings.HasSuffix(req.URL.Path, "/exec") && !strings.HasSuffix(req.URL.Path, "/attach"),
			strings.HasSuffix(req.URL.Path, "reviews"), req.URL.Query().Get("dryRun") == "All":
			l.reads++
		default:
			l.writes = append(l.writes, req.Method+" "+req.URL.Path)
		}
		return next.RoundTrip(req)
	})
}

// sum is what was noted so far.
func (l *writeLog) sum() (reads int, writes []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.reads, slices.Clone(l.writes)
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// everyKey are all keys of the key map, less those that leave kiln or
// read-only mode.
func everyKey(a *App) []string {
	var all []string
	bindings := reflect.ValueOf(*a.keys)
	for i := range bindings.NumField() {
		for _, name := range bindings.Field(i).Interface().(key.Binding).Keys() {
			if !slices.Contains(all, name) && !key.Matches(keyOf(name), a.keys.ForceQuit, a.keys.ReadOnly) {
				all = append(all, name)
			}
		}
	}
	return all
}

// Keys in every view, each followed by the buttons that it may have opened: in
// read-only mode nothing but reads gets to the server. Each view has every
// eighth key, another eighth than the view before; with KILN_SOAK it has all,
// which takes minutes.
func TestReadOnlyHoldsForEveryKeyOfEveryView(t *testing.T) {
	cluster := kubetest.Cluster(t)
	t.Chdir(t.TempDir()) // one of the keys saves what is shown
	namespace := cluster.Namespace(t, "readonly-keys")
	cluster.Apply(t, shopManifest, namespace)
	t.Chdir(t.TempDir()) // where ctrl-s saves screens
	sent := &writeLog{}
	d := openStoryWith(t, cluster.Kubeconfig(), namespace, func(config *rest.Config) *rest.Config {
		config.Wrap(sent.wrap)
		return config
	})
	d.keys("ctrl+o")
	if _, writes := sent.sum(); len(writes) > 0 {
		t.Fatalf("before a key was pressed: %v", writes)
	}
	step := 8
	if os.Getenv("KILN_SOAK") != "" {
		step = 1
	}
	for n, place := range []struct {
		command string
		keys    []string
	}{
		{"findings", nil}, {"findings", []string{"enter"}}, {"findings", []string{"f"}}, {"findings", []string{"x"}},
		{"findings", []string{"y"}}, {"findings", []string{"d"}}, {"findings", []string{"l"}}, {"findings", []string{"D"}},
		{"findings", []string{"i"}}, {"findings", []string{"a"}}, {"findings", []string{"K"}}, {"findings", []string{"t"}},
		{"workloads", nil}, {"workloads", []string{"enter"}}, {"posture", nil}, {"checks", nil}, {"exceptions", nil},
		{"guardrails", nil}, {"journal", nil}, {"ns", nil}, {"rbac", nil}, {"rbac", []string{"enter"}},
		{"who-can get secrets", nil}, {"trace create pods", nil}, {"reach " + namespace, nil}, {"debug", nil},
		{"messages", nil}, {"learn path", nil}, {"learn pod/privileged", nil},
	} {
		for i, name := range everyKey(d.app) {
			if (i+n)%step != 0 {
				continue
			}
			d.command(place.command)
			d.keys(place.keys...)
			d.keys(name, "tab", "enter", "enter")
			d.keys("esc", "esc", "esc", "esc")
			if _, writes := sent.sum(); len(writes) > 0 {
				t.Fatalf("%s %v, then %s: %v\n%s", place.command, place.keys, name, writes, screenText(d.app))
			}
		}
	}
	if reads, _ := sent.sum(); !d.app.readOnly || reads < 100 {
		t.Errorf("read-only %v, %d reads: the keys have done nothing", d.app.readOnly, reads)
	}
}
