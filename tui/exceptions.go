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
	app   *App
	table table
	text  string
	rows  []*scanners.Finding
}

func newExceptionsView(a *App) *exceptionsView {
	v := &exceptionsView{app: a}
	v.table = table{cell: v.cell, columns: []column{
		{title: "STATE", min: 10, want: 10},
		{title: "UNTIL", min: 10, want: 10},
		{title: "CHECK", min: 16, good: 26, want: 30},
		{title: "OBJECT", min: 16, good: 20, want: 36},
		{title: "NAMESPACE", min: 10, want: 16, drop: 2},
		{title: "FROM", min: 10, want: 13, drop: 3},
		{title: "WHY", min: 12, good: 30, want: 50, drop: 1, flex: true},
	}}
	v.table.sorting.rows = func() []int { return sortRows(&v.table, v.rows, 0) }
	v.list()
	return v
}

func (v *exceptionsView) title() string { return "exceptions" }

func (v *exceptionsView) onSnapshot() tea.Cmd {
	v.list()
	return nil
}

func (v *exceptionsView) list() {
	selected := v.current()
	v.rows = nil
	if v.app.snapshot != nil {
		for _, f := range v.app.snapshot.findings {
			if f.Accepted != nil && v.admits(f) {
				v.rows = append(v.rows, f)
			}
		}
	}
	slices.SortStableFunc(v.rows, func(a, b *scanners.Finding) int {
		return cmp.Compare(lastDay(a), lastDay(b))
	})
	v.table.setRows(len(v.rows))
	if selected != nil {
		same := func(f *scanners.Finding) bool { return f.ID == selected.ID }
		v.table.moveTo(max(slices.IndexFunc(v.rows, same), 0))
	}
}

func (v *exceptionsView) admits(f *scanners.Finding) bool {
	text := f.Check + " " + objectText(f) + " " + f.Object.Namespace + " " + acceptanceText(f.Accepted)
	return strings.Contains(strings.ToLower(text), strings.ToLower(v.text))
}

// lastDay orders acceptances: what never expires comes last.
func lastDay(f *scanners.Finding) string { return cmp.Or(f.Accepted.Expires, "never") }

func (v *exceptionsView) current() *scanners.Finding {
	if v.table.cursor >= len(v.rows) {
		return nil
	}
	return v.rows[v.table.cursor]
}

func (v *exceptionsView) setFilter(text string) (tea.Cmd, error) {
	v.text = text
	v.list()
	return nil, nil
}

func (v *exceptionsView) filterText() string { return v.text }

func (v *exceptionsView) cell(row, col, width int) cell {
	f, s := v.rows[row], v.app.styles
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

func (v *exceptionsView) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		v.table.onWheel(msg)
	case tea.MouseClickMsg:
		if v.table.onClick(msg.Y) {
			return v.open()
		}
	case tea.KeyPressMsg:
		return v.onKey(msg)
	}
	return nil
}

func (v *exceptionsView) onKey(msg tea.KeyPressMsg) tea.Cmd {
	keys := v.app.keys
	if v.table.onKey(msg, keys) {
		return nil
	}
	var t *target
	if f := v.current(); f != nil {
		of := targetOf(f)
		t = &of
	}
	switch {
	case v.current() != nil && key.Matches(msg, keys.Open):
		return v.open()
	case v.current() != nil && key.Matches(msg, keys.Undo):
		return v.app.openUnaccept(v.current())
	case v.current() != nil && key.Matches(msg, keys.AcceptFinding):
		return v.app.openAccept([]*scanners.Finding{v.current()})
	}
	cmd, _ := v.app.drill(msg, t)
	return cmd
}

func (v *exceptionsView) open() tea.Cmd {
	page := newFindingView(v.app, v.current(), nil)
	v.app.push(page)
	return page.start()
}

func (v *exceptionsView) status(width int) string {
	f := v.current()
	if f == nil {
		return ""
	}
	return v.app.styles.muted.Render(clip(" "+acceptanceText(f.Accepted)+" · "+kube.Clean(f.Message), width))
}

func (v *exceptionsView) render(width, height int) []string {
	if len(v.rows) > 0 {
		return v.table.render(v.app.styles, width, height)
	}
	text := "Nothing is accepted. The key a on a finding accepts it until a day and for a reason, in an annotation beside the object; kiln.yaml does it for many."
	if v.text != "" {
		text = "No exception matches /" + v.text + "."
	}
	return append([]string{""}, indent(wrapStyled(v.app.styles.text, text, width-4), 2)...)
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
		a.flash(info, "this is accepted in kiln.yaml: take it out there, then ctrl-r")
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
