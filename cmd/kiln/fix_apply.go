package main

import (
	"context"
	"errors"
	"slices"

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
			if answers, err = askQuestions(ctx, a.lines(), a.err, planner, f); err != nil {
				return nil, err
			}
		}
		proposals = append(proposals, propose(ctx, planner, f, answers))
	}
	if err := wrongAnswer(proposals); err != nil {
		return nil, err
	}
	return proposals, planner.unused()
}

func propose(ctx context.Context, planner *planner, f scanners.Finding, answers fixes.Answers) proposal {
	p := proposal{finding: f, answers: answers}
	plan, err := planner.plan(ctx, f, answers)
	if err != nil {
		p.preview.Plan, p.err = plan, err
		return p
	}
	if p.preview, p.err = planner.fixer.Preview(ctx, plan); p.err == nil {
		p.err = p.preview.Err()
	}
	return p
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
