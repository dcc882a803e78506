package tui

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	tea "charm.land/bubbletea/v2"
	"golang.org/x/sync/errgroup"

	"kiln/fixes"
	"kiln/kube"
	"kiln/scanners"
)

func openFixer(cluster *kube.Cluster) (*fixes.Fixer, error) {
	dir, err := fixes.JournalDir()
	if err != nil {
		return nil, err
	}
	journal, err := fixes.OpenJournal(dir)
	if err != nil {
		return nil, err
	}
	evidence, err := kube.OpenEvidence(filepath.Join(filepath.Dir(dir), "evidence"))
	if err != nil {
		return nil, err
	}
	return &fixes.Fixer{Cluster: cluster, Journal: journal, Evidence: evidence}, nil
}

// proposal is one fix, or undo, on its way from preview to apply.
type proposal struct {
	// subject says what it is for: a finding, or a journal entry.
	subject string
	// finding is what is to be fixed; none for an undo.
	finding scanners.Finding
	preview fixes.Preview
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
	return p.err == nil && p.preview.Err() == nil && len(p.preview.Targets) > 0 && p.applied == nil && !p.covered
}

// words are what the user agrees to by applying what the page shows, and no
// more.
func (p proposal) words() fixes.Options {
	return fixes.Options{TakeOver: len(p.preview.Conflicts()) > 0, Stopgap: len(p.preview.Stopgap()) > 0}
}

// previewsAtOnce is how many dry runs go side by side.
const previewsAtOnce = 4

// proposeAll makes a proposal for each finding, some side by side.
func proposeAll(ctx context.Context, findings []scanners.Finding, one func(context.Context, scanners.Finding) proposal) []proposal {
	all := make([]proposal, len(findings))
	var group errgroup.Group
	group.SetLimit(previewsAtOnce)
	for i, f := range findings {
		group.Go(func() error {
			all[i] = one(ctx, f)
			return nil
		})
	}
	_ = group.Wait() // each error stands in its proposal
	return all
}

// proposeOne plans and previews the fix of a finding.
func (s *Session) proposeOne(ctx context.Context, f scanners.Finding, inv *kube.Inventory) proposal {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	p := proposal{subject: f.Check + " of " + kube.Clean(f.Object.String()), finding: f}
	plan, err := s.fixer.Plan(ctx, f, inv, nil)
	if err != nil {
		p.err = err
		return p
	}
	p.preview, p.err = s.fixer.Preview(ctx, plan)
	return p
}

// proposeUndo previews taking a journal entry back.
func (s *Session) proposeUndo(ctx context.Context, entry fixes.Entry) proposal {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	p := proposal{subject: "journal entry " + entry.ID}
	p.preview, p.err = s.fixer.UndoPreview(ctx, entry.ID)
	return p
}

// outline says what a fix would do, without asking for its dry run.
func (s *Session) outline(ctx context.Context, f scanners.Finding, inv *kube.Inventory) tea.Msg {
	msg := planMsg{finding: f.ID}
	if s.fixer == nil {
		msg.problem = kube.Explain(s.fixerErr)
		return msg
	}
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	plan, err := s.fixer.Plan(ctx, f, inv, nil)
	if err != nil {
		msg.problem, msg.steps = whyNot(err)
		return msg
	}
	msg.title, msg.notes = plan.Title, plan.Notes
	for _, c := range plan.Changes {
		msg.targets = append(msg.targets, fmt.Sprintf("%s (%s)", c.Target, c.Mechanism))
	}
	return msg
}

// whyNot says why kiln doesn't fix something, and what a person does instead.
func whyNot(err error) (problem, steps string) {
	var manual *fixes.ManualError
	if errors.As(err, &manual) {
		return kube.Clean(manual.Why), strings.TrimSpace(kube.CleanBlock(manual.Steps))
	}
	return kube.Explain(err), ""
}

// openFix previews the fixes of findings. Why it can't is said.
func (a *App) openFix(findings []*scanners.Finding) tea.Cmd {
	if !a.canWrite() {
		return nil
	}
	if len(findings) == 1 && findings[0].Fix == scanners.Manual {
		a.flash(info, findings[0].Check+" has no automatic fix: the lesson (enter) has the steps")
		return nil
	}
	session, inv := a.session, a.snapshot.inventory
	return a.openPreviews("fix", findings, func(ctx context.Context, f scanners.Finding) proposal { return session.proposeOne(ctx, f, inv) })
}

// canWrite says whether there is something to write to, and the journal to
// write of it.
func (a *App) canWrite() bool {
	switch {
	case a.session == nil:
		a.flash(info, "not connected: there is nothing to change")
		return false
	case a.session.fixer == nil:
		a.flash(failure, "nothing can be changed without the journal: "+kube.Explain(a.session.fixerErr))
		return false
	}
	return true
}

// openPreviews shows what one would do about each finding.
func (a *App) openPreviews(verb string, findings []*scanners.Finding, one func(context.Context, scanners.Finding) proposal) tea.Cmd {
	targets := make([]scanners.Finding, len(findings))
	for i, f := range findings {
		targets[i] = *f
	}
	fixer := a.session.fixer
	v := newDiffView(a, verb, func(ctx context.Context) []proposal { return proposeAll(ctx, targets, one) })
	v.carryOut = func(ctx context.Context, p proposal) (fixes.Entry, error) {
		return fixer.Apply(ctx, p.preview, p.words())
	}
	v.anew = func(ctx context.Context, p proposal) (fixes.Entry, error) {
		fresh := one(ctx, p.finding)
		if fresh.err != nil {
			return fixes.Entry{}, fresh.err
		}
		return fixer.Apply(ctx, fresh.preview, p.words())
	}
	a.push(v)
	return v.start()
}

// openUndo previews taking an entry back.
func (a *App) openUndo(entry fixes.Entry) tea.Cmd {
	if a.session == nil || a.session.fixer == nil {
		a.flash(info, "not connected: nothing can be taken back")
		return nil
	}
	session := a.session
	v := newDiffView(a, "undo", func(ctx context.Context) []proposal { return []proposal{session.proposeUndo(ctx, entry)} })
	v.carryOut = func(ctx context.Context, _ proposal) (fixes.Entry, error) {
		undone, err := session.fixer.Undo(ctx, entry.ID)
		if err == nil {
			session.versions(ctx, undone.Objects)
		}
		return undone, err
	}
	a.push(v)
	return v.start()
}
