package fixes

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"

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
	// giveUp is the user's ctrl-c, who waits for an answer in vain.
	giveUp context.CancelFunc
	// writes are those that came in.
	writes int
}

// fault is what happens to a write. It says whether the server is gone from
// then on.
type fault func(l *badLine, w http.ResponseWriter, r *http.Request) (down bool)

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

// arm has the nth write from now go wrong. The context ends when the user gives
// up.
func (l *badLine) arm(n int, f fault) context.Context {
	ctx, cancel := context.WithCancel(l.t.Context())
	l.t.Cleanup(cancel)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.at, l.fault, l.giveUp = n, f, cancel
	return ctx
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
		if f(l, w, r) {
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
	return func(_ *badLine, w http.ResponseWriter, _ *http.Request) bool {
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
	return func(l *badLine, w http.ResponseWriter, r *http.Request) bool {
		l.forward.ServeHTTP(httptest.NewRecorder(), r)
		return f(l, w, r)
	}
}

// silence gives no answer, until the user gives up.
func silence(l *badLine, _ http.ResponseWriter, r *http.Request) bool {
	// Only once the request is read to its end does a server see that the
	// client is gone.
	_, _ = io.Copy(io.Discard, r.Body)
	l.giveUp()
	<-r.Context().Done()
	return false
}

// death hangs up, and so from then on.
func death(_ *badLine, w http.ResponseWriter, _ *http.Request) bool {
	hangUp(w)
	return true
}
