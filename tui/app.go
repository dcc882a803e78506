package tui

import (
	"context"
	"time"

	"charm.land/bubbles/v2/spinner"
	tea "charm.land/bubbletea/v2"

	"kiln/fixes"
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
	attempts       attempts
	// elsewhere says that the user has left firstContext, with which kiln was
	// started.
	firstContext string
	elsewhere    bool
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
	// brokenOff are batches that an earlier kiln has left, to be asked about.
	brokenOff []fixes.BrokenOff

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
	a.firstContext = a.contextName
	return a, nil
}

func (a *App) setTheme(t themes.Theme) {
	a.theme, a.styles = t, newStyles(t)
	a.spinner.Style = a.styles.accent
}

// Init asks for the terminal's background and connects; it waits for neither.
func (a *App) Init() tea.Cmd {
	cmds := []tea.Cmd{a.connect()}
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
