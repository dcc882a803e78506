package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"kiln/fixes"
	"kiln/kube"
	"kiln/scanners"
)

// openFix previews the fixes of findings. Why it can't is said.
func (a *App) openFix(findings []*scanners.Finding) tea.Cmd { return a.openFixes(findings, "") }

// openFixes is openFix for those that belong to a batch which was begun.
func (a *App) openFixes(findings []*scanners.Finding, batch string) tea.Cmd {
	if !a.canWrite() {
		return nil
	}
	session, inv, shown := a.session, a.snapshot.inventory, a.shownFindings()
	v := a.newPreviews(fixVerb, findings, func(ctx context.Context, f scanners.Finding) proposal { return session.proposeOne(ctx, f, inv) })
	propose := v.propose
	v.propose = func(ctx context.Context) []proposal { return markHidden(propose(ctx), shown) }
	v.group, v.begin = batch, session.fixer.Begin
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
func (a *App) writesNow() bool { return a.mayWrite() && a.canWrite() }

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
	v := newDiffView(a, verb, nil)
	v.previewed.of = len(targets)
	v.propose = func(ctx context.Context) []proposal { return proposeAll(ctx, targets, &v.previewed, one) }
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
	return a.openUndoing(func(ctx context.Context, s *Session) []proposal { return []proposal{s.proposeUndo(ctx, entry)} })
}

// openUndoBatch previews taking back all that was fixed together, the newest
// first.
func (a *App) openUndoBatch(group string) tea.Cmd {
	return a.openUndoing(func(ctx context.Context, s *Session) []proposal { return s.proposeUndoBatch(ctx, group) })
}

func (a *App) openUndoing(propose func(context.Context, *Session) []proposal) tea.Cmd {
	if a.session == nil || a.session.fixer == nil {
		a.flash(info, "not connected: nothing can be taken back")
		return nil
	}
	session := a.session
	v := newDiffView(a, undoVerb, func(ctx context.Context) []proposal { return propose(ctx, session) })
	v.carryOut = func(ctx context.Context, p proposal) (fixes.Entry, error) {
		undone, err := session.fixer.Undo(ctx, p.entry)
		if err == nil {
			session.versions(ctx, undone.Objects)
		}
		return undone, err
	}
	a.push(v)
	return v.start()
}
