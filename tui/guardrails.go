package tui

import (
	"cmp"
	"context"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"kiln/fixes"
	"kiln/kube"
)

// guardrailsView lists what keeps checks fixed; guardrails are made firm, and
// removed, from here.
type guardrailsView struct {
	listing[fixes.Guardrail]
	problem string
	loaded  bool
}

func newGuardrailsView(a *App) *guardrailsView {
	v := &guardrailsView{}
	v.prepare(a, v, "guardrail", []column{
		{title: "STAGE", min: 7, want: 7},
		{title: "CHECK", min: 16, good: 26, want: 34},
		{title: "NAMESPACE", min: 10, want: 24},
		{title: "BY", min: 6, want: 6, drop: 2},
		{title: "NAME", min: 16, good: 28, want: 44, drop: 1},
		{title: "RULE", min: 12, want: 40, drop: 3, flex: true},
	})
	return v
}

func (v *guardrailsView) title() string { return "guardrails" }

// guardrailsMsg brings those that are in force.
type guardrailsMsg struct {
	all []fixes.Guardrail
	err error
}

func (v *guardrailsView) start() tea.Cmd {
	if v.app.session == nil || v.app.session.fixer == nil {
		return nil
	}
	fixer := v.app.session.fixer
	return v.app.start(v, "reading the guardrails", func(ctx context.Context) tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, requestTimeout)
		defer cancel()
		all, err := fixer.Guardrails(ctx)
		return guardrailsMsg{all, err}
	})
}

// onSnapshot reads them again: what was written may have changed them.
func (v *guardrailsView) onSnapshot() tea.Cmd {
	if !v.loaded || v.app.top() == view(v) {
		return v.start()
	}
	return nil
}

func (v *guardrailsView) update(msg tea.Msg) tea.Cmd {
	if msg, ok := msg.(guardrailsMsg); ok {
		if v.problem = kube.Explain(msg.err); msg.err != nil {
			v.app.flash(failure, v.problem)
		}
		v.loaded = true
		v.setAll(msg.all)
		return nil
	}
	return v.onInput(msg)
}

// open is the lesson of the check that is kept fixed.
func (v *guardrailsView) open(g fixes.Guardrail) tea.Cmd { return learn(v.app, g.Check) }

func (v *guardrailsView) onRowKey(g fixes.Guardrail, msg tea.KeyPressMsg) tea.Cmd {
	keys := v.app.keys
	switch {
	case key.Matches(msg, keys.Fix):
		if g.Stage == fixes.Denies {
			v.app.flash(info, "it refuses already")
			return nil
		}
		return v.app.openGuard(fixes.GuardRequest{Check: g.Check, Namespace: g.Namespace, Stage: fixes.Denies, By: g.By})
	case key.Matches(msg, keys.Undo):
		return v.app.openUnguard(g)
	case key.Matches(msg, keys.Lesson):
		return v.open(g)
	case key.Matches(msg, keys.Copy):
		return v.app.copy(g.Name)
	case key.Matches(msg, keys.YAML):
		return v.app.openYAML(guardedBy(g), "")
	case key.Matches(msg, keys.Related):
		return v.app.openCheck(g.Check, g.Namespace)
	}
	return nil
}

// guardedBy is the object that makes a guardrail hold: the policy's binding,
// or the namespace with its labels.
func guardedBy(g fixes.Guardrail) kube.Ref {
	if g.By == fixes.ByLabels {
		return kube.Ref{APIVersion: "v1", Kind: "Namespace", Name: g.Namespace}
	}
	return kube.Ref{APIVersion: "admissionregistration.k8s.io/v1", Kind: "ValidatingAdmissionPolicyBinding", Name: g.Name}
}

func (v *guardrailsView) id(g fixes.Guardrail) string {
	return g.Name + " " + g.Namespace + " " + g.Check
}

func (v *guardrailsView) cell(g fixes.Guardrail, col, _ int) cell {
	s := v.app.styles
	switch col {
	case 0:
		if g.Stage == fixes.Denies {
			return cell{"■ deny", s.good}
		}
		return cell{"□ warn", s.warning}
	case 1:
		if g.Level != "" {
			return cell{"Pod Security " + g.Level, s.text}
		}
		return cell{g.Check, s.text}
	case 2:
		return cell{cleanOr(g.Namespace, "(all)"), s.text}
	case 3:
		return cell{string(g.By), s.muted}
	case 4:
		return cell{kube.Clean(g.Name), s.muted}
	}
	switch {
	case len(g.Warnings) > 0:
		return cell{"! " + strings.Join(g.Warnings, "; "), s.alarm}
	case !g.Checked:
		return cell{"not checked yet", s.muted}
	}
	return cell{"ok", s.muted}
}

func (v *guardrailsView) empty() string {
	none := "No guardrail is in force. On a finding, " + v.app.keys.Keep.Help().Key + " keeps its check fixed."
	return cmp.Or(v.app.notYet("the guardrails", v.loaded), v.problem, none)
}

func (v *guardrailsView) hints() []key.Binding {
	k := v.app.keys
	return []key.Binding{helped(k.Fix, "refuse, not only warn"), helped(k.Undo, "remove"), k.Lesson, k.Filter}
}

func (v *guardrailsView) help() []keyGroup {
	k := v.app.keys
	return []keyGroup{{"Guardrails", append(v.hints(), helped(k.YAML, "YAML of its binding"), helped(k.Related, "findings of its check"), k.Copy)}, k.listing()}
}
