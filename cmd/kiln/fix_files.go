package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"kiln/fixes"
	"kiln/fixes/manifest"
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

// filePlan is one finding of a manifest on its way to being fixed.
type filePlan struct {
	finding scanners.Finding
	plan    fixes.Plan
	// covered says that an earlier fix did it, too.
	covered bool
	err     error
}

// fixFiles edits manifests in place, or shows what it would do.
func (a *app) fixFiles(ctx context.Context, args []string, o fixOptions) error {
	if err := o.checkFiles(args); err != nil {
		return err
	}
	run, err := a.openFiles(args, o)
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
		a.tellErrors(err)
	}
	outcome := run.show(edits)
	if o.writes() && outcome == nil {
		outcome = run.write(edits)
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
	case !slices.Contains([]string{"diff", "patch", "json"}, o.output):
		return usageErrorf("--output: unknown format %q: use diff, patch or json", o.output)
	case o.to != "":
		return usageErrorf("--to is for a cluster's objects: -f edits their manifests, and -o patch prints a patch")
	case o.words.TakeOver || o.words.Stopgap:
		return usageErrorf("--force-conflicts and --stopgap are for a cluster's objects, not for -f")
	}
	return nil
}

func (a *app) openFiles(args []string, o fixOptions) (*fileFix, error) {
	answers, err := parseAnswers(o.answers)
	if err != nil {
		return nil, err
	}
	run := &fileFix{app: a, options: o, checks: a.checks}
	if !o.all {
		if run.checks, err = a.wantedChecks(args); err != nil {
			return nil, err
		}
	}
	if slices.Contains(o.files, "-") {
		if run.stdin, err = io.ReadAll(a.in); err != nil {
			return nil, fmt.Errorf("reading standard input: %w", err)
		}
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

// named fixes the findings that the arguments mean.
func (r *fileFix) named(ctx context.Context, args []string) error {
	results := scanners.Evaluate(r.checks, r.inv)
	for _, arg := range args {
		findings, err := choose(results, []string{arg}, r.namespace(), r.options.object)
		switch {
		case err == nil:
			if err := r.take(ctx, findings); err != nil {
				return err
			}
		case strings.Contains(arg, "/") && !unknown(results, arg):
			fmt.Fprintf(r.err, "nothing to change: %v\n", err)
		default: // an ID that nobody knows may be a typing error
			return err
		}
	}
	if err := r.wrongAnswer(); err != nil {
		return err
	}
	return r.planner.unused()
}

// unknown says that a check could not see what it judges.
func unknown(results []scanners.CheckResult, check string) bool {
	return slices.ContainsFunc(results, func(r scanners.CheckResult) bool {
		return r.Check.ID == check && r.Status == scanners.NotKnown
	})
}

// rounds bounds how often fixes may bring up new findings.
const rounds = 8

// everything fixes what can be fixed, until nothing more can: a fix may bring
// up new findings, or make another fix possible. Namespaces come last: what
// they can enforce depends on their pods.
func (r *fileFix) everything(ctx context.Context) error {
	namespaces := false
	for range rounds {
		fixed := r.fixed()
		if err := r.take(ctx, r.unfixed(namespaces)); err != nil {
			return err
		}
		if r.fixed() == fixed && namespaces {
			break
		}
		namespaces = namespaces || r.fixed() == fixed
		texts, err := r.files.Texts()
		if err != nil {
			break // Edits says which file it is
		}
		inv, _, err := r.read(texts)
		if err != nil {
			return err
		}
		r.inv = inv
		r.files.Rescanned(inv)
	}
	if err := r.wrongAnswer(); err != nil {
		return err
	}
	return r.planner.unused()
}

// unfixed are the findings whose fix didn't succeed yet; what is noted of these
// is forgotten.
func (r *fileFix) unfixed(namespaces bool) []scanners.Finding {
	r.done = slices.DeleteFunc(r.done, func(p filePlan) bool { return p.err != nil })
	var findings []scanners.Finding
	for _, result := range scanners.Evaluate(r.checks, r.inv) {
		for _, f := range result.Findings {
			inScope := r.options.object == "" || f.Object.Matches(r.options.object)
			done := slices.ContainsFunc(r.done, func(p filePlan) bool { return p.finding.ID == f.ID })
			if inScope && !done && (namespaces || f.Object.Kind != "Namespace") && !f.System && !f.Accepted.Holds() && f.Source != nil {
				findings = append(findings, f)
			}
		}
	}
	return findings
}

func (r *fileFix) fixed() int {
	count := 0
	for _, p := range r.done {
		if p.err == nil {
			count++
		}
	}
	return count
}

// take plans each fix on what the others have made of the manifests.
func (r *fileFix) take(ctx context.Context, findings []scanners.Finding) error {
	ask := r.options.writes() && !r.options.yes && !r.options.all && !slices.Contains(r.options.files, "-") && r.interactive()
	for _, f := range findings {
		var answers fixes.Answers
		if ask {
			var err error
			if answers, err = askQuestions(ctx, r.lines(), r.err, r.planner, f); err != nil {
				return err
			}
		}
		p := filePlan{finding: f}
		if p.plan, p.err = r.planner.plan(ctx, f, answers); p.err == nil {
			p.err = r.files.Take(&p.plan)
		}
		if errors.Is(p.err, fixes.ErrNothingToDo) && len(r.done) > 0 {
			p.covered, p.err = true, nil
		}
		r.done = append(r.done, p)
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

// wrongAnswer is the first answer that doesn't fit its question.
func (r *fileFix) wrongAnswer() error {
	for _, p := range r.done {
		if wrong := (*fixes.AnswerError)(nil); errors.As(p.err, &wrong) {
			return usageErrorf("%s on %s: %v", p.finding.Check, p.finding.Object, wrong)
		}
	}
	return nil
}

// write puts the edits on disk, or the edited text of standard input out.
func (r *fileFix) write(edits []fixes.FileEdit) error {
	onDisk := slices.DeleteFunc(slices.Clone(edits), func(e fixes.FileEdit) bool { return e.Name == "-" })
	if len(onDisk) > 0 && !r.options.yes {
		if err := r.ask(fmt.Sprintf("Write %d file(s)?", len(onDisk))); err != nil {
			return err
		}
	}
	failed := 0
	for _, e := range onDisk {
		if err := e.Write(); err != nil {
			failed++
			fmt.Fprintln(r.err, "kiln:", kube.Explain(err))
			continue
		}
		fmt.Fprintf(r.err, "%s: written\n", kube.Clean(e.Name))
	}
	if slices.Contains(r.options.files, "-") && r.options.output == "diff" {
		if err := r.passOn(edits); err != nil {
			return err
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d files could not be written", failed, len(onDisk))
	}
	return nil
}

// passOn writes what came in, with its changes if there are any.
func (r *fileFix) passOn(edits []fixes.FileEdit) error {
	text := string(r.stdin)
	for _, e := range edits {
		if e.Name == "-" {
			text = e.Text()
		}
	}
	if _, err := io.WriteString(r.out, text); err != nil {
		return fmt.Errorf("writing the manifests: %w", err)
	}
	return nil
}

// verdict turns the run's outcome into its exit code. With --all, what needs a
// person isn't a failure.
func (r *fileFix) verdict(unproven error) error {
	failed := 0
	for _, p := range r.done {
		if p.err != nil && !(r.options.all && errors.Is(p.err, fixes.ErrManual)) {
			failed++
		}
	}
	switch {
	case failed > 0:
		return fmt.Errorf("%d of %d fixes could not be done", failed, len(r.done))
	case unproven != nil:
		return errors.New("some files were not edited, see above")
	case r.lost:
		return errors.New("some documents could not be read, see above; the rest was looked at")
	}
	return nil
}

// tellErrors writes joined errors line by line.
func (a *app) tellErrors(err error) {
	var several interface{ Unwrap() []error }
	if errors.As(err, &several) {
		for _, one := range several.Unwrap() {
			a.tellErrors(one)
		}
		return
	}
	fmt.Fprintln(a.err, "kiln:", explainFile(err))
}

// explainFile is an error for a person; a refusal says all that there is to
// say.
func explainFile(err error) string {
	if refusal := (*manifest.Refusal)(nil); errors.As(err, &refusal) {
		return kube.Clean(refusal.Error())
	}
	return kube.Explain(err)
}
