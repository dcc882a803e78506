package kube

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// RequestLimit bounds a request where --request-timeout says nothing. An API
// server gives up after a minute (its own --request-timeout) and says so;
// whoever is silent for longer won't answer any more.
const RequestLimit = 65 * time.Second

// NoAnswerError says that a server took a request and didn't answer in time.
type NoAnswerError struct {
	Method, Path string
	Limit        time.Duration
	// Write says that the request could change the cluster. Then it may have
	// done so.
	Write bool
}

func (e *NoAnswerError) Error() string {
	text := fmt.Sprintf("%s %s was not answered within %s", e.Method, e.Path, e.Limit)
	if e.Write {
		text += ": whether the change was made is not known"
	}
	return text
}

// Timeout makes it a net.Error's kind of time-out.
func (e *NoAnswerError) Timeout() bool { return true }

// limitedTransport gives each request a limit up to the end of its answer.
type limitedTransport struct {
	limit time.Duration
	base  string // as the gatedTransport's
	next  http.RoundTripper
}

func (t limitedTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	if isEndless(req, t.base) {
		return t.next.RoundTrip(req)
	}
	late := &NoAnswerError{Method: req.Method, Path: req.URL.Path, Limit: t.limit, Write: !harmless(req, t.base)}
	ctx, cancel := context.WithTimeoutCause(req.Context(), t.limit, late)
	answer, err := t.next.RoundTrip(req.WithContext(ctx))
	if err != nil {
		err = orLate(ctx, err)
		cancel()
		return nil, err
	}
	answer.Body = limitedBody{answer.Body, ctx, cancel}
	return answer, nil
}

// isEndless says that a request takes as long as somebody looks on: a watch, a
// log, a shell.
func isEndless(req *http.Request, base string) bool {
	watches, _ := strconv.ParseBool(req.URL.Query().Get("watch"))
	return watches || req.Method == http.MethodGet && isPodLog(req.URL.Path) || opensStream(strings.TrimPrefix(req.URL.Path, base))
}

// isPodLog knows …/namespaces/NAMESPACE/pods/POD/log from objects that are
// called log.
func isPodLog(urlPath string) bool {
	parts := strings.Split(urlPath, "/")
	n := len(parts)
	return n > 5 && parts[n-1] == "log" && parts[n-3] == "pods" && parts[n-5] == "namespaces"
}

// orLate tells that it was the limit that ended a request.
func orLate(ctx context.Context, err error) error {
	var late *NoAnswerError
	if errors.As(context.Cause(ctx), &late) {
		return late
	}
	return err
}

// limitedBody is an answer that must have come whole within the limit.
type limitedBody struct {
	io.ReadCloser
	ctx    context.Context
	cancel context.CancelFunc
}

func (b limitedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && err != io.EOF {
		err = orLate(b.ctx, err)
	}
	return n, err
}

func (b limitedBody) Close() error {
	defer b.cancel()
	return b.ReadCloser.Close()
}
