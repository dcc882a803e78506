package tui

import (
	"context"
	"fmt"
	"os"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"kiln/kube"
	"kiln/scanners/rbac"
	"kiln/scanners/tracing"
)

// traceView follows a request through the API server: a form for the request,
// and what became of it, step by step. Nothing is changed by it.
type traceView struct {
	app *App
	formPage

	result *tracedMsg
	pager
	drawn   drawnFor
	version int
}

// question is what the form asks for, in the order of its fields.
type traceQuestion struct{ as, verb, resource, name, namespace, file string }

// tracedMsg brings the steps, or why there are none.
type tracedMsg struct {
	question traceQuestion
	request  kube.TraceRequest
	steps    []tracing.Step
	problem  string
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

func parseTrace(arg, namespace string) (traceQuestion, string) {
	words := strings.Fields(arg)
	q := traceQuestion{namespace: namespace}
	if n := len(words); n > 2 && words[n-2] == "as" {
		q.as, words = words[n-1], words[:n-2]
	}
	if len(words) < 2 || len(words) > 3 {
		return q, "trace takes VERB RESOURCE [NAME] [as SUBJECT], such as get secrets as sa:shop/api; alone it asks"
	}
	q.verb, q.resource, q.name = words[0], words[1], strings.Join(words[2:], "")
	if subject, err := rbac.ParseSubject(q.as); err == nil && q.namespace == "" {
		q.namespace = subject.Namespace // where a ServiceAccount most often asks
	}
	return q, ""
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
	if a.snapshot == nil || a.snapshot.inventory == nil {
		return nil
	}
	var all []string
	for _, account := range a.snapshot.inventory.ServiceAccounts {
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

// trace follows a request. Without an Inventory it reads what it needs.
func (s *Session) trace(ctx context.Context, q traceQuestion, inv *kube.Inventory) tracedMsg {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	msg := tracedMsg{question: q}
	var err error
	if msg.request, err = s.traceRequest(q); err != nil {
		msg.problem = kube.Explain(err)
		return msg
	}
	if inv == nil {
		if inv, err = kube.Collect(ctx, s.cluster, kube.CollectOptions{Only: tracing.Resources()}, nil); err != nil {
			msg.problem = kube.Explain(err)
			return msg
		}
	}
	trace, err := s.cluster.Trace(ctx, msg.request)
	if err != nil {
		msg.problem = kube.Explain(err)
		return msg
	}
	msg.request, msg.steps = trace.Request, tracing.Explain(trace, inv)
	return msg
}

func (s *Session) traceRequest(q traceQuestion) (kube.TraceRequest, error) {
	req := kube.TraceRequest{Verb: strings.ToLower(q.verb), Name: q.name, Namespace: q.namespace}
	var err error
	if req.As, err = tracing.Identity(q.as, nil); err != nil {
		return req, err
	}
	if req.Resource, req.Subresource, err = s.cluster.ResourceNamed(q.resource); err != nil {
		return req, err
	}
	if q.file != "" {
		file, err := os.Open(q.file)
		if err != nil {
			return req, fmt.Errorf("reading the manifest: %w", err)
		}
		defer file.Close()
		if req.Manifest, err = kube.ReadManifest(file); err != nil {
			return req, fmt.Errorf("%s: %w", q.file, err)
		}
	}
	if req.Namespace == "" {
		if req.Namespace = s.cluster.Namespace; req.Manifest != nil && req.Manifest.GetNamespace() != "" {
			req.Namespace = req.Manifest.GetNamespace()
		}
	}
	return req, nil
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

// commandLine is the same question for the command line.
func (q traceQuestion) commandLine() string {
	words := []string{"kiln", "trace", q.verb, q.resource}
	for _, more := range [][2]string{{"", q.name}, {"-n", q.namespace}, {"--as", q.as}, {"-f", q.file}} {
		if more[1] != "" && (more[0] != "--as" || q.as != "me") {
			words = append(words, strings.TrimSpace(more[0]+" "+more[1]))
		}
	}
	return strings.Join(words, " ")
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
