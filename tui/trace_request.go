package tui

import (
	"context"
	"fmt"
	"os"
	"strings"

	"kiln/kube"
	"kiln/scanners/rbac"
	"kiln/scanners/tracing"
)

// traceQuestion is what the form asks for, in the order of its fields.
type traceQuestion struct{ as, verb, resource, name, namespace, file string }

// parseTrace reads a request as it's typed behind ":trace". What kubectl
// takes as flags may stand anywhere.
func parseTrace(arg, namespace string) (traceQuestion, string) {
	q := traceQuestion{namespace: namespace}
	var words []string
	given := strings.Fields(arg)
	for i := 0; i < len(given); i++ {
		last := i == len(given)-1
		switch {
		case !last && (given[i] == "--as" || given[i] == "as" && len(words) >= 2):
			i++
			q.as = given[i]
		case !last && (given[i] == "-n" || given[i] == "--namespace"):
			i++
			q.namespace = given[i]
		default:
			words = append(words, given[i])
		}
	}
	if len(words) < 2 || len(words) > 3 {
		return q, "trace takes VERB RESOURCE [NAME] [as SUBJECT] [-n NAMESPACE], such as get secrets as sa:shop/api; alone it asks"
	}
	q.verb, q.resource, q.name = words[0], words[1], strings.Join(words[2:], "")
	if subject, err := rbac.ParseSubject(q.as); err == nil && q.namespace == "" {
		q.namespace = subject.Namespace // where a ServiceAccount most often asks
	}
	return q, ""
}

// commandLine is the same question for the command line.
func (q traceQuestion) commandLine() string {
	words := []string{"kiln", "trace", q.verb, q.resource}
	for _, more := range [][2]string{{"", q.name}, {"-n", q.namespace}, {"--as", q.as}, {"-f", q.file}} {
		if more[1] != "" && (more[0] != "--as" || q.as != "me") {
			words = append(words, strings.TrimSpace(more[0]+" "+more[1]))
		}
	}
	return strings.Join(words, " ")
}

// trace follows a request. Without an Inventory it reads what it needs.
func (s *Session) trace(ctx context.Context, q traceQuestion, inv *kube.Inventory) tracedMsg {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	var msg tracedMsg
	var err error
	if msg.request, err = s.traceRequest(q); err != nil {
		msg.problem = kube.Explain(err)
		return msg
	}
	if inv == nil {
		if inv, err = kube.Collect(ctx, s.cluster, kube.CollectOptions{Only: tracing.Resources()}, nil); err != nil {
			msg.problem = kube.Explain(err)
			return msg
		}
	}
	trace, err := s.cluster.Trace(ctx, msg.request)
	if err != nil {
		msg.problem = kube.Explain(err)
		return msg
	}
	msg.request, msg.steps = trace.Request, tracing.Explain(trace, inv)
	return msg
}

func (s *Session) traceRequest(q traceQuestion) (kube.TraceRequest, error) {
	req := kube.TraceRequest{Verb: strings.ToLower(q.verb), Name: q.name, Namespace: q.namespace}
	var err error
	if req.As, err = tracing.Identity(q.as, nil); err != nil {
		return req, err
	}
	if req.Resource, req.Subresource, err = s.cluster.ResourceNamed(q.resource); err != nil {
		return req, err
	}
	if q.file != "" {
		file, err := os.Open(q.file)
		if err != nil {
			return req, fmt.Errorf("reading the manifest: %w", err)
		}
		defer file.Close()
		if req.Manifest, err = kube.ReadManifest(file); err != nil {
			return req, fmt.Errorf("%s: %w", q.file, err)
		}
	}
	if req.Namespace == "" {
		if req.Namespace = s.cluster.Namespace; req.Manifest != nil && req.Manifest.GetNamespace() != "" {
			req.Namespace = req.Manifest.GetNamespace()
		}
	}
	return req, nil
}
