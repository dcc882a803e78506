package tui

import (
	"context"
	"slices"
	"strings"

	"charm.land/bubbles/v2/spinner"
	tea "charm.land/bubbletea/v2"
)

// task is work that runs beside the screen. Esc cancels it.
type task struct {
	id     int
	label  string
	owner  view
	cancel context.CancelFunc
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
	ctx, cancel := context.WithCancel(a.ctx)
	a.taskID++
	id := a.taskID
	a.tasks = append(a.tasks, &task{id: id, label: label, owner: owner, cancel: cancel})
	return tea.Batch(func() tea.Msg { return taskDoneMsg{id, work(ctx)} }, a.spin())
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

func (a *App) busy() bool { return a.scan.running || len(a.tasks) > 0 }

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
