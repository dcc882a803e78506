package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/rest"

	"kiln/fixes"
	"kiln/kube"
	"kiln/scanners/tracing"
)

// traceReport is the output of 'kiln trace -o json'.
type traceReport struct {
	APIVersion string         `json:"apiVersion"`
	Kind       string         `json:"kind"`
	Request    tracedRequest  `json:"request"`
	Allowed    bool           `json:"allowed"` // nothing that was asked refuses it
	Steps      []tracing.Step `json:"steps"`
}

type tracedRequest struct {
	As        string `json:"as"` // empty for ourselves
	Verb      string `json:"verb"`
	Resource  string `json:"resource"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
}

func newTrace(a *app) *cobra.Command {
	output, file := "text", ""
	cmd := &cobra.Command{
		Use:   "trace VERB [RESOURCE] [NAME]",
		Short: "Follow a request through the API server, and see what decides it",
		Long: `Follow a request through the API server without making it: authentication,
authorization, admission and etcd, with the rule, plugin or policy that decides
each. What changes something is sent as a dry run, and the transport lets
nothing else through.`,
		Example: `  kiln trace get secrets -n shop --as ServiceAccount:shop/api
  kiln trace create -f pod.yaml -n shop
  kiln trace create deployments web -n shop        # a copy of the one that is there
  kiln trace delete namespaces shop --as jane --as-group devs -o json`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 || len(args) > 3 || len(args) == 1 && file == "" {
				return usageErrorf("kiln trace takes VERB RESOURCE [NAME], such as get secrets; with -f FILE the verb is enough; who asks goes behind --as")
			}
			return checkOutput(output, "text", "json")
		},
		RunE: func(cmd *cobra.Command, args []string) error { return a.trace(cmd.Context(), args, file, output) },
	}
	cmd.Flags().StringVarP(&file, "filename", "f", file, "the manifest that the request sends; - is standard input")
	cmd.Flags().StringVarP(&output, "output", "o", output, "text or json")
	oneOf(cmd, "output", "text", "json")
	return cmd
}

func (a *app) trace(ctx context.Context, args []string, file, output string) error {
	as, err := a.traceIdentity()
	if err != nil {
		return usageErrorf("%v", err)
	}
	manifest, err := a.readOneManifest(ctx, file)
	if err != nil {
		return err
	}
	cluster, err := a.connect(ctx)
	if err != nil {
		return err
	}
	req, err := traceRequest(cluster, args, manifest)
	if err != nil {
		return err
	}
	req.As = as
	inv, err := kube.Collect(ctx, cluster, kube.CollectOptions{Only: tracing.Resources()}, nil)
	if err != nil {
		return err
	}
	trace, err := cluster.Trace(ctx, req)
	if err != nil {
		return err
	}
	steps := tracing.Explain(trace, inv)
	if output == "json" {
		return writeJSON(a.out, reportOfTrace(trace.Request, steps))
	}
	return writeTrace(a.out, trace.Request, steps)
}

// traceIdentity takes --as and --as-group as what the request is made as: the
// connection itself, which reads the roles, stays our own.
func (a *app) traceIdentity() (rest.ImpersonationConfig, error) {
	as, err := tracing.Identity(*a.flags.Impersonate, *a.flags.ImpersonateGroup)
	as.UID = *a.flags.ImpersonateUID
	*a.flags.Impersonate, *a.flags.ImpersonateGroup, *a.flags.ImpersonateUID = "", nil, ""
	return as, err
}

// readOneManifest reads the file, or standard input; nil without one.
func (a *app) readOneManifest(ctx context.Context, file string) (*unstructured.Unstructured, error) {
	if file == "" {
		return nil, nil
	}
	var from io.Reader = a.input(ctx)
	if file != "-" {
		opened, err := os.Open(file)
		if err != nil {
			return nil, fmt.Errorf("reading the manifest: %w", err)
		}
		defer opened.Close()
		from = opened
	}
	object, err := kube.ReadManifest(from)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return object, nil
}

// traceRequest is what the words of the command line ask about. Without a
// resource it is the manifest's.
func traceRequest(cluster *kube.Cluster, args []string, manifest *unstructured.Unstructured) (kube.TraceRequest, error) {
	req := kube.TraceRequest{Verb: strings.ToLower(args[0]), Namespace: cluster.Namespace, Manifest: manifest}
	if len(args) == 3 {
		req.Name = args[2]
	}
	if len(args) == 1 {
		gvk := manifest.GroupVersionKind()
		mapping, err := cluster.Mapper.RESTMapping(gvk.GroupKind(), gvk.Version)
		if err != nil {
			return req, fmt.Errorf("the server knows no %s of %s: %w", gvk.Kind, gvk.GroupVersion(), err)
		}
		req.Resource = mapping.Resource
	} else {
		var err error
		if req.Resource, req.Subresource, err = cluster.ResourceNamed(args[1]); err != nil {
			return req, err
		}
	}
	if manifest != nil && manifest.GetNamespace() != "" {
		req.Namespace = manifest.GetNamespace()
	}
	return req, nil
}

func reportOfTrace(req kube.TraceRequest, steps []tracing.Step) traceReport {
	return traceReport{
		APIVersion: "kiln/v1", Kind: "Trace", Allowed: tracing.Allowed(steps), Steps: steps,
		Request: tracedRequest{kube.Clean(req.As.UserName), kube.Clean(req.Verb), kube.Clean(req.Target()), kube.Clean(req.Namespace), kube.Clean(req.Name)},
	}
}

// traceWidth is as wide as explanations are pleasant to read.
const traceWidth = 100

func writeTrace(w io.Writer, req kube.TraceRequest, steps []tracing.Step) error {
	var text strings.Builder
	for i, s := range steps {
		fmt.Fprintf(&text, "%d. %s: %s\n   %s\n", i+1, s.Name, s.Outcome, s.Title)
		for _, line := range s.Says {
			writeBullet(&text, "-", line)
		}
		for _, line := range s.Warnings {
			writeBullet(&text, "!", "the server warns: "+line)
		}
		for _, c := range s.Changes {
			writeBullet(&text, "+", fmt.Sprintf("%s: %s", c.Path, c.By))
		}
		if s.After != "" && s.Before != s.After {
			target := fixes.TargetPreview{Before: s.Before, After: s.After}
			target.Change.Target = kube.Ref{Kind: req.Target(), Namespace: req.Namespace, Name: req.Name}
			text.WriteString(target.Unified())
		}
		fmt.Fprintf(&text, "\n%s\n\n", strings.ReplaceAll("   "+ansi.Wrap(s.Why, traceWidth-3, " "), "\n", "\n   "))
	}
	_, err := io.WriteString(w, text.String())
	return err
}

func writeBullet(text *strings.Builder, sign, line string) {
	wrapped := strings.ReplaceAll(ansi.Wrap(line, traceWidth-5, " "), "\n", "\n     ")
	fmt.Fprintf(text, "   %s %s\n", sign, wrapped)
}
