package main

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"kiln/kube"
	"kiln/scanners"
)

type scanOptions struct {
	files, imports  []string
	output          string
	layers, ids     []string
	severity        string
	failOn          string
	requireComplete bool
	kubelets        bool
	system          bool
}

func newScan(a *app) *cobra.Command {
	o := scanOptions{}
	cmd := &cobra.Command{
		Use:   "scan",
		Short: "List what is wrong with the cluster, or with manifests (-f)",
		Example: `  kiln scan                                  # the cluster of the current context
  kiln scan -n shop --layer pod -o json
  kiln scan -f deploy/ --fail-on high        # for CI: exit code 3 on findings
  helm template . | kiln scan -f -`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.scan(cmd.Context(), o) },
	}
	f := cmd.Flags()
	f.StringArrayVarP(&o.files, "filename", "f", nil, "a manifest, a folder of them, or - for standard input; may be repeated")
	f.StringArrayVar(&o.imports, "import", nil, "a file of another tool's results to list beside: kube-bench's JSON, policy reports, Trivy Operator's reports; may be repeated")
	f.StringVarP(&o.output, "output", "o", "table", "table, json, yaml or sarif")
	f.StringSliceVar(&o.layers, "layer", nil, "only these layers: node, api, network, pod, data, audit")
	f.StringSliceVar(&o.ids, "check", nil, "only these checks, by ID")
	f.StringVar(&o.severity, "severity", "", "list findings from this severity up")
	f.StringVar(&o.failOn, "fail-on", "", "exit with 3 on findings from this severity up")
	f.BoolVar(&o.requireComplete, "require-complete", false, "exit with 4 if something could not be read")
	f.BoolVar(&o.system, "system", false, "list the findings about the cluster's own components too")
	f.BoolVar(&o.kubelets, "kubelets", false, "read each kubelet's configuration, which takes the right to proxy to nodes")
	oneOf(cmd, "output", "table", "json", "yaml", "sarif")
	oneOf(cmd, "layer", layerNames()...)
	oneOf(cmd, "severity", severityNames()...)
	oneOf(cmd, "fail-on", severityNames()...)
	complete(cmd, "check", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return checkIDs(a.checks), cobra.ShellCompDirectiveNoFileComp
	})
	return cmd
}

func (a *app) scan(ctx context.Context, o scanOptions) error {
	write, err := reportWriter(o.output)
	if err != nil {
		return err
	}
	least, err := optionalSeverity("--severity", o.severity)
	if err != nil {
		return err
	}
	failOn, err := optionalSeverity("--fail-on", o.failOn)
	if err != nil {
		return err
	}
	checks, err := selectChecks(a.checks, o.layers, o.ids)
	if err != nil {
		return err
	}
	started := time.Now()
	inv, problems, err := a.inventory(ctx, o)
	if err != nil {
		return err
	}
	if err := kube.Import(inv, o.imports); err != nil {
		return err
	}
	results := scanners.Evaluate(checks, inv)
	report := scanners.NewReport(inv, results, scanners.ReportOptions{Least: least, System: o.system, Took: time.Since(started)})
	if err := write(a.out, report, checks); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return verdict(results, problems, failOn, o)
}

// inventory reads the manifests that -f names, else the cluster.
func (a *app) inventory(ctx context.Context, o scanOptions) (*kube.Inventory, []kube.Problem, error) {
	if len(o.files) > 0 {
		if err := checkFileNames(o.files); err != nil {
			return nil, nil, err
		}
		stdin, err := a.standardInput(ctx, o.files)
		if err != nil {
			return nil, nil, err
		}
		inv, problems, err := kube.ReadManifests(kube.ManifestOptions{Paths: o.files, Stdin: bytes.NewReader(stdin), Namespace: a.namespace()})
		for _, p := range problems {
			fmt.Fprintln(a.err, "kiln:", p)
		}
		return inv, problems, err
	}
	cluster, err := a.connect(ctx)
	if err != nil {
		return nil, nil, err
	}
	options := kube.CollectOptions{Namespace: a.namespace(), Kubelets: o.kubelets, NodeFacts: a.nodeFacts(cluster)}
	progress := newProgress(a.err)
	defer progress.done()
	inv, err := kube.Collect(ctx, cluster, options, progress.show)
	if err != nil {
		return nil, nil, err
	}
	return inv, nil, a.checkNamespace(inv)
}

// verdict turns a scan's outcome into its exit code.
// Neither accepted findings nor folded ones fail it.
func verdict(results []scanners.CheckResult, problems []kube.Problem, failOn scanners.Severity, o scanOptions) error {
	lost := slices.ContainsFunc(problems, func(p kube.Problem) bool { return p.Lost })
	if lost {
		return fmt.Errorf("some documents could not be read, see above; the rest was scanned")
	}
	failing, unknown := 0, 0
	for _, r := range results {
		if r.Incomplete {
			unknown++
		}
		for _, f := range r.Findings {
			if failOn != 0 && f.Severity >= failOn && !f.Accepted.Holds() && (o.system || !f.System) {
				failing++
			}
		}
	}
	switch {
	case failing > 0:
		return &outcomeError{exitFindings, fmt.Sprintf("%d finding(s) of severity %s or worse", failing, failOn)}
	case o.requireComplete && unknown > 0:
		return &outcomeError{exitIncomplete, fmt.Sprintf("the scan is incomplete: %d check(s) could not see everything", unknown)}
	}
	return nil
}

func optionalSeverity(flag, text string) (scanners.Severity, error) {
	if text == "" {
		return 0, nil
	}
	s, err := scanners.ParseSeverity(text)
	if err != nil {
		return 0, usageErrorf("%s: %v", flag, err)
	}
	return s, nil
}

// selectChecks narrows the catalogue to layers and IDs.
func selectChecks(all []scanners.Check, layers, ids []string) ([]scanners.Check, error) {
	for _, l := range layers {
		if !slices.Contains(scanners.Layers(), scanners.Layer(l)) {
			return nil, usageErrorf("--layer: unknown layer %q: use node, api, network, pod, data or audit", l)
		}
	}
	for _, id := range ids {
		if _, err := findCheck(all, id); err != nil {
			return nil, err
		}
	}
	var chosen []scanners.Check
	for _, c := range all {
		if (len(layers) == 0 || slices.Contains(layers, string(c.Layer))) && (len(ids) == 0 || slices.Contains(ids, c.ID)) {
			chosen = append(chosen, c)
		}
	}
	if len(chosen) == 0 {
		return nil, usageErrorf("no check is left: --layer and --check exclude each other")
	}
	return chosen, nil
}

// findCheck looks a check up by its ID.
func findCheck(all []scanners.Check, id string) (scanners.Check, error) {
	var near []string
	for _, c := range all {
		if c.ID == id {
			return c, nil
		}
		if _, name, _ := strings.Cut(c.ID, "/"); name == id || strings.Contains(c.ID, id) {
			near = append(near, c.ID)
		}
	}
	hint := "'kiln checks' lists them"
	if len(near) > 0 {
		hint = "did you mean " + strings.Join(near, ", ") + "?"
	}
	return scanners.Check{}, usageErrorf("unknown check %q: %s", id, hint)
}
