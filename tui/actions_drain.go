package tui

import (
	"context"
	"fmt"
	"slices"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"kiln/fixes"
	"kiln/kube"
)

// drainView cordons a node and evicts its pods, once its pods were named and
// somebody has said so. Esc breaks it off.
type drainView struct {
	app    *App
	action quickAction
	plan   fixes.Plan
	err    error
	ready  bool

	opened  time.Time
	buttons buttons
	// stop ends a drain that is under way; news brings what becomes of each
	// pod, whose latest word is in told, in the order of names.
	stop   context.CancelFunc
	news   chan fixes.DrainProgress
	names  []string
	told   map[string]string
	ending string

	pager
	buttonLine int
}

// drainPlanMsg brings the plan, drainNewsMsg what became of a pod, and
// drainEndMsg how it ended.
type drainPlanMsg struct {
	plan fixes.Plan
	err  error
}
type drainNewsMsg struct {
	progress fixes.DrainProgress
	over     bool
}
type drainEndMsg struct {
	entry fixes.Entry
	err   error
}

const drainLabel = "Drain"

func (a *App) openDrain(action quickAction) tea.Cmd {
	v := &drainView{app: a, action: action, pager: newPager(), told: map[string]string{}, buttons: buttons{labels: []string{cancelLabel}}}
	a.push(v)
	fixer := a.session.fixer
	return a.start(v, "looking at the node's pods", func(ctx context.Context) tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, requestTimeout)
		defer cancel()
		plan, err := fixer.Act(ctx, action.Action, action.on)
		return drainPlanMsg{plan, err}
	})
}

func (v *drainView) title() string { return "drain" }

func (v *drainView) passing() {}

func (v *drainView) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case drainPlanMsg:
		v.plan, v.err, v.ready, v.opened = msg.plan, msg.err, true, v.app.now()
		if msg.err == nil {
			v.buttons.labels = append(v.buttons.labels, drainLabel)
		}
	case drainNewsMsg:
		return v.onNews(msg)
	case drainEndMsg:
		return v.onEnd(msg)
	case tea.MouseWheelMsg:
		v.pager.onWheel(msg)
	case tea.KeyPressMsg:
		return v.onKey(msg)
	}
	return nil
}

func (v *drainView) onKey(msg tea.KeyPressMsg) tea.Cmd {
	keys := v.app.keys
	switch {
	case v.app.now().Sub(v.opened) < settleTime:
	case key.Matches(msg, keys.NextButton):
		v.buttons.move(1)
	case key.Matches(msg, keys.PreviousButton):
		v.buttons.move(-1)
	case key.Matches(msg, keys.Press):
		return v.press()
	default:
		v.pager.onKey(msg, keys)
	}
	return nil
}

func (v *drainView) press() tea.Cmd {
	switch {
	case v.buttons.labels[v.buttons.focus] != drainLabel:
		return v.app.back()
	case v.app.readOnly:
		v.app.flash(warning, "read-only mode: nothing is written. ctrl-o allows changes")
		return nil
	}
	return v.app.confirmHere(drainLabel, v.plan.Title, nil, v.drain)
}

// drain cordons the node, unless it is, and evicts.
func (v *drainView) drain() tea.Cmd {
	ctx, cancel := context.WithCancel(v.app.ctx)
	v.stop, v.buttons = cancel, buttons{labels: []string{cancelLabel}}
	v.news = make(chan fixes.DrainProgress)
	fixer, plan, news := v.app.session.fixer, v.plan, v.news
	work := v.app.start(v, "draining", func(context.Context) tea.Msg {
		defer close(news)
		entry, err := drainNow(ctx, fixer, plan, news)
		return drainEndMsg{entry, err}
	})
	return tea.Batch(work, v.listen())
}

func drainNow(ctx context.Context, fixer *fixes.Fixer, plan fixes.Plan, news chan<- fixes.DrainProgress) (fixes.Entry, error) {
	if len(plan.Changes) > 0 {
		preview, err := fixer.Preview(ctx, plan)
		if err != nil {
			return fixes.Entry{}, err
		}
		if entry, err := fixer.Apply(ctx, preview, fixes.Options{}); err != nil {
			return entry, err
		}
	}
	return fixer.Drain(ctx, plan.Finding.Object.Name, fixes.DrainOptions{}, func(p fixes.DrainProgress) {
		select {
		case news <- p:
		case <-ctx.Done():
		}
	})
}

// listen waits for the next word about a pod.
func (v *drainView) listen() tea.Cmd {
	news := v.news
	return v.app.await(v, func(ctx context.Context) tea.Msg {
		select {
		case p, more := <-news:
			return drainNewsMsg{p, !more}
		case <-ctx.Done():
			return drainNewsMsg{over: true}
		}
	})
}

func (v *drainView) onNews(msg drainNewsMsg) tea.Cmd {
	if msg.over {
		return nil
	}
	name := kube.Clean(msg.progress.Pod.String())
	if !slices.Contains(v.names, name) {
		v.names = append(v.names, name)
		slices.Sort(v.names)
	}
	v.told[name] = "waits: " + msg.progress.Waiting
	if msg.progress.Gone {
		v.told[name] = "is gone"
	}
	return v.listen()
}

func (v *drainView) onEnd(msg drainEndMsg) tea.Cmd {
	v.stop()
	v.stop = nil
	v.ending = "done: the node is cordoned, and the pods that may go are gone; :journal takes the cordon back"
	if msg.err != nil {
		v.ending = kube.Explain(msg.err)
		v.app.flash(failure, v.ending)
	}
	return v.app.rescan()
}

// close leaves the page unless pods are being evicted: that is stopped first.
func (v *drainView) close() (bool, tea.Cmd) { return v.mayLeave(), nil }

func (v *drainView) mayLeave() bool {
	if v.stop == nil {
		return true
	}
	v.stop()
	v.app.flash(warning, "stopping; what is evicted already is in the journal")
	return false
}

func (v *drainView) render(width, height int) []string {
	v.pager.setLines(v.draw(width - 2))
	v.buttonLine = height - 1
	lines := fill(v.pager.render(v.app.styles, width, v.buttonLine), v.buttonLine)
	return append(lines, "  "+v.buttons.render(v.app.styles, width-3))
}

func (v *drainView) draw(width int) []string {
	s := v.app.styles
	if !v.ready {
		return []string{"", "  " + s.muted.Render("looking at the node's pods …")}
	}
	if v.err != nil {
		why, steps := whyNot(v.err)
		lines := bullet(s.warning, s.warning, "!", why, width)
		for _, line := range splitLines(steps) {
			lines = append(lines, indent(wrapStyled(s.text, line, width-4), 4)...)
		}
		return lines
	}
	lines := indent(wrapStyled(s.bold, v.plan.Title, width-2), 2)
	for _, note := range v.plan.Notes {
		lines = append(lines, bullet(s.accent, s.text, "•", note, width)...)
	}
	if len(v.names) > 0 {
		lines = append(lines, "")
	}
	for _, name := range v.names {
		mark, style := "…", s.warning
		if v.told[name] == "is gone" {
			mark, style = "✓", s.good
		}
		lines = append(lines, bullet(style, s.text, mark, fmt.Sprintf("%s %s", name, v.told[name]), width)...)
	}
	if v.ending != "" {
		lines = append(lines, "")
		lines = append(lines, bullet(s.accent, s.text, "•", v.ending, width)...)
	}
	return lines
}

func (v *drainView) hints() []key.Binding {
	k := v.app.keys
	return []key.Binding{k.NextButton, k.Press, k.Back}
}

func (v *drainView) help() []keyGroup {
	k := v.app.keys
	return []keyGroup{{"Drain", []key.Binding{k.NextButton, k.PreviousButton, k.Press, k.Back}}, k.moving()}
}

// status says what the page waits for.
func (v *drainView) status(width int) string {
	if v.stop != nil {
		return v.app.styles.warning.Render(clip(" evicting … esc stops", width))
	}
	return ""
}
