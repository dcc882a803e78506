package tui

import (
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// places are where the keys work that don't work everywhere, and don't only
// move. A key that does nothing in a view tells them.
func (k *keyMap) places() []keyGroup {
	return []keyGroup{
		{"in lists", []key.Binding{k.Open}},
		{"on a finding", []key.Binding{k.Fix, k.AcceptFinding}},
		{"on an object", k.drilling().keys},
		{"in the findings", []key.Binding{
			k.Mark, k.MarkRange, k.ClearMarks, k.NextLayer, k.PreviousLayer, k.Faults, k.AllNamespaces, k.Namespace, k.System, k.Accepted, k.Group,
			k.SortSeverity, k.SortCheck, k.SortName, k.SortNamespace, k.SortFix, k.SortOwner,
		}},
		{"in tables", []key.Binding{k.SortLeft, k.SortRight, k.SortUp, k.SortDown}},
		{"in a finding", []key.Binding{k.Next, k.Previous}},
		{"in :checks", []key.Binding{k.Lesson}},
		{"in :journal", []key.Binding{k.Undo, k.UndoBatch}},
		{"in a preview", []key.Binding{k.Answer, k.Split, k.Whole, k.Wrap}},
		{"at buttons", []key.Binding{k.NextButton, k.PreviousButton, k.Press}},
		{"in logs", []key.Binding{k.NextContainer, k.NextPod}},
		{"after a search with /", []key.Binding{k.NextMatch, k.PreviousMatch}},
	}
}

// isUseless says that a key means something elsewhere, but nothing in the view
// in front: it isn't in its help.
func (a *App) isUseless(msg tea.KeyPressMsg) bool {
	matches := func(b key.Binding) bool { return key.Matches(msg, b) }
	in := func(g keyGroup) bool { return slices.ContainsFunc(g.keys, matches) }
	if in(a.keys.moving()) || key.Matches(msg, a.keys.Left, a.keys.Right) {
		return false
	}
	here := a.top().help()
	if page, ok := a.top().(interface{ found() int }); ok && page.found() == 0 {
		for i := range here {
			here[i] = without(without(here[i], a.keys.NextMatch), a.keys.PreviousMatch)
		}
	}
	return slices.ContainsFunc(a.keys.places(), in) && !slices.ContainsFunc(here, in)
}

// sayUseless says where such a key works.
func (a *App) sayUseless(msg tea.KeyPressMsg) {
	var does []string
	for _, place := range a.keys.places() {
		for _, binding := range place.keys {
			if key.Matches(msg, binding) {
				does = append(does, place.title+": "+binding.Help().Desc)
			}
		}
	}
	a.flash(info, keyName(msg)+" does nothing here; "+strings.Join(does, ", "))
}

// keyName writes a key as the help does: ctrl-s, shift-d.
func keyName(msg tea.KeyPressMsg) string {
	name := strings.ReplaceAll(msg.String(), "+", "-")
	if len(name) == 1 && name >= "A" && name <= "Z" {
		return "shift-" + strings.ToLower(name)
	}
	return name
}
