package tui

import (
	"context"
	"errors"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"kiln/fixes"
	"kiln/kube"
)

// openKeep previews the guardrail that keeps a finding's check fixed where the
// finding is: first one that warns, and if that is there, one that refuses.
func (a *App) openKeep(check string, ref kube.Ref) tea.Cmd {
	if check == "" {
		a.flash(info, "there is no finding here whose check could be kept fixed")
		return nil
	}
	return a.openGuard(fixes.GuardRequest{Check: check, Namespace: namespaceOfRef(ref)})
}

// openGuard previews a guardrail. Without a stage it is the next one.
func (a *App) openGuard(request fixes.GuardRequest) tea.Cmd {
	if !a.canWrite() {
		return nil
	}
	inv := a.inventory()
	if inv == nil {
		a.flash(info, "what it would refuse isn't read yet: wait for the scan")
		return nil
	}
	request.Config = a.opts.Settings
	session := a.session
	var made fixes.GuardPlan
	v := newDiffView(a, "guard", func(ctx context.Context) []proposal {
		plan, p := session.proposeGuard(ctx, request, inv)
		made = plan
		return []proposal{p}
	})
	v.then = func([]fixes.Entry) tea.Cmd { return a.checkGuard(made) }
	a.push(v)
	return v.start()
}

// proposeGuard plans and previews a guardrail.
func (s *Session) proposeGuard(ctx context.Context, request fixes.GuardRequest, inv *kube.Inventory) (fixes.GuardPlan, proposal) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	where := cleanOr(request.Namespace, "all namespaces")
	p := proposal{subject: "guardrail for " + request.Check + " in " + where}
	next := request.Stage == ""
	if next {
		request.Stage = fixes.Warns
	}
	plan, err := s.fixer.Guard(ctx, inv, request)
	if next && errors.Is(err, fixes.ErrNothingToDo) {
		request.Stage = fixes.Denies
		plan, err = s.fixer.Guard(ctx, inv, request)
	}
	if err != nil {
		p.err = err
		return plan, p
	}
	p.preview, p.err = s.fixer.Preview(ctx, plan.Plan)
	if next && request.Stage == fixes.Warns && errors.Is(p.preview.Err(), fixes.ErrNothingToDo) {
		request.Stage = fixes.Denies // labels show only in the preview that they are there
		return s.proposeGuard(ctx, request, inv)
	}
	return plan, p
}

// guardCheckedMsg is what the server says of a guardrail that was made.
type guardCheckedMsg struct {
	plan fixes.GuardPlan
	told fixes.GuardCheck
	err  error
}

// checkGuard has the server look at a guardrail that was made, and try it.
func (a *App) checkGuard(plan fixes.GuardPlan) tea.Cmd {
	fixer := a.session.fixer
	return a.start(nil, "asking the server about the guardrail", func(ctx context.Context) tea.Msg {
		told, err := fixer.CheckGuard(ctx, plan.Name, plan.Refusals)
		return guardCheckedMsg{plan, told, err}
	})
}

// onGuardChecked says whether the guardrail does its work.
func (a *App) onGuardChecked(msg guardCheckedMsg) {
	name := kube.Clean(msg.plan.Name)
	switch {
	case msg.err != nil:
		a.flash(warning, "the guardrail "+name+" is made, but could not be tried: "+kube.Explain(msg.err))
	case len(msg.told.Warnings) > 0:
		a.flash(warning, "the server warns of the rule of "+name+": "+strings.Join(msg.told.Warnings, "; "))
	case len(msg.told.Missed) > 0:
		a.flash(warning, "the guardrail "+name+" is made, but not confirmed for "+kube.Clean(msg.told.Missed[0].String()))
	case len(msg.told.Tried) > 0:
		a.flash(info, fmt.Sprintf("the guardrail %s works: the server spoke up for %s", name, plural(len(msg.told.Tried), "object")))
	default:
		a.flash(info, "the guardrail "+name+" is in force; :guardrails lists it")
	}
}

// openUnguard previews the removal of a guardrail.
func (a *App) openUnguard(g fixes.Guardrail) tea.Cmd {
	if !a.canWrite() {
		return nil
	}
	session := a.session
	v := newDiffView(a, "unguard", func(ctx context.Context) []proposal {
		ctx, cancel := context.WithTimeout(ctx, requestTimeout)
		defer cancel()
		p := proposal{subject: "guardrail " + kube.Clean(g.Name)}
		plan, err := session.fixer.Unguard(ctx, g.Name)
		if err != nil {
			p.err = err
			return []proposal{p}
		}
		p.preview, p.err = session.fixer.Preview(ctx, plan)
		return []proposal{p}
	})
	a.push(v)
	return v.start()
}
