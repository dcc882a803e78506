package tui

import (
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"

	"kiln/fixes"
	"kiln/kube"
)

// drainNewsMsg brings what became of a pod, drainEndMsg how it all ended.
type drainNewsMsg struct {
	progress fixes.DrainProgress
	over     bool
}
type drainEndMsg struct {
	entry fixes.Entry
	err   error
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
		if len(v.names) > 0 { // the evictions had begun, so it was cordoned
			v.ending += "; the node stays cordoned"
			if len(v.plan.Changes) > 0 {
				v.ending += ": :journal takes that back"
			}
		}
		v.app.flash(failure, v.ending)
	}
	return v.app.rescan()
}
