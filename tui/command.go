package tui

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"kiln/scanners"
)

// command is what can be typed after ":".
type command struct {
	names []string // the first is the one that is suggested
	desc  string
	// run does it; arg is what follows the name.
	run func(a *App, arg string) tea.Cmd
	// args are suggestions for arg; may be nil.
	args func(a *App) []string
}

// commands lists them all. A new view has its line here.
func commands() []command {
	all := []command{
		{names: []string{"findings", "all"}, desc: "findings of every layer", run: showLayer("")},
	}
	for _, layer := range scanners.Layers() {
		all = append(all, command{names: []string{string(layer)}, desc: "findings of layer " + string(layer), run: showLayer(layer)})
	}
	return append(all,
		command{names: []string{"view", "views"}, desc: "show the findings as a saved view has them", run: showView, args: viewNames},
		command{names: []string{"save-view"}, desc: "keep the findings as they are shown now, under a name", run: saveView},
		command{names: []string{"forget-view"}, desc: "delete a saved view", run: forgetView, args: viewNames},
		command{names: []string{"posture", "pulse", "dashboard"}, desc: "how the cluster stands, and what to do next", run: showRoot(newPostureView)},
		command{names: []string{"checks"}, desc: "every check: pass, fail or unknown, and why", run: showRoot(newChecksView)},
		command{names: []string{"exceptions", "exc", "accepted"}, desc: "what somebody has accepted, until when and why", run: showRoot(newExceptionsView)},
		command{names: []string{"kubelets"}, desc: "ask every kubelet for its live configuration; with off: stop asking", run: askForKubelets},
		command{names: []string{"workloads", "wl", "pods", "po"}, desc: "what runs, the worst first; with a namespace: only there", run: showWorkloads(""), args: namespaceNames},
		command{names: []string{"rbac", "subjects"}, desc: "who has rights, the worst first; with a subject: what it may do", run: openAccess},
		command{names: []string{"who-can", "whocan"}, desc: "who may do something: VERB RESOURCE [NAME], by which binding", run: openWhoCan, args: whoCanExamples},
		command{names: []string{"trace", "can-i"}, desc: "follow a request through the API server; with VERB RESOURCE [NAME] [as SUBJECT]: at once", run: openTrace, args: traceExamples},
		command{names: []string{"reach", "netpol", "np"}, desc: "who may talk to whom in a namespace, by its network policies", run: openReach, args: func(a *App) []string { return namespaceNames(a)[1:] }},
		command{names: []string{"learn", "lesson"}, desc: "the lesson of a check; with path: a guided way through the layers", run: learn, args: lessonNames},
		command{names: []string{"debug"}, desc: "kiln's debug containers that run; back into one, or end it", run: showRoot(newDebugSessionsView)},
		command{names: []string{"probe"}, desc: "look at a node from a pod on it; with the node's name", run: openNodeNamed, args: nodeNames},
		command{names: []string{"guardrails", "guard"}, desc: "what keeps checks fixed; make it refuse, or remove it", run: showRoot(newGuardrailsView)},
		command{names: []string{"journal", "undo"}, desc: "what was applied; take it back", run: showRoot(newJournalView)},
		command{names: []string{"messages", "log"}, desc: "everything that kiln has said", run: showRoot(newMessagesView)},
		command{names: []string{"ctx", "context", "contexts"}, desc: "contexts; with a name: switch to it", run: openContexts, args: contextNames},
		command{names: []string{"ns", "namespace", "namespaces"}, desc: "namespaces; with a name: show only that; with all: show all", run: openNamespaces, args: namespaceNames},
		command{names: []string{"help"}, desc: "keys and commands", run: func(a *App, _ string) tea.Cmd { a.help = newHelpPage(a); return nil }},
		command{names: []string{"commands", "aliases"}, desc: "these commands", run: func(a *App, _ string) tea.Cmd { a.help = newCommandsPage(a); return nil }},
		command{names: []string{"q", "q!", "quit", "exit"}, desc: "quit", run: func(*App, string) tea.Cmd { return tea.Quit }},
	)
}

func findCommand(name string) (command, bool) {
	for _, c := range commands() {
		if slices.Contains(c.names, name) {
			return c, true
		}
	}
	return command{}, false
}

// openCommand opens the prompt for a command.
func (a *App) openCommand(text string) tea.Cmd {
	p := a.newPrompt(":", text)
	p.input.ShowSuggestions = true
	p.input.SetSuggestions(a.suggestions())
	p.changed = func(string) (tea.Cmd, error) { return nil, nil }
	p.submit = a.runCommand
	p.cancel = func() tea.Cmd { return nil }
	a.prompt = p
	return nil
}

// suggestions are all commands, and those with arguments with each of them.
func (a *App) suggestions() []string {
	var all, withArgs []string
	for _, c := range commands() {
		all = append(all, c.names[0])
		if c.args == nil {
			continue
		}
		for _, arg := range c.args(a) {
			withArgs = append(withArgs, c.names[0]+" "+arg)
		}
	}
	all = append(all, slices.Sorted(maps.Keys(a.aliases))...)
	all = append(all, kindNames(a.snapshot)...)
	return append(all, withArgs...)
}

// runCommand does what was typed.
func (a *App) runCommand(text string) tea.Cmd {
	name, arg, _ := strings.Cut(strings.TrimSpace(text), " ")
	if name == "" {
		return nil
	}
	c, ok := findCommand(name)
	if long, isAlias := a.aliases[name]; isAlias && !ok {
		first, more, _ := strings.Cut(long, " ")
		c, ok = findCommand(first)
		name, arg = first, strings.TrimSpace(more+" "+arg)
	}
	kind, isKind := kindNamed(name, a.snapshot)
	switch {
	case !ok && !isKind:
		a.flash(warning, fmt.Sprintf("no command %q: %s lists them", name, shownKey(a.keys.Commands)))
		return nil
	case !a.mayLeave():
		return nil
	case !ok:
		return a.showKind(kind, strings.TrimSpace(arg))
	}
	return c.run(a, strings.TrimSpace(arg))
}

// showRoot replaces the stack by a new view.
func showRoot[V view](open func(*App) V) func(*App, string) tea.Cmd {
	return func(a *App, arg string) tea.Cmd {
		if arg != "" {
			a.flash(warning, fmt.Sprintf("this command takes no %q", arg))
			return nil
		}
		v := open(a)
		a.root(v)
		if starter, ok := any(v).(interface{ start() tea.Cmd }); ok {
			return starter.start()
		}
		return nil
	}
}

// showLayer shows the findings of one layer, or all, of a namespace if given.
func showLayer(layer scanners.Layer) func(*App, string) tea.Cmd {
	return func(a *App, arg string) tea.Cmd {
		a.root(a.findings)
		a.findings.query.layer = layer
		if arg != "" {
			return a.setNamespace(arg)
		}
		return a.findings.arrange()
	}
}

func checkIDs(a *App) []string {
	var ids []string
	for _, c := range a.opts.Checks {
		ids = append(ids, c.ID)
	}
	return ids
}
