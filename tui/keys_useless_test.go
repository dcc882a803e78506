package tui

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"k8s.io/cli-runtime/pkg/genericclioptions"
)

// allBindings are the key map's, by their names there.
func allBindings(k *keyMap) map[string]key.Binding {
	all := map[string]key.Binding{}
	fields := reflect.ValueOf(k).Elem()
	for i := range fields.NumField() {
		all[fields.Type().Field(i).Name] = *fields.Field(i).Addr().Interface().(*key.Binding)
	}
	return all
}

// allKeys are the keys of the key map that don't only move, and don't end kiln.
func allKeys(k *keyMap) []string {
	var all []string
	for _, binding := range allBindings(k) {
		all = append(all, binding.Keys()[0])
	}
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(name string) bool {
		return key.Matches(keyOf(name), append(k.moving().keys, k.Left, k.Right, k.ForceQuit)...)
	})
}

// openForKeys opens a scene whose view listens to keys; nil where something
// else does.
func openForKeys(t *testing.T, s scene) *App {
	a, c := s.open(t, 100, 30, "dark")
	a.opts.Flags = genericclioptions.NewConfigFlags(false)
	if a.dialog != nil || a.prompt != nil || a.help != nil || a.typing() != nil || a.tooSmall() {
		return nil
	}
	c.now = c.now.Add(2 * settleTime)
	a.messages.dismiss()
	return a
}

// keyFor is what a terminal sends for a key of a binding.
func keyFor(t *testing.T, name string) tea.KeyPressMsg {
	t.Helper()
	msg := keyOf(name)
	switch name {
	case "ctrl+space":
		msg = tea.KeyPressMsg{Code: tea.KeySpace, Mod: tea.ModCtrl}
	case "shift+left", "shift+right", "shift+up", "shift+down":
		msg = keyOf(name[len("shift+"):])
		msg.Mod = tea.ModShift
	}
	if msg.String() != name {
		t.Fatalf("the key %q is sent as %q", name, msg.String())
	}
	return msg
}

// state is all of the App that a key can change where one can see it.
func state(a *App) string {
	return fmt.Sprintf("%p %v %v %p\n%s", a.top(), a.dialog != nil, a.prompt != nil, a.help, a.View().Content)
}

// TestEveryKeyDoesSomethingOrSaysWhyNot presses every key of the key map in
// every scene: the screen changes, work begins, or a message tells why not.
// Only keys that move may find nothing to move.
func TestEveryKeyDoesSomethingOrSaysWhyNot(t *testing.T) {
	for _, scene := range scenes() {
		t.Run(scene.name, func(t *testing.T) {
			a := openForKeys(t, scene)
			for _, name := range allKeys(newKeyMap()) {
				if a == nil {
					return
				}
				msg, before := keyFor(t, name), state(a)
				said := a.messages.said
				_, cmd := a.Update(msg)
				if cmd == nil && a.messages.said == said && state(a) == before {
					t.Errorf("%s does nothing, and doesn't say why", name)
				}
				if a.messages.dismiss(); cmd != nil || state(a) != before {
					a = openForKeys(t, scene)
				}
			}
		})
	}
}

// TestTheHelpNamesEveryKey hands the keys that the help of a view lacks to the
// view itself: they must not do anything there, but for saying so.
func TestTheHelpNamesEveryKey(t *testing.T) {
	for _, scene := range scenes() {
		a := openForKeys(t, scene)
		for _, name := range allKeys(newKeyMap()) {
			msg := keyFor(t, name)
			if a == nil || len(meanings(msg, a.helpHere())) > 0 {
				continue
			}
			before := state(a)
			cmd := a.top().update(msg)
			if a.messages.dismiss(); cmd != nil || state(a) != before {
				t.Errorf("%s: %s does something, but isn't in the help of %q", scene.name, name, a.top().title())
				a = openForKeys(t, scene)
			}
		}
	}
}

// TestEveryKeyHasItsPlace makes sure that a key that does nothing here can say
// where it does.
func TestEveryKeyHasItsPlace(t *testing.T) {
	k := newKeyMap()
	groups := append(k.places(), k.global(), k.moving(), keyGroup{keys: []key.Binding{k.Filter, k.Left, k.Right, k.Accept}})
	for name, binding := range allBindings(k) {
		if !slices.ContainsFunc(groups, func(g keyGroup) bool {
			return slices.ContainsFunc(g.keys, func(b key.Binding) bool { return reflect.DeepEqual(b, binding) })
		}) {
			t.Errorf("%s (%s) has no place", name, binding.Help().Key)
		}
	}
}
