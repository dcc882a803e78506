package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"kiln/fixes"
	"kiln/kube"
	"kiln/scanners"
)

// fileFix is one run over manifests.
type fileFix struct {
	*app
	options fixOptions
	checks  []scanners.Check
	files   *fixes.Files
	planner *planner
	inv     *kube.Inventory
	// stdin is what was read there, for -f -.
	stdin []byte
	lost  bool
	done  []filePlan
}

// fixFiles edits manifests in place, or shows what it would do.
func (a *app) fixFiles(ctx context.Context, args []string, o fixOptions) error {
	if err := o.checkFiles(args); err != nil {
		return err
	}
	run, err := a.openFiles(ctx, args, o)
	if err != nil {
		return err
	}
	if o.all {
		err = run.everything(ctx)
	} else {
		err = run.named(ctx, args)
	}
	if err != nil {
		return err
	}
	edits, err := run.files.Edits()
	if err != nil {
		tell(a.err, err)
	}
	outcome := run.show(edits)
	if o.writes() && outcome == nil {
		outcome = run.write(ctx, edits)
	}
	return errors.Join(outcome, run.verdict(err))
}

// checkFiles refuses flags that make no sense together.
func (o fixOptions) checkFiles(args []string) error {
	switch {
	case len(o.files) == 0:
		return usageErrorf("--all is for manifests: name them with -f")
	case o.all && len(args) > 0:
		return usageErrorf("--all fixes every finding: name no check or ID besides")
	case o.to != "":
		return usageErrorf("--to is for a cluster's objects: -f edits their manifests, and -o patch prints a patch")
	case o.words.TakeOver || o.words.Stopgap:
		return usageErrorf("--force-conflicts and --stopgap are for a cluster's objects, not for -f")
	}
	return checkOutput(o.output, "diff", "patch", "json")
}

func (a *app) openFiles(ctx context.Context, args []string, o fixOptions) (*fileFix, error) {
	answers, err := parseAnswers(o.answers)
	if err != nil {
		return nil, err
	}
	if err := checkFileNames(o.files); err != nil {
		return nil, err
	}
	run := &fileFix{app: a, options: o, checks: a.checks}
	if !o.all {
		if run.checks, err = a.wantedChecks(args); err != nil {
			return nil, err
		}
	}
	if run.stdin, err = a.standardInput(ctx, o.files); err != nil {
		return nil, err
	}
	inv, problems, err := run.read(nil)
	for _, p := range problems {
		fmt.Fprintln(a.err, "kiln:", p)
		run.lost = run.lost || p.Lost
	}
	if err != nil {
		return nil, err
	}
	if run.files, err = fixes.OpenFiles(inv, run.stdin, a.namespace()); err != nil {
		return nil, err
	}
	run.planner = newFilePlanner(func(_ context.Context, f scanners.Finding, answers fixes.Answers) (fixes.Plan, error) {
		return run.files.Plan(f, answers)
	}, answers)
	run.inv = inv
	return run, nil
}

// read reads the manifests, with some of their texts as they are by now.
func (r *fileFix) read(texts map[string][]byte) (*kube.Inventory, []kube.Problem, error) {
	return kube.ReadManifests(kube.ManifestOptions{
		Paths: r.options.files, Stdin: bytes.NewReader(r.stdin), Namespace: r.namespace(), Texts: texts,
	})
}
