package tui

import (
	"context"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"kiln/fixes"
	"kiln/kube"
	"kiln/kube/crash"
	"kiln/scanners"
)

// proposal is one fix, or undo, on its way from preview to apply.
type proposal struct {
	// subject says what it is for: a finding, or a journal entry.
	subject string
	// finding is what is to be fixed; none for an undo.
	finding scanners.Finding
	// answers are those that were given, leave the fields that stay with their
	// managers, and takeovers all that would change hands.
	answers   fixes.Answers
	leave     []string
	takeovers []fixes.Takeover
	// pending says that another preview is on its way; later, for an undo, that
	// it has to wait for others of its batch. Hidden ones aren't in the list.
	pending, later, hidden bool
	// group joins the fixes of a batch; entry is what an undo takes back.
	group, entry string
	preview      fixes.Preview
	// err is why there is nothing to apply.
	err error
	// covered says that an earlier fix of the batch did this one too.
	covered bool
	// applied is the journal's entry once it is; failed says why it isn't.
	applied *fixes.Entry
	failed  error
}

// ready says that it can be applied.
func (p proposal) ready() bool {
	if p.later {
		return p.applied == nil
	}
	return p.err == nil && p.preview.Err() == nil && len(p.preview.Targets) > 0 && p.applied == nil && !p.covered && !p.pending
}

// words are what the user agrees to by applying what the page shows, and no
// more.
func (p proposal) words() fixes.Options {
	words := fixes.Options{Stopgap: len(p.preview.Stopgap()) > 0, Group: p.group}
	for _, conflict := range p.preview.Conflicts() {
		words.Take = append(words.Take, conflict.Field)
	}
	return words
}

// tally counts what is done of many things, some of them side by side.
type tally struct {
	of   int
	done atomic.Int64
}

func (t *tally) count() int { return int(t.done.Load()) }

// previewsAtOnce is how many dry runs go side by side.
const previewsAtOnce = 4

// proposeAll makes a proposal for each finding, some side by side, and counts
// them.
func proposeAll(ctx context.Context, findings []scanners.Finding, previewed *tally, one func(context.Context, scanners.Finding) proposal) []proposal {
	all := make([]proposal, len(findings))
	var group errgroup.Group
	group.SetLimit(previewsAtOnce)
	for i, f := range findings {
		group.Go(func() error {
			defer crash.Catch(ctx)
			if ctx.Err() == nil {
				all[i] = one(ctx, f)
				previewed.done.Add(1)
			}
			return nil
		})
	}
	_ = group.Wait() // each error stands in its proposal
	return all
}

// proposeOne plans and previews the fix of a finding.
func (s *Session) proposeOne(ctx context.Context, f scanners.Finding, inv *kube.Inventory) proposal {
	return s.proposeAgain(ctx, proposal{subject: f.Check + " of " + kube.Clean(f.Object.String()), finding: f}, inv)
}

// proposeAgain plans and previews with the answers that a proposal has.
func (s *Session) proposeAgain(ctx context.Context, p proposal, inv *kube.Inventory) proposal {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	p.pending, p.failed, p.takeovers, p.preview = false, nil, nil, fixes.Preview{}
	plan, err := s.fixer.Plan(ctx, p.finding, inv, p.answers)
	if p.err = err; err != nil {
		p.preview.Plan = plan
		return p
	}
	if p.preview, p.err = s.fixer.Preview(ctx, plan); p.err != nil {
		return p
	}
	p.takeovers = p.preview.Takeovers()
	if len(p.leave) == 0 {
		return p
	}
	if plan, p.err = p.preview.Leaving(p.leave); p.err == nil {
		p.preview, p.err = s.fixer.Preview(ctx, plan)
	}
	return p
}

// proposeUndo previews taking a journal entry back.
func (s *Session) proposeUndo(ctx context.Context, entry fixes.Entry) proposal {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	p := proposal{subject: "journal entry " + entry.ID, entry: entry.ID}
	p.preview, p.err = s.fixer.UndoPreview(ctx, entry.ID)
	return p
}

// problem is why one proposal can't be applied, for people.
func (p proposal) problem() (why, steps string) {
	switch {
	case p.pending:
		return "asking the API server what would change …", ""
	case p.later:
		return "the newer fixes of the batch go back first, then this one", ""
	case p.err != nil:
		return whyNot(p.err)
	case p.preview.Err() != nil:
		return kube.Explain(p.preview.Err()), ""
	case len(p.preview.Targets) == 0:
		return "nothing would change", ""
	}
	return "", ""
}
