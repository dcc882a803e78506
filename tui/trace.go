package tui

import (
	"context"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"kiln/kube"
	"kiln/scanners/tracing"
)

// traceView follows a request through the API server: a form for the request,
// and what became of it, step by step. Nothing is changed by it.
type traceView struct {
	app *App
	formPage

	result *tracedMsg
	pager
	version int
}

// tracedMsg brings the steps, or why there are none.
type tracedMsg struct {
	request kube.TraceRequest
	steps   []tracing.Step
	problem string
}

// openTrace is the command trace [VERB RESOURCE [NAME]] [as SUBJECT]. Without
// words it opens the form, filled in from what is under the cursor.
func openTrace(a *App, arg string) tea.Cmd {
	if arg == "" {
		a.push(newTraceView(a, a.questionUnderCursor()))
		return nil
	}
	q, problem := parseTrace(arg, a.namespace)
	if problem != "" {
		a.flash(warning, problem)
		return nil
	}
	v := newTraceView(a, q)
	a.push(v)
	return v.start()
}

// openTraceOf opens the form for an object.
func (a *App) openTraceOf(ref kube.Ref) tea.Cmd {
	a.push(newTraceView(a, questionAbout(ref)))
	return nil
}

func newTraceView(a *App, q traceQuestion) *traceView {
	v := &traceView{app: a, pager: newPager()}
	v.form = newForm(a,
		[3]string{"Who", "me; or ServiceAccount:shop/api, Group:devs, a user", q.as},
		[3]string{"Verb", "get list create update patch delete …", q.verb},
		[3]string{"Resource", "pods, deployments.apps, pods/exec …", q.resource},
		[3]string{"Name", "of one object", q.name},
		[3]string{"Namespace", "the context's own", q.namespace},
		[3]string{"Manifest", "a file to send; else a copy of the object", q.file},
	)
	v.form.suggest(0, a.traceSubjects())
	v.form.suggest(1, []string{"get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "impersonate", "bind", "escalate"})
	v.form.suggest(4, namespaceNames(a)[1:])
	v.edit()
	return v
}

// traceSubjects are the ServiceAccounts, to be typed quickly.
func (a *App) traceSubjects() []string {
	inv := a.inventory()
	if inv == nil {
		return nil
	}
	var all []string
	for _, account := range inv.ServiceAccounts {
		all = append(all, "ServiceAccount:"+account.Namespace+"/"+account.Name)
	}
	return all
}

func (v *traceView) title() string { return "trace" }

func (v *traceView) question() traceQuestion {
	f := v.form
	return traceQuestion{f.value(0), f.value(1), f.value(2), f.value(3), f.value(4), f.value(5)}
}

// start asks the server.
func (v *traceView) start() tea.Cmd {
	session, q := v.app.session, v.question()
	if session == nil {
		v.app.flash(info, "not connected: there is no server to ask")
		return nil
	}
	v.editing, v.result = false, nil
	v.version++
	v.app.cancelTasks(v)
	var inv *kube.Inventory
	if s := v.app.snapshot; s.knowsRights() && s.inventory.Settled(kube.APIServerFlags) {
		inv = s.inventory
	}
	return v.app.start(v, "following the request", func(ctx context.Context) tea.Msg {
		return session.trace(ctx, q, inv)
	})
}

func (v *traceView) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tracedMsg:
		v.result = &msg
		v.version++
		v.pager.toTop()
	default:
		return v.onInput(msg, &v.pager, v.onKey)
	}
	return nil
}

func (v *traceView) onKey(msg tea.KeyPressMsg) tea.Cmd {
	keys := v.app.keys
	switch {
	case v.editing && key.Matches(msg, keys.Back):
		if v.editing = false; v.result == nil {
			v.app.pop()
		}
	case v.editing:
		return v.onFormKey(msg, v.start)
	case key.Matches(msg, keys.Open):
		v.edit()
	case key.Matches(msg, keys.Copy):
		return v.app.copy(v.question().commandLine())
	default:
		v.pager.onKey(msg, keys)
	}
	return nil
}

func (v *traceView) hints() []key.Binding {
	k := v.app.keys
	if v.editing {
		return []key.Binding{helped(k.Press, "follow it"), k.Back}
	}
	return []key.Binding{helped(k.Open, "another request"), helped(k.Copy, "copy as a command"), k.Back}
}

func (v *traceView) help() []keyGroup {
	return []keyGroup{{"Trace", v.hints()}, v.app.keys.reading()}
}
