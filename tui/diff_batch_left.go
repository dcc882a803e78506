package tui

import (
	"context"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"kiln/fixes"
	"kiln/kube"
	"kiln/scanners"
)

// offerLeft asks what becomes of a batch whose kiln was killed, once the
// findings are known and nothing else is asked.
func (a *App) offerLeft() tea.Cmd {
	if len(a.brokenOff) == 0 || a.dialog != nil || a.prompt != nil || a.snapshot == nil || !a.snapshot.complete {
		return nil
	}
	batch := a.brokenOff[0]
	a.brokenOff = a.brokenOff[1:]
	var left []*scanners.Finding
	for _, id := range batch.Left {
		if f := a.snapshot.find(id.ID); f != nil {
			left = append(left, f)
		}
	}
	if len(left) == 0 {
		return a.forgetBatch(batch)
	}
	a.ask(question{
		title: "A batch was interrupted",
		text: fmt.Sprintf("Still to do: %s of %s, begun on %s by %s. What was done stands in :journal.",
			groupDigits(len(left)), plural(len(batch.Findings), "fix"), batch.Time.In(a.now().Location()).Format("2006-01-02 15:04"), kube.Clean(batch.User)),
		accept: "Preview the rest",
		confirm: func() tea.Cmd {
			return tea.Batch(a.openFixes(left, batch.ID), a.forgetBatch(batch))
		},
	})
	return nil
}

func (a *App) forgetBatch(batch fixes.BrokenOff) tea.Cmd {
	journal := a.session.fixer.Journal
	return a.start(nil, "", func(context.Context) tea.Msg { return keptMsg{journal.Forget(batch.ID)} })
}
