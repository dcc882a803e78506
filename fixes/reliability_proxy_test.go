package fixes

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"k8s.io/client-go/rest"

	"kiln/kube"
)

// badLine is a way to the real API server on which one write goes wrong.
type badLine struct {
	t       *testing.T
	server  *httptest.Server
	forward *httputil.ReverseProxy

	mu sync.Mutex
	// at counts the writes down to the one that goes wrong; 0 means none.
	at    int
	fault fault
	down  bool
	// writes are those that came in.
	writes int
}

// fault is what happens to a write. It says whether the server is gone from
// then on.
type fault func(w http.ResponseWriter, r *http.Request, forward http.Handler) (down bool)

func (b *bench) badLine() *badLine {
	b.Helper()
	config := b.testbed.Config()
	target, err := url.Parse(config.Host)
	if err != nil {
		b.Fatal(err)
	}
	transport, err := rest.TransportFor(config)
	if err != nil {
		b.Fatal(err)
	}
	l := &badLine{t: b.T, forward: &httputil.ReverseProxy{
		Transport: transport, FlushInterval: -1,
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) },
		// A request that the client has given up is nothing to log.
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
	}}
	l.server = httptest.NewServer(l)
	b.Cleanup(func() {
		l.server.CloseClientConnections()
		l.server.Close()
	})
	return l
}

// arm has the nth write from now go wrong.
func (l *badLine) arm(n int, f fault) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.at, l.fault = n, f
}

// through is a fixer on the line, with the bench's journal.
func (b *bench) through(l *badLine) *Fixer {
	b.Helper()
	cluster, err := kube.NewCluster(&rest.Config{Host: l.server.URL}, "bad line")
	if err != nil {
		b.Fatal(err)
	}
	cluster.Server, cluster.User = b.cluster.Server, "line-user" // the same server, by another address
	fixer := b.newFixer()
	fixer.Cluster = cluster
	return fixer
}

func (l *badLine) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if l.isDown() {
		hangUp(w)
		return
	}
	if f := l.faultFor(r); f != nil {
		if f(w, r, l.forward) {
			l.mu.Lock()
			l.down = true
			l.mu.Unlock()
		}
		return
	}
	l.forward.ServeHTTP(w, r)
}

func (l *badLine) isDown() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.down
}

// faultFor counts real writes to objects of namespaces.
func (l *badLine) faultFor(r *http.Request) fault {
	read := r.Method == http.MethodGet || r.URL.Query().Has("dryRun") || deletesDry(r) || !strings.Contains(r.URL.Path, "/namespaces/")
	l.mu.Lock()
	defer l.mu.Unlock()
	if read {
		return nil
	}
	l.writes++
	if l.at--; l.at != 0 {
		return nil
	}
	return l.fault
}

// deletesDry says that a deletion is a dry run, which its body tells.
func deletesDry(r *http.Request) bool {
	if r.Method != http.MethodDelete {
		return false
	}
	body, err := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	return err == nil && bytes.Contains(body, []byte("dryRun"))
}

// hangUp ends the connection without an answer.
func hangUp(w http.ResponseWriter) {
	if hijacker, ok := w.(http.Hijacker); ok {
		if conn, _, err := hijacker.Hijack(); err == nil {
			_ = conn.Close()
		}
	}
}

// answer refuses a write with a status, as the API server words it.
func answer(code int, reason, header, value string) fault {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) bool {
		w.Header().Set("Content-Type", "application/json")
		if header != "" {
			w.Header().Set(header, value)
		}
		w.WriteHeader(code)
		_, _ = w.Write([]byte(`{"kind":"Status","apiVersion":"v1","status":"Failure","message":"an injected ` + reason + `","reason":"` + reason + `","code":` + strconv.Itoa(code) + `}`))
		return false
	}
}

// afterwards has the write done, and gives another answer than the server's.
func afterwards(f fault) fault {
	return func(w http.ResponseWriter, r *http.Request, forward http.Handler) bool {
		forward.ServeHTTP(httptest.NewRecorder(), r)
		return f(w, r, forward)
	}
}

// silence keeps the client waiting until it gives up.
func silence(_ http.ResponseWriter, r *http.Request, _ http.Handler) bool {
	// Only once the request is read to its end does a server see that the
	// client is gone.
	_, _ = io.Copy(io.Discard, r.Body)
	select {
	case <-r.Context().Done():
	case <-time.After(5 * patience):
	}
	return false
}

// death hangs up, and so from then on.
func death(w http.ResponseWriter, _ *http.Request, _ http.Handler) bool {
	hangUp(w)
	return true
}
