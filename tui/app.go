package tui

import (
	"context"
	"fmt"
	"time"

	"charm.land/bubbles/v2/spinner"
	tea "charm.land/bubbletea/v2"

	"kiln/fixes"
	"kiln/kube"
	"kiln/scanners"
	"kiln/themes"
)

// App is the root model: it knows the cluster, the latest snapshot and the
// stack of views, and decides who gets a message.
type App struct {
	ctx  context.Context
	opts Options
	now  func() time.Time
	keys *keyMap

	theme         themes.Theme
	styles        *styles
	width, height int
	bigHeader     bool

	// contextName is the one shown and asked for; session is nil until it is
	// connected, and connectErr says why it isn't.
	contextName string
	contexts    []kubeContext
	session     *Session
	connectErr  string
	// connectFailure is the error behind connectErr.
	connectFailure error
	// plugin hears the kubeconfig's credential plugin; nil without a screen.
	plugin   *plugin
	readOnly bool
	// wantsReadOnly is the user's own will, whatever the context's
	// configuration says; adopted says that this was asked.
	wantsReadOnly, adopted bool
	// skinned says that the context's configuration chose the theme.
	skinned bool
	// background is the theme that suits the terminal; empty until it is known.
	background string
	namespace  string
	// kubelets says that scans may ask the kubelets themselves.
	kubelets bool

	snapshot *snapshot
	scan     scanRun
	live     liveRun
	// changes tell the latest complete scan from the one before; nil until
	// there were two. judged are the findings of the latest.
	changes *changes
	judged  []*scanners.Finding
	// recoveries are fixes that an earlier kiln left half-done.
	recoveries []fixes.Recovery

	views    []view
	history  history
	findings *findingsView
	lastRoot view
	dialog   *dialog
	help     *helpPage
	prompt   *prompt
	// inputs are what was entered at each prompt, by its sign.
	inputs  map[string]*[]string
	aliases map[string]string
	// path is how far the reader has come on the guided path.
	path     pathProgress
	messages messageLog
	tasks    []*task
	taskID   int
	spinner  spinner.Model
	spinning bool
}

func newApp(ctx context.Context, opts Options, now func() time.Time) (*App, error) {
	name := opts.Theme
	if name == "" {
		name = "dark"
	}
	theme, err := themes.Load(name)
	if err != nil {
		return nil, err
	}
	keys := newKeyMap()
	if err := keys.rebind(keysFile()); err != nil {
		return nil, err
	}
	aliases, err := readAliases(aliasesFile())
	if err != nil {
		return nil, err
	}
	a := &App{
		ctx: ctx, opts: opts, now: now, keys: keys, aliases: aliases, bigHeader: true,
		readOnly: opts.ReadOnly, wantsReadOnly: opts.ReadOnly, namespace: opts.Namespace,
		spinner: spinner.New(spinner.WithSpinner(spinner.MiniDot)),
	}
	a.setTheme(theme)
	a.findings = newFindingsView(a)
	a.views = []view{a.findings}
	a.record()
	if opts.Flags != nil {
		a.readContexts()
	}
	return a, nil
}

// readContexts takes the context's name and the suggestions from the
// kubeconfig before there is a connection. Connecting reports its problems.
func (a *App) readContexts() {
	a.contexts, _ = kubeContexts(a.opts.Flags)
	for _, c := range a.contexts {
		if c.current {
			a.adopt(c.name)
		}
	}
}

func (a *App) setTheme(t themes.Theme) {
	a.theme, a.styles = t, newStyles(t)
	a.spinner.Style = a.styles.accent
}

// Init asks for the terminal's background and connects; it waits for neither.
func (a *App) Init() tea.Cmd {
	cmds := []tea.Cmd{a.connect("")}
	if a.opts.Theme == "" {
		cmds = append(cmds, tea.RequestBackgroundColor)
	}
	if a.plugin != nil {
		cmds = append(cmds, a.plugin.listen)
	}
	if a.opts.Command != "" {
		cmds = append(cmds, a.runCommand(a.opts.Command))
	}
	return tea.Batch(cmds...)
}

// connectedMsg and connectFailedMsg are how connecting ends.
type connectedMsg struct{ session *Session }
type connectFailedMsg struct{ err error }

// connect opens a context; empty means the current one.
func (a *App) connect(contextName string) tea.Cmd {
	label := "connecting"
	if name := cleanOr(contextName, a.contextName); name != "" {
		label += " to " + name
	}
	if m := a.messages.current(); m != nil && m.text == kube.Clean(a.connectErr) {
		a.messages.dismiss() // it is tried again
	}
	a.connectErr, a.connectFailure = "", nil
	opts, readOnly := a.opts, a.readOnly
	return a.start(nil, label, func(ctx context.Context) tea.Msg {
		session, err := connect(ctx, opts, contextName, readOnly)
		if err != nil {
			return connectFailedMsg{err}
		}
		return connectedMsg{session}
	})
}

func cleanOr(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return kube.Clean(t)
		}
	}
	return ""
}

func (a *App) onConnected(s *Session) tea.Cmd {
	a.session = s
	a.adopt(s.cluster.Context)
	s.cluster.Gate.SetReadOnly(a.readOnly)
	return tea.Batch(a.rescan(), a.recoverJournal(), a.reapNodeProbes())
}

func (a *App) onConnectFailed(err error) {
	a.connectFailure = a.plugin.withWords(err)
	a.connectErr = kube.Explain(a.connectFailure)
	a.flash(failure, a.connectErr)
}

// switchContext leaves the cluster and everything that was known of it.
func (a *App) switchContext(name string) tea.Cmd {
	a.cancelTasks(nil)
	a.scan.stop()
	a.live.stop()
	a.session, a.snapshot, a.namespace, a.kubelets = nil, nil, "", false
	a.changes, a.judged = nil, nil
	a.adopt(name)
	a.findings = newFindingsView(a)
	for _, v := range a.views {
		a.leave(v)
	}
	a.views, a.lastRoot, a.history = []view{a.findings}, nil, history{}
	a.record()
	a.flash(info, "context "+kube.Clean(name))
	return a.connect(name)
}

// top is the view in front.
func (a *App) top() view { return a.views[len(a.views)-1] }

// push puts a view in front.
func (a *App) push(v view) {
	a.views = append(a.views, v)
	a.record()
}

// pop goes back one view. It says false at the last one.
func (a *App) pop() bool {
	if len(a.views) == 1 {
		return false
	}
	a.leave(a.top())
	a.views = a.views[:len(a.views)-1]
	a.record()
	return true
}

// root replaces the whole stack, as commands do.
func (a *App) root(v view) {
	if a.views[0].title() != v.title() {
		a.lastRoot = a.views[0]
	}
	for _, old := range a.views {
		a.leave(old)
	}
	a.views = []view{v}
	a.record()
}

// setReadOnly closes or opens the gate of the transport.
func (a *App) setReadOnly(on bool) {
	a.readOnly, a.wantsReadOnly = on, on
	if a.session != nil {
		a.session.cluster.Gate.SetReadOnly(on)
	}
	word := "read-only: nothing will be changed"
	if !on {
		word = fmt.Sprintf("changes to %s are possible now, each after its preview", kube.Clean(a.contextName))
	}
	a.flash(info, word)
}
