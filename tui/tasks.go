package tui

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"

	"charm.land/bubbles/v2/spinner"
	tea "charm.land/bubbletea/v2"
)

// task is work that runs beside the screen. Esc cancels it.
type task struct {
	id     int
	label  string
	owner  view
	cancel context.CancelFunc
	// waiting tasks wait for the world, not for work: they don't spin. Those
	// that have begun do so.
	waiting bool
	begun   atomic.Bool
}

// taskDoneMsg brings a task's result.
type taskDoneMsg struct {
	id     int
	result tea.Msg
}

// start runs work beside the screen and hands its result to owner.update, or
// to the App where owner is nil. The result is dropped if the owner has been
// left or the task cancelled.
func (a *App) start(owner view, label string, work func(context.Context) tea.Msg) tea.Cmd {
	return tea.Batch(a.launch(&task{label: label, owner: owner}, work), a.spin())
}

// await is start for what may never come, such as the next line of a log. The
// screen shows nothing of it.
func (a *App) await(owner view, work func(context.Context) tea.Msg) tea.Cmd {
	return a.launch(&task{owner: owner, waiting: true}, work)
}

func (a *App) launch(t *task, work func(context.Context) tea.Msg) tea.Cmd {
	ctx, cancel := context.WithCancel(a.ctx)
	a.taskID++
	t.id, t.cancel = a.taskID, cancel
	a.tasks = append(a.tasks, t)
	return func() tea.Msg {
		t.begun.Store(true)
		return taskDoneMsg{t.id, work(ctx)}
	}
}

// awaiting counts the tasks that wait for the world.
func (a *App) awaiting() int {
	n := 0
	for _, t := range a.tasks {
		if t.waiting && t.begun.Load() {
			n++
		}
	}
	return n
}

func (a *App) onTaskDone(msg taskDoneMsg) tea.Cmd {
	i := slices.IndexFunc(a.tasks, func(t *task) bool { return t.id == msg.id })
	if i < 0 {
		return nil
	}
	done := a.tasks[i]
	done.cancel()
	a.tasks = slices.Delete(a.tasks, i, i+1)
	if done.owner == nil {
		return a.dispatch(msg.result)
	}
	return done.owner.update(msg.result)
}

// cancelTasks ends a view's tasks, or with nil all, and says how many.
func (a *App) cancelTasks(owner view) int {
	before := len(a.tasks)
	a.tasks = slices.DeleteFunc(a.tasks, func(t *task) bool {
		if owner != nil && t.owner != owner {
			return false
		}
		t.cancel()
		return true
	})
	return before - len(a.tasks)
}

// doing says what runs for the views, for the header.
func (a *App) doing() string {
	var labels []string
	for _, t := range a.tasks {
		if t.label != "" && !slices.Contains(labels, t.label) {
			labels = append(labels, t.label)
		}
	}
	return strings.Join(labels, ", ")
}

func (a *App) busy() bool { return a.scan.running || len(a.tasks) > a.awaiting() }

// spin starts the spinner. It stops by itself when nothing runs any more, so
// that an idle kiln uses no time.
func (a *App) spin() tea.Cmd {
	if a.spinning {
		return nil
	}
	a.spinning = true
	return a.spinner.Tick
}

func (a *App) onSpin(msg spinner.TickMsg) tea.Cmd {
	if !a.busy() {
		a.spinning = false
		return nil
	}
	var cmd tea.Cmd
	a.spinner, cmd = a.spinner.Update(msg)
	return cmd
}
