package tui

import (
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
)

// keyMap is every key that kiln listens to. The footer's hints and the help
// are made from it. None of the keys that delete or kill elsewhere changes
// anything here.
type keyMap struct {
	// Everywhere.
	Command, Filter, Help, Back, Quit, ForceQuit key.Binding
	Rescan, ReadOnly, Header, LastView, Commands key.Binding
	HistoryBack, HistoryForward                  key.Binding

	// Moving.
	Up, Down, PageUp, PageDown, Top, Bottom key.Binding
	Left, Right                             key.Binding
	NextMatch, PreviousMatch                key.Binding

	// The findings.
	Open, Mark, MarkRange, ClearMarks, Fix key.Binding
	NextLayer, PreviousLayer, Faults, Save key.Binding
	AllNamespaces, Namespace               key.Binding
	System, Accepted, Group                key.Binding
	AcceptFinding                          key.Binding
	SortSeverity, SortCheck, SortName      key.Binding
	SortNamespace, SortFix, SortOwner      key.Binding
	SortLeft, SortRight                    key.Binding
	SortUp, SortDown                       key.Binding

	// One object.
	Copy, YAML, Lesson   key.Binding
	Describe, Logs       key.Binding
	PreviousLogs         key.Binding
	ControlledBy         key.Binding
	Related, SameOwner   key.Binding
	Rights, Trace, Reach key.Binding
	Act, Keep            key.Binding
	Debug, Shell, Probe  key.Binding
	NextContainer        key.Binding
	NextPod              key.Binding
	Next, Previous, Undo key.Binding
	UndoBatch, Answer    key.Binding

	// The diff.
	Split, Whole, Wrap key.Binding

	// Buttons and prompts.
	NextButton, PreviousButton, Press, Accept key.Binding
}

func newKeyMap() *keyMap {
	bind := func(help, desc string, keys ...string) key.Binding {
		return key.NewBinding(key.WithKeys(keys...), key.WithHelp(help, desc))
	}
	return &keyMap{
		Command:   bind(":", "command", ":"),
		Filter:    bind("/", "filter", "/"),
		Help:      bind("?", "help", "?"),
		Back:      bind("esc", "back, cancel", "esc"),
		Quit:      bind("q", "back, quit at the top", "q"),
		ForceQuit: bind("ctrl-c", "quit", "ctrl+c"),
		Commands:  bind("ctrl-a", "all commands", "ctrl+a"),
		Rescan:    bind("ctrl-r", "scan again", "ctrl+r"),
		ReadOnly:  bind("ctrl-o", "read-only on or off", "ctrl+o"),
		Header:    bind("ctrl-e", "header on or off", "ctrl+e"),
		LastView:  bind("-", "last view", "-"),

		HistoryBack:    bind("[", "back in the history", "["),
		HistoryForward: bind("]", "forward in the history", "]"),

		Up:       bind("↑ k", "up", "up", "k"),
		Down:     bind("↓ j", "down", "down", "j"),
		PageUp:   bind("pgup ctrl-b", "page up", "pgup", "ctrl+b"),
		PageDown: bind("pgdn ctrl-f", "page down", "pgdown", "ctrl+f"),
		Top:      bind("home g", "first", "home", "g"),
		Bottom:   bind("end G", "last", "end", "G"),
		Left:     bind("←", "left", "left"),
		Right:    bind("→", "right", "right"),

		NextMatch:     bind("n", "next match of the search", "n"),
		PreviousMatch: bind("shift-n", "previous match", "N"),

		Open:          bind("enter", "open", "enter"),
		Mark:          bind("space", "mark", "space"),
		MarkRange:     bind("ctrl-space", "mark up to here", "ctrl+space", "ctrl+@"),
		ClearMarks:    bind(`ctrl-\`, "clear marks", `ctrl+\`),
		Fix:           bind("f", "preview the fix", "f"),
		NextLayer:     bind("tab", "next layer", "tab"),
		PreviousLayer: bind("shift-tab", "previous layer", "shift+tab"),
		Faults:        bind("ctrl-z", "critical and high only", "ctrl+z"),
		Save:          bind("ctrl-s", "save what is shown to a file", "ctrl+s"),
		AllNamespaces: bind("0", "all namespaces", "0"),
		Namespace:     bind("1…9", "one namespace", "1", "2", "3", "4", "5", "6", "7", "8", "9"),
		System:        bind("z", "the cluster's own components", "z"),
		Group:         bind("b", "group by check, namespace, object, owner", "b"),
		AcceptFinding: bind("a", "accept, with a reason", "a"),
		Accepted:      bind("shift-a", "accepted findings on or off", "A"),
		SortSeverity:  bind("shift-s", "by severity", "S"),
		SortCheck:     bind("shift-c", "by check", "C"),
		SortName:      bind("shift-n", "by name", "N"),
		SortNamespace: bind("shift-p", "by namespace", "P"),
		SortFix:       bind("shift-f", "by fix", "F"),
		SortOwner:     bind("shift-o", "by owner", "O"),
		SortLeft:      bind("shift-←", "sort one column left", "shift+left"),
		SortRight:     bind("shift-→", "sort one column right", "shift+right"),

		SortUp:   bind("shift-↑", "smallest first", "shift+up"),
		SortDown: bind("shift-↓", "largest first", "shift+down"),

		Copy:     bind("c", "copy the name", "c"),
		YAML:     bind("y", "YAML", "y"),
		Describe: bind("d", "describe", "d"),
		Logs:     bind("l", "logs", "l"),

		PreviousLogs:  bind("p", "logs of the previous container", "p"),
		ControlledBy:  bind("shift-j", "its controller", "J"),
		Related:       bind("o", "findings of the object", "o"),
		SameOwner:     bind("w", "findings of the same owner", "w"),
		Rights:        bind("r", "its subject's rights", "r"),
		Trace:         bind("t", "trace a request about it", "t"),
		Reach:         bind("m", "map of who may talk to whom", "m"),
		Act:           bind("x", "quick actions", "x"),
		Keep:          bind("shift-k", "keep its check fixed", "K"),
		Debug:         bind("shift-d", "debug container", "D"),
		Probe:         bind("i", "probe how it runs, or its node", "i"),
		Shell:         bind("s", "shell in the container", "s"),
		NextContainer: bind("tab", "next container", "tab"),
		NextPod:       bind("n", "next pod", "n"),

		Lesson:   bind("enter", "lesson", "enter"),
		Next:     bind("n", "next finding", "n"),
		Previous: bind("p", "previous finding", "p"),
		Undo:     bind("u", "preview the undo", "u"),

		UndoBatch: bind("shift-u", "undo its batch", "U"),
		Answer:    bind("e", "change the answer", "e"),

		Split: bind("v", "side by side", "v"),
		Whole: bind("o", "whole object", "o"),
		Wrap:  bind("w", "wrap long lines", "w"),

		NextButton:     bind("tab →", "next button", "tab", "right"),
		PreviousButton: bind("shift-tab ←", "previous button", "shift+tab", "left"),
		Press:          bind("enter", "press", "enter"),
		Accept:         bind("tab →", "accept the suggestion", "tab", "right"),
	}
}

// keyGroup is a titled part of the help.
type keyGroup struct {
	title string
	keys  []key.Binding
}

// global are the keys that work in every view.
func (k *keyMap) global() keyGroup {
	return keyGroup{"Everywhere", []key.Binding{
		k.Command, k.Commands, k.Help, k.Back, k.Quit, k.ForceQuit, k.Rescan, k.ReadOnly, k.Header, k.Save,
		k.HistoryBack, k.HistoryForward, k.LastView,
	}}
}

// moving are the keys of lists.
func (k *keyMap) moving() keyGroup {
	return keyGroup{"Moving", []key.Binding{k.Up, k.Down, k.PageUp, k.PageDown, k.Top, k.Bottom}}
}

// listing are the keys of lists that can be put in another order.
func (k *keyMap) listing() keyGroup {
	return keyGroup{"Moving", append(k.moving().keys, k.SortLeft, k.SortRight, k.SortUp, k.SortDown)}
}

// rowless are the keys of lists that work without a row, too.
func (k *keyMap) rowless() []key.Binding {
	return []key.Binding{k.Filter, k.NextLayer, k.AllNamespaces, k.System, k.Group}
}

// reading are the keys of pages of text.
func (k *keyMap) reading() keyGroup {
	return keyGroup{"Reading", append(k.moving().keys, k.Filter, k.NextMatch, k.PreviousMatch)}
}

// without is a group less a key that means something else in a view.
func without(g keyGroup, other key.Binding) keyGroup {
	g.keys = slices.DeleteFunc(g.keys, func(b key.Binding) bool { return b.Help() == other.Help() })
	return g
}

// shownKey is a key as texts name it: the first where there are several.
func shownKey(b key.Binding) string {
	name, _, _ := strings.Cut(b.Help().Key, " ")
	return name
}

// helped is a key with another description.
func helped(b key.Binding, desc string) key.Binding {
	b.SetHelp(b.Help().Key, desc)
	return b
}

// sorting are the keys that choose the order of the findings.
func (k *keyMap) sorting() keyGroup {
	return keyGroup{"Sorting; again to reverse", []key.Binding{
		k.SortSeverity, k.SortCheck, k.SortName, k.SortNamespace, k.SortFix, k.SortOwner, k.SortLeft, k.SortRight, k.SortUp, k.SortDown,
	}}
}
