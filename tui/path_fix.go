package tui

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"kiln/scanners"
)

// toFix is what the reader named, or else the easiest; nil where nothing is
// left.
func (v *pathStopView) toFix() *scanners.Finding {
	if v.found == nil && len(v.stop.findings) > 0 {
		return easiest(v.stop.findings)
	}
	return v.found
}

// outline finds out what a fix would do.
func (v *pathStopView) outline() tea.Cmd {
	session, f := v.app.session, v.toFix()
	if session == nil || f == nil || f.Fix == scanners.Manual {
		return nil
	}
	inv := v.app.snapshot.inventory
	return v.app.start(v, "", func(ctx context.Context) tea.Msg { return session.outline(ctx, *f, inv) })
}

// obstacle says why a fix can't be made from here, and what its page shows
// instead; empty where it can.
func obstacle(f scanners.Finding, plan planMsg) (why, shown string) {
	switch {
	case f.Fix == scanners.Manual:
		return "This is done by hand.", "the steps, with the names of this cluster"
	case plan.finding != f.ID:
		return "", "" // not known yet
	case plan.problem != "":
		return "kiln can't do this one: " + strings.TrimSuffix(plan.problem, ".") + ".", "what is to be done instead"
	case len(plan.denied) > 0:
		return "You may not do this: " + strings.Join(plan.denied, "; ") + ". Somebody else has to apply it.", "what is to be done"
	}
	return "", ""
}

// fix opens the preview of the fix, or goes on where it is done.
func (v *pathStopView) fix() tea.Cmd {
	f := v.toFix()
	if v.fixed() || f == nil || v.seen {
		return v.move(1)
	}
	v.found = f
	cmd := tea.Batch(v.readBadOnce(), v.app.openFix([]*scanners.Finding{f}))
	if why, _ := obstacle(*f, v.plan); why == "" {
		return cmd
	}
	v.seen = true
	v.version++
	return tea.Batch(cmd, v.app.passStep(v.stop, fixIt)) // what somebody else does, or a hand, kiln can't wait for
}

func (v *pathStopView) readBadOnce() tea.Cmd {
	if v.bad != nil {
		return nil
	}
	return v.readBad()
}

// readBad keeps the object at fault as it is before the fix.
func (v *pathStopView) readBad() tea.Cmd {
	session, ref := v.app.session, v.found.Object
	if session == nil || ref.Name == "" {
		return nil
	}
	return v.app.start(v, "", func(ctx context.Context) tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, requestTimeout)
		defer cancel()
		live, err := session.cluster.Read(ctx, ref)
		if err != nil {
			return badMsg{} // the last step says that there is nothing to send
		}
		return badMsg{live}
	})
}

func (v *pathStopView) drawFix(width int) []string {
	lines, f := v.drawSaid(width), v.toFix()
	switch {
	case v.fixed():
		return append(lines, append([]string{""}, wrapStyled(v.app.styles.good, "✓ The latest scan doesn't find it any more: it is fixed. :journal takes it back.", width)...)...)
	case f == nil:
		return append(lines, v.paragraph("Nothing is left to fix here.", width)...)
	case v.seen:
		return append(lines, v.paragraph("You have seen what is to be done. When it is, ctrl-r scans again; enter goes on without waiting for it.", width)...)
	}
	if why, shown := obstacle(*f, v.plan); why != "" {
		return append(lines, v.paragraph(why+" Enter shows "+shown+".", width)...)
	}
	lines = append(lines, v.paragraph("Enter shows the fix as the API server's own diff: which fields change, who owns them, which pods restart. Nothing is written until you choose Apply, and the journal takes it back. n goes on without.", width)...)
	if v.app.readOnly {
		lines = append(lines, v.paragraph("kiln is read-only now: the preview works, as a dry run; Apply doesn't. ctrl-o allows changes.", width)...)
	}
	return lines
}
