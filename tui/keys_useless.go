package tui

import (
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

// onCommonKey handles a key that isn't typed text. One that does nothing says
// so, but for those that move: at the end of a list everybody sees why.
func (a *App) onCommonKey(msg tea.KeyPressMsg) tea.Cmd {
	if key.Matches(msg, append(a.keys.moving().keys, a.keys.Left, a.keys.Right)...) {
		return a.top().update(msg)
	}
	here := meanings(msg, a.helpHere())
	if len(here) == 0 {
		if elsewhere := meanings(msg, a.keys.places()); len(elsewhere) > 0 {
			a.flash(info, keyName(msg)+" does nothing here; "+strings.Join(elsewhere, ", "))
			return nil
		}
		return a.top().update(msg)
	}
	before, said := a.screen(), a.messages.said
	cmd, handled := a.onGlobalKey(msg)
	if !handled {
		cmd = a.top().update(msg)
	}
	if cmd == nil && a.messages.said == said && a.screen() == before {
		a.flash(info, keyName(msg)+" changes nothing now; "+here[0])
	}
	return cmd
}

// helpHere is the help of the view in front and of the keys that work in every
// view, but for keys that go through matches where there are none.
func (a *App) helpHere() []keyGroup {
	here := a.top().help()
	if page, ok := a.top().(interface{ found() int }); ok && page.found() == 0 {
		for i := range here {
			here[i] = without(without(here[i], a.keys.NextMatch), a.keys.PreviousMatch)
		}
	}
	return append(here, a.keys.global(), keyGroup{"Everywhere", []key.Binding{a.keys.Filter}})
}

// meanings are what a key means in groups of keys: "in lists: open".
func meanings(msg tea.KeyPressMsg, groups []keyGroup) []string {
	var all []string
	for _, g := range groups {
		for _, binding := range g.keys {
			if key.Matches(msg, binding) {
				all = append(all, g.title+": "+binding.Help().Desc)
			}
		}
	}
	return all
}

// keyName writes a key as the help does: ctrl-s, shift-d.
func keyName(msg tea.KeyPressMsg) string {
	name := strings.ReplaceAll(msg.String(), "+", "-")
	if len(name) == 1 && name >= "A" && name <= "Z" {
		return "shift-" + strings.ToLower(name)
	}
	return name
}
