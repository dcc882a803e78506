package tui

import (
	"context"
	"fmt"
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	rbacv1 "k8s.io/api/rbac/v1"

	"kiln/fixes"
	"kiln/kube"
	"kiln/scanners/rbac"
)

// quickAction is an action on one object.
type quickAction struct {
	fixes.Action
	on kube.Ref
}

// quickActionsView lists what an engineer on call does about an object, the
// likeliest first. Numbers choose at once; each has its preview.
type quickActionsView struct {
	app   *App
	table table
	rows  []quickAction
}

// openQuickActions lists the actions for an object.
func (a *App) openQuickActions(ref kube.Ref) tea.Cmd {
	if !a.canWrite() {
		return nil
	}
	rows := quickActionsFor(ref, a.inventory())
	if len(rows) == 0 {
		a.flash(info, "there is no quick action for a "+ref.Kind)
		return nil
	}
	v := &quickActionsView{app: a, rows: rows}
	v.table = table{cell: v.cell, columns: []column{
		{title: "KEY", min: 3, want: 3},
		{title: "ACTION", min: 14, want: 16},
		{title: "ON", min: 16, good: 24, want: 50},
		{title: "DOES", min: 20, good: 30, want: 70, drop: 1, flex: true},
		{title: "UNDO", min: 8, want: 8, drop: 2},
	}}
	v.table.setRows(len(rows))
	a.push(v)
	return nil
}

// quickActionsFor are the object's own actions, and those on what it leads to:
// a workload to its pods and to the account that they act as, a binding to its
// subjects.
func quickActionsFor(ref kube.Ref, inv *kube.Inventory) []quickAction {
	var rows []quickAction
	add := func(on kube.Ref, only ...string) {
		for _, action := range fixes.ActionsOn(on.Kind) {
			if len(only) == 0 || slices.Contains(only, action.Name) {
				rows = append(rows, quickAction{action, on})
			}
		}
	}
	add(ref)
	if inv == nil {
		return rows
	}
	for _, w := range inv.Workloads {
		if w.Ref() != ref || ref.Kind == "Pod" {
			continue
		}
		const most = 3
		for _, pod := range w.Pods[:min(most, len(w.Pods))] {
			add(kube.RefOf(pod), "quarantine")
		}
		add(subjectRef(rbac.AccountOf(w)))
	}
	if ref.Kind == "RoleBinding" || ref.Kind == "ClusterRoleBinding" {
		for _, subject := range subjectsOf(ref, inv) {
			add(subjectRef(subject))
		}
	}
	return rows
}

func subjectRef(s rbac.Subject) kube.Ref {
	ref := kube.Ref{Kind: s.Kind, Namespace: s.Namespace, Name: s.Name}
	if s.Kind == rbacv1.ServiceAccountKind {
		ref.APIVersion = "v1"
	}
	return ref
}

func (v *quickActionsView) title() string { return "act" }

func (v *quickActionsView) cell(row, col, _ int) cell {
	s, action := v.app.styles, v.rows[row]
	switch col {
	case 0:
		if row > 8 {
			return cell{"", s.muted}
		}
		return cell{fmt.Sprint(row + 1), s.accent}
	case 1:
		return cell{action.Name, s.bold}
	case 2:
		return cell{kube.Clean(action.on.String()), s.text}
	case 3:
		return cell{action.Does, s.text}
	}
	if action.Lasting != "" {
		return cell{"not all", s.warning}
	}
	return cell{"yes", s.good}
}

func (v *quickActionsView) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		v.table.onWheel(msg)
	case tea.MouseClickMsg:
		if v.table.onClick(msg.Y) {
			return v.choose(v.table.cursor)
		}
	case tea.KeyPressMsg:
		keys := v.app.keys
		switch {
		case v.table.onKey(msg, keys):
		case key.Matches(msg, keys.Open):
			return v.choose(v.table.cursor)
		case key.Matches(msg, keys.Namespace):
			return v.choose(int(msg.String()[0] - '1'))
		}
	}
	return nil
}

// choose opens the preview of an action in the place of the list.
func (v *quickActionsView) choose(row int) tea.Cmd {
	if row >= len(v.rows) {
		return nil
	}
	action := v.rows[row]
	v.app.pop()
	if action.Name == fixes.DrainAction {
		return v.app.openDrain(action)
	}
	session := v.app.session
	page := newDiffView(v.app, action.Name, func(ctx context.Context) []proposal {
		return []proposal{session.proposeAction(ctx, action)}
	})
	v.app.push(page)
	return page.start()
}

// proposeAction plans and previews an action.
func (s *Session) proposeAction(ctx context.Context, action quickAction) proposal {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	p := proposal{subject: action.Name + " of " + kube.Clean(action.on.String())}
	plan, err := s.fixer.Act(ctx, action.Action, action.on)
	if err != nil {
		p.err = err
		return p
	}
	p.preview, p.err = s.fixer.Preview(ctx, plan)
	return p
}

func (v *quickActionsView) status(width int) string {
	action := v.rows[v.table.cursor]
	text := " " + action.Does
	if action.Lasting != "" {
		text += "; undo can't bring all back: " + action.Lasting
	}
	return v.app.styles.muted.Render(clip(text, width))
}

func (v *quickActionsView) render(width, height int) []string {
	return v.table.render(v.app.styles, width, height)
}

// passing: what is under the cursor elsewhere is another question.
func (v *quickActionsView) passing() {}

func (v *quickActionsView) hints() []key.Binding {
	k := v.app.keys
	return []key.Binding{k.Open, k.Back}
}

func (v *quickActionsView) help() []keyGroup {
	k := v.app.keys
	return []keyGroup{{"Quick actions", []key.Binding{k.Open, helped(k.Namespace, "open the one with the number"), k.Back}}, k.moving()}
}
