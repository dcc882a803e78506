package tui

import (
	"context"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"kiln/fixes"
)

// drainView cordons a node and evicts its pods, once its pods were named and
// somebody has said so. Esc breaks it off.
type drainView struct {
	app   *App
	plan  fixes.Plan
	err   error
	ready bool

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
	// buttonLine is where the buttons were drawn.
	buttonLine int
}

// drainPlanMsg brings the plan, or why there is none.
type drainPlanMsg struct {
	plan fixes.Plan
	err  error
}

const drainLabel = "Drain"

func (a *App) openDrain(action quickAction) tea.Cmd {
	v := &drainView{app: a, pager: newPager(), told: map[string]string{}, buttons: buttons{labels: []string{cancelLabel}}}
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
	case tea.MouseClickMsg:
		if msg.Y == v.buttonLine && !v.app.settling(v.opened) && v.buttons.click(v.app.styles, msg.X-2, v.app.width-3) {
			return v.press()
		}
	case tea.KeyPressMsg:
		return v.onKey(msg)
	}
	return nil
}

func (v *drainView) onKey(msg tea.KeyPressMsg) tea.Cmd {
	keys := v.app.keys
	switch {
	case v.app.settling(v.opened):
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
	case !v.app.mayWrite():
		return nil
	}
	return v.app.confirmHere(drainLabel, v.plan.Title, nil, v.drain)
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
