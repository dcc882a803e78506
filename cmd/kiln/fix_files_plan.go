package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"kiln/fixes"
	"kiln/scanners"
)

// filePlan is one finding of a manifest on its way to being fixed.
type filePlan struct {
	finding scanners.Finding
	plan    fixes.Plan
	// covered says that an earlier fix did it, too.
	covered bool
	err     error
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
			fmt.Fprintf(r.err, "%v\n", err)
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
			if answers, err = askQuestions(ctx, r.input(ctx), r.err, r.planner, f); err != nil {
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
		if err := wrongAnswerFor(p.finding, p.err); err != nil {
			return err
		}
	}
	return nil
}
