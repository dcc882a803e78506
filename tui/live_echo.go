package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"
	"k8s.io/apimachinery/pkg/util/resourceversion"

	"kiln/fixes"
	"kiln/kube"
)

// echo waits for written objects to come back as changes.
type echo struct {
	// heard are the objects that have changed, with their resourceVersions.
	heard map[kube.Ref]string
	// all says that anything may have come back.
	all    bool
	wanted map[kube.Ref]string
	done   chan struct{}
}

// listen hears from now on what changes; nil where nothing is live.
func (a *App) listen() *echo {
	if !a.live.running || !a.live.state.Lost.IsZero() {
		return nil
	}
	e := &echo{heard: map[kube.Ref]string{}}
	a.live.echoes = append(a.live.echoes, e)
	return e
}

// hear takes note of a delta, nil for the end of all.
func (e *echo) hear(d *delta) {
	if d == nil || d.objects == nil {
		e.all = true
	} else {
		for ref, version := range d.objects {
			e.heard[ref] = version
		}
	}
	e.check()
}

// check ends the waiting once every object has come back as it was written,
// or newer.
func (e *echo) check() {
	if e.done == nil {
		return
	}
	for ref, version := range e.wanted {
		heard, ok := e.heard[ref]
		if newer, err := resourceversion.CompareResourceVersion(heard, version); !e.all && (!ok || err == nil && newer < 0) {
			return
		}
	}
	close(e.done)
	e.done = nil
}

// versions puts the resourceVersions that objects have now in the place of
// those that they had when they were fixed.
func (s *Session) versions(ctx context.Context, objects []fixes.JournalObject) {
	for i := range objects {
		objects[i].ResourceVersion = ""
		if live, err := s.cluster.Read(ctx, objects[i].Ref); err == nil {
			objects[i].ResourceVersion = live.GetResourceVersion()
		}
	}
}

// echoTime is how long written objects may take to come back before the
// cluster is read again.
const echoTime = 3 * time.Second

// echoedMsg says that an echo has come, or hasn't in all that time.
type echoedMsg struct {
	echo    *echo
	unheard bool
}

// showWritten brings what was written to the screen: it comes by itself where
// the cluster is followed, else the cluster is read again.
func (a *App) showWritten(e *echo, written map[kube.Ref]string) tea.Cmd {
	if e == nil || !a.live.running {
		return a.rescan()
	}
	done := make(chan struct{})
	e.wanted, e.done = written, done
	e.check()
	return a.start(nil, "waiting for the change to show", func(ctx context.Context) tea.Msg {
		timer := time.NewTimer(echoTime)
		defer timer.Stop()
		select {
		case <-done:
			return echoedMsg{e, false}
		case <-timer.C:
			return echoedMsg{e, true}
		case <-ctx.Done():
			return nil
		}
	})
}

func (a *App) onEchoed(msg echoedMsg) tea.Cmd {
	a.live.forget(msg.echo)
	if msg.unheard {
		return a.rescan()
	}
	return nil
}
