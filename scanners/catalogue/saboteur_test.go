package catalogue_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"

	"kiln/kube"
)

// sabotage is a way in which reading one resource fails.
type sabotage struct {
	name string
	// late lets the first page through, with a single object, and spoils the
	// second.
	late bool
	// answer is what comes instead of the server's own.
	answer func(real *http.Response) *http.Response
}

func sabotages() []sabotage {
	refusal := func(code int, reason string) func(*http.Response) *http.Response {
		return func(real *http.Response) *http.Response {
			text := fmt.Sprintf(`{"apiVersion":"v1","kind":"Status","status":"Failure","reason":%q,"code":%d,"message":"sabotage"}`, reason, code)
			return respond(real.Request, code, http.Header{"Content-Type": {"application/json"}}, strings.NewReader(text))
		}
	}
	return []sabotage{
		{"forbidden", false, refusal(http.StatusForbidden, "Forbidden")},
		{"forbidden from the second page on", true, refusal(http.StatusForbidden, "Forbidden")},
		{"410 Gone at the second page", true, refusal(http.StatusGone, "Expired")},
		{"the second page breaks off", true, func(real *http.Response) *http.Response {
			return respond(real.Request, real.StatusCode, real.Header, io.MultiReader(io.LimitReader(real.Body, 20), broken{}))
		}},
		{"the second page is cut short", true, func(real *http.Response) *http.Response {
			body, _ := io.ReadAll(real.Body)
			return respond(real.Request, real.StatusCode, real.Header, bytes.NewReader(body[:len(body)/2]))
		}},
	}
}

// broken is a line that was cut.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func respond(req *http.Request, code int, header http.Header, body io.Reader) *http.Response {
	return &http.Response{
		StatusCode: code, Status: fmt.Sprintf("%d %s", code, http.StatusText(code)), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: header.Clone(), Body: io.NopCloser(body), ContentLength: -1, Request: req,
	}
}

// saboteur stands before a real API server and spoils the list of one
// resource. It remembers what the server said, since the test asks often.
type saboteur struct {
	server http.RoundTripper

	mu       sync.Mutex
	said     map[string]remembered
	resource kube.Resource
	by       sabotage
	struck   bool
}

type remembered struct {
	code   int
	header http.Header
	body   []byte
}

// spoil chooses what fails from now on; the zero value of r is nothing.
func (s *saboteur) spoil(r kube.Resource, by sabotage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.resource, s.by, s.struck = r, by, false
}

// hasStruck says whether what was to fail was asked for at all.
func (s *saboteur) hasStruck() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.struck
}

// RoundTrip asks the server, or makes the answer up.
func (s *saboteur) RoundTrip(req *http.Request) (*http.Response, error) {
	s.mu.Lock()
	by, target := s.by, s.resource != "" && lists(req, s.resource)
	s.mu.Unlock()
	second := req.URL.Query().Has("continue")
	if target && by.late && !second {
		req = req.Clone(req.Context())
		query := req.URL.Query()
		query.Set("limit", "1")
		req.URL.RawQuery = query.Encode()
	}
	real, err := s.ask(req)
	if err != nil || !target || by.late && !second {
		return real, err
	}
	s.mu.Lock()
	s.struck = true
	s.mu.Unlock()
	return by.answer(real), nil
}

func (s *saboteur) ask(req *http.Request) (*http.Response, error) {
	if req.Method != http.MethodGet || req.URL.Query().Has("continue") {
		return s.server.RoundTrip(req)
	}
	key := req.URL.String() + " " + req.Header.Get("Accept")
	s.mu.Lock()
	known, found := s.said[key]
	s.mu.Unlock()
	if !found {
		real, err := s.server.RoundTrip(req)
		if err != nil {
			return nil, err
		}
		defer real.Body.Close()
		body, err := io.ReadAll(real.Body)
		if err != nil {
			return nil, err
		}
		known = remembered{real.StatusCode, real.Header, body}
		s.mu.Lock()
		s.said[key] = known
		s.mu.Unlock()
	}
	return respond(req, known.code, known.header, bytes.NewReader(known.body)), nil
}

// lists says that a request is for the list of a resource, or for the endpoint
// that it names.
func lists(req *http.Request, r kube.Resource) bool {
	if strings.HasPrefix(string(r), "/") {
		return req.URL.Path == string(r)
	}
	name, group, _ := strings.Cut(string(r), ".")
	place := "/api/v1/"
	if group != "" {
		place = "/apis/" + group + "/"
	}
	return strings.HasPrefix(req.URL.Path, place) && strings.HasSuffix(req.URL.Path, "/"+name)
}
