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
	"kiln/kube/crash"
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

// previewsAtOnce is how many dry runs go side by side.
const previewsAtOnce = 4

// proposeAll makes a proposal for each finding, some side by side.
func proposeAll(ctx context.Context, findings []scanners.Finding, one func(context.Context, scanners.Finding) proposal) []proposal {
	all := make([]proposal, len(findings))
	var group errgroup.Group
	group.SetLimit(previewsAtOnce)
	for i, f := range findings {
		group.Go(func() error {
			defer crash.Catch(ctx)
			all[i] = one(ctx, f)
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
	for _, denial := range s.fixer.Denied(ctx, plan) {
		msg.denied = append(msg.denied, kube.Explain(denial))
	}
	for _, q := range plan.Questions {
		msg.asked = append(msg.asked, q.Ask)
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
	session, inv, shown := a.session, a.snapshot.inventory, a.shownFindings()
	v := a.newPreviews("fix", findings, func(ctx context.Context, f scanners.Finding) proposal { return session.proposeOne(ctx, f, inv) })
	propose := v.propose
	v.propose = func(ctx context.Context) []proposal { return markHidden(propose(ctx), shown) }
	v.again = func(ctx context.Context, p proposal) proposal { return session.proposeAgain(ctx, p, inv) }
	a.push(v)
	return v.start()
}

// shownFindings says which findings the list in front shows; nil where there
// is no list.
func (a *App) shownFindings() func(id string) bool {
	list, ok := a.top().(*findingsView)
	if !ok {
		return nil
	}
	shown := map[string]bool{}
	for row := range list.table.rows {
		shown[list.finding(row).ID] = true
	}
	return func(id string) bool { return shown[id] }
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

// writesNow is canWrite outside of read-only mode.
func (a *App) writesNow() bool {
	if a.readOnly {
		a.flash(info, "read-only: ctrl-o allows changes")
		return false
	}
	return a.canWrite()
}

// openPreviews shows what one would do about each finding.
func (a *App) openPreviews(verb string, findings []*scanners.Finding, one func(context.Context, scanners.Finding) proposal) tea.Cmd {
	v := a.newPreviews(verb, findings, one)
	a.push(v)
	return v.start()
}

// newPreviews is the page for what one would do about each finding.
func (a *App) newPreviews(verb string, findings []*scanners.Finding, one func(context.Context, scanners.Finding) proposal) *diffView {
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
		var fresh proposal
		if v.again != nil {
			fresh = v.again(ctx, p)
		} else {
			fresh = one(ctx, p.finding)
		}
		if fresh.err != nil {
			return fixes.Entry{}, fresh.err
		}
		return fixer.Apply(ctx, fresh.preview, p.words())
	}
	return v
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
