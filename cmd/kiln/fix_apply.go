package main

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"kiln/fixes"
	"kiln/kube"
	"kiln/scanners"
)

// proposeAll asks where somebody can answer, and previews each fix.
func (a *app) proposeAll(ctx context.Context, planner *planner, findings []scanners.Finding, o fixOptions) ([]proposal, error) {
	ask := o.writes() && !o.yes && a.interactive()
	proposals := make([]proposal, 0, len(findings))
	for _, f := range findings {
		var answers fixes.Answers
		if ask {
			var err error
			if answers, err = askQuestions(ctx, a.input(ctx), a.err, planner, f); err != nil {
				return nil, err
			}
		}
		proposals = append(proposals, propose(ctx, planner, f, answers))
	}
	if err := wrongAnswer(proposals); err != nil {
		return nil, err
	}
	if err := noSuchField(proposals, slices.Concat(o.words.Take, o.leave)); err != nil {
		return nil, err
	}
	return proposals, planner.unused()
}

// noSuchField is an error for a field that doesn't change hands in any fix.
func noSuchField(proposals []proposal, fields []string) error {
	var known []string
	for _, p := range proposals {
		for _, t := range p.takeovers {
			known = append(known, t.Field)
		}
	}
	for _, field := range fields {
		if !slices.Contains(known, field) {
			return usageErrorf("no field %q changes hands; those that do: %s", field, cmp.Or(strings.Join(known, ", "), "none"))
		}
	}
	return nil
}

// inBatch joins several fixes, so that they can be taken back together.
func inBatch(proposals []proposal, words fixes.Options) fixes.Options {
	if countReady(proposals) > 1 {
		words.Group = fixes.NewGroup(time.Now())
	}
	return words
}

func countReady(proposals []proposal) int {
	ready := 0
	for _, p := range proposals {
		if p.err == nil {
			ready++
		}
	}
	return ready
}

func propose(ctx context.Context, planner *planner, f scanners.Finding, answers fixes.Answers) proposal {
	p := proposal{finding: f, answers: answers}
	plan, err := planner.plan(ctx, f, answers)
	if err != nil {
		p.preview.Plan, p.err = plan, err
		return p
	}
	p.preview, p.err = planner.preview(ctx, &p, plan)
	if p.err == nil {
		p.err = p.preview.Err()
	}
	return p
}

// preview previews a plan, and again without the fields of it that are to be
// left to their managers.
func (p *planner) preview(ctx context.Context, proposal *proposal, plan fixes.Plan) (fixes.Preview, error) {
	preview, err := p.fixer.Preview(ctx, plan)
	if err != nil {
		return preview, err
	}
	proposal.takeovers = preview.Takeovers()
	var leave []string
	for _, t := range proposal.takeovers {
		if slices.Contains(p.leave, t.Field) && !slices.Contains(leave, t.Field) {
			leave = append(leave, t.Field)
		}
	}
	if len(leave) == 0 {
		return preview, nil
	}
	if plan, err = preview.Leaving(leave); err != nil {
		return preview, err
	}
	return p.fixer.Preview(ctx, plan)
}

// applyAll applies one proposal after the other. Where an earlier one has
// changed the same object, the fix is planned and previewed anew.
func applyAll(ctx context.Context, planner *planner, proposals []proposal, words fixes.Options) {
	touched := map[kube.Ref]bool{}
	for i := range proposals {
		p := &proposals[i]
		if p.err != nil {
			continue
		}
		if slices.ContainsFunc(p.preview.Targets, func(t fixes.TargetPreview) bool { return touched[t.Change.Target] }) {
			*p = propose(ctx, planner, p.finding, p.answers)
			if errors.Is(p.err, fixes.ErrNothingToDo) {
				p.err = nil // the earlier fix did it all
				continue
			}
			if p.err != nil {
				continue
			}
		}
		entry, err := planner.fixer.Apply(ctx, p.preview, words)
		if p.err = err; err == nil {
			p.entry = &entry
		}
		for _, t := range p.preview.Targets {
			touched[t.Change.Target] = true
		}
	}
}
