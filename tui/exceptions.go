package tui

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"kiln/fixes"
	"kiln/kube"
	"kiln/scanners"
)

// exceptionsView lists every finding that somebody has accepted, those whose
// day is over first, and takes acceptances back.
type exceptionsView struct {
	listing[*scanners.Finding]
}

func newExceptionsView(a *App) *exceptionsView {
	v := &exceptionsView{}
	v.prepare(a, v, "exception", []column{
		{title: "STATE", min: 10, want: 10},
		{title: "UNTIL", min: 10, want: 10},
		{title: "CHECK", min: 16, good: 26, want: 30},
		{title: "OBJECT", min: 16, good: 20, want: 36},
		{title: "NAMESPACE", min: 10, want: 16, drop: 2},
		{title: "FROM", min: 10, want: 13, drop: 3},
		{title: "WHY", min: 12, good: 30, want: 50, drop: 1, flex: true},
	})
	v.read()
	return v
}

func (v *exceptionsView) title() string { return "exceptions" }

func (v *exceptionsView) onSnapshot() tea.Cmd {
	v.read()
	return nil
}

// read lists what is accepted, the earliest end first.
func (v *exceptionsView) read() {
	var all []*scanners.Finding
	if v.app.snapshot != nil {
		for _, f := range v.app.snapshot.findings {
			if f.Accepted != nil {
				all = append(all, f)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b *scanners.Finding) int { return cmp.Compare(lastDay(a), lastDay(b)) })
	v.setAll(all)
}

func (v *exceptionsView) id(f *scanners.Finding) string { return f.ID }

func (v *exceptionsView) words(f *scanners.Finding) string { return acceptanceText(f.Accepted) }

// lastDay orders acceptances: what never expires comes last.
func lastDay(f *scanners.Finding) string { return cmp.Or(f.Accepted.Expires, "never") }

func (v *exceptionsView) cell(f *scanners.Finding, col, width int) cell {
	s := v.app.styles
	switch col {
	case 0:
		if f.Accepted.Expired {
			return cell{"! expired", s.alarm}
		}
		return cell{"~ accepted", s.muted}
	case 1:
		return cell{kube.Clean(lastDay(f)), s.text}
	case 2:
		return cell{f.Check, s.text}
	case 3:
		return cell{kube.Clean(objectIn(f, width)), s.text}
	case 4:
		return cell{kube.Clean(f.Object.Namespace), s.muted}
	case 5:
		return cell{f.Accepted.From, s.muted}
	}
	return cell{kube.Clean(f.Accepted.Reason), s.muted}
}

func (v *exceptionsView) update(msg tea.Msg) tea.Cmd { return v.onInput(msg) }

func (v *exceptionsView) onRowKey(f *scanners.Finding, msg tea.KeyPressMsg) tea.Cmd {
	keys := v.app.keys
	switch {
	case key.Matches(msg, keys.Undo):
		return v.app.openUnaccept(f)
	case key.Matches(msg, keys.AcceptFinding):
		return v.app.openAccept([]*scanners.Finding{f})
	}
	t := targetOf(f)
	cmd, _ := v.app.drill(msg, &t)
	return cmd
}

func (v *exceptionsView) open(f *scanners.Finding) tea.Cmd {
	page := newFindingView(v.app, f, nil)
	v.app.push(page)
	return page.start()
}

func (v *exceptionsView) status(width int) string {
	f, ok := v.selected()
	if !ok {
		return v.statusWith("", width)
	}
	return v.statusWith(" "+acceptanceText(f.Accepted)+" · "+kube.Clean(f.Message), width)
}

func (v *exceptionsView) empty() string {
	return cmp.Or(v.app.notYet("the cluster", v.app.snapshot != nil && v.app.snapshot.complete),
		"Nothing is accepted. The key "+v.app.keys.AcceptFinding.Help().Key+" on a finding accepts it until a day and for a reason, in an annotation beside the object; kiln.yaml does it for many.")
}

func (v *exceptionsView) hints() []key.Binding {
	k := v.app.keys
	return []key.Binding{k.Open, k.Undo, k.AcceptFinding, k.Filter}
}

func (v *exceptionsView) help() []keyGroup {
	k := v.app.keys
	return []keyGroup{{"Exceptions", []key.Binding{k.Open, k.Undo, k.AcceptFinding, k.Filter}}, k.drilling(), k.listing()}
}

// openUnaccept previews that a finding counts again.
func (a *App) openUnaccept(f *scanners.Finding) tea.Cmd {
	if f.Accepted.From != "annotation" {
		a.flash(info, "this is accepted in kiln.yaml: take it out there, and start kiln again")
		return nil
	}
	if !a.canWrite() {
		return nil
	}
	session := a.session
	return a.openPreviews("take back", []*scanners.Finding{f}, func(ctx context.Context, f scanners.Finding) proposal {
		return session.proposeUnaccept(ctx, f)
	})
}

// proposeUnaccept previews the removal of the annotation that accepts f.
func (s *Session) proposeUnaccept(ctx context.Context, f scanners.Finding) proposal {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	p := proposal{subject: f.Check + " of " + kube.Clean(f.Object.String()), finding: f}
	live, err := s.cluster.Read(ctx, f.Object)
	if err != nil {
		p.err = fmt.Errorf("reading %s: %w", f.Object, err)
		return p
	}
	annotation := scanners.AcceptAnnotation(f.Check)
	value, ok := live.GetAnnotations()[annotation]
	if !ok {
		p.err = fmt.Errorf("%w: %s no longer accepts it", fixes.ErrNothingToDo, f.Object)
		return p
	}
	path := "/metadata/annotations/" + strings.ReplaceAll(annotation, "/", "~1")
	p.preview, p.err = s.fixer.Preview(ctx, fixes.Plan{
		Finding: f,
		Title:   kube.Clean("No longer accept " + f.Check + " of " + f.Object.Kind + "/" + f.Object.Name),
		Changes: []fixes.Change{{Target: f.Object, UID: live.GetUID(), Mechanism: fixes.JSONPatch, Patch: []fixes.PatchOperation{
			{Op: "test", Path: path, Value: value},
			{Op: "remove", Path: path},
		}}},
		Notes: []string{"The finding counts again."},
	})
	return p
}
