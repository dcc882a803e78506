package tui

import (
	"context"
	"errors"
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"kiln/fixes"
	"kiln/kube"
	"kiln/scanners"
)

// drawBatch lists what several proposals change, every object by name, before
// their diffs.
func (v *diffView) drawBatch(width int) []string {
	if len(v.proposals) < 2 {
		return nil
	}
	s := v.app.styles
	head := fmt.Sprintf("%s, %d can be applied", plural(len(v.proposals), v.noun()), len(v.ready()))
	if v.verb == undoVerb {
		head = fmt.Sprintf("%s of a batch, %d can be taken back", plural(len(v.proposals), "fix"), len(v.ready()))
	}
	lines := []string{"  " + s.bold.Render(clip(head, width-2))}
	for _, p := range v.proposals {
		text := p.subject
		for _, t := range p.preview.Targets {
			target := kube.Clean(t.Change.Target.String())
			switch {
			case v.verb == undoVerb:
				text += " · " + target
			case t.Change.Target != p.finding.Object:
				text += ", and " + target
			}
		}
		if p.hidden {
			text += " (hidden by the filter)"
		}
		sign, style := "•", s.text
		switch {
		case p.applied != nil || p.covered:
			sign, style = "✓", s.good
		case !p.ready() || p.failed != nil:
			sign, style = "✗", s.muted
			text += p.whyNotInBatch()
		}
		lines = append(lines, bullet(style, style, sign, text, width)...)
	}
	return append(lines, "")
}

// whyNotInBatch is why a proposal can't be applied, or wasn't.
func (p proposal) whyNotInBatch() string {
	why, _ := p.problem()
	if p.failed != nil {
		why, _ = whyNot(p.failed)
	}
	if why == "" {
		return ""
	}
	return ": " + why
}

// markHidden says of proposals that the list doesn't show their findings.
func markHidden(proposals []proposal, shown func(id string) bool) []proposal {
	for i := range proposals {
		proposals[i].hidden = shown != nil && !shown(proposals[i].finding.ID)
	}
	return proposals
}

// beginBatch notes what is about to be written, and then writes the first.
func (v *diffView) beginBatch(ctx context.Context, ready []int) tea.Cmd {
	var findings []scanners.Finding
	for _, i := range ready {
		findings = append(findings, v.proposals[i].finding)
	}
	begin, group := v.begin, v.group
	return v.app.start(v, "writing", func(context.Context) tea.Msg {
		end, err := begin(ctx, group, findings)
		return begunMsg{ctx, ready[0], end, err}
	})
}

// begunMsg says that a batch was noted, and is to be carried out.
type begunMsg struct {
	ctx   context.Context
	first int
	end   func() error
	err   error
}

func (v *diffView) onBegun(msg begunMsg) tea.Cmd {
	v.end = msg.end
	if msg.err == nil {
		return v.applyOne(msg.ctx, msg.first)
	}
	v.app.flash(failure, "nothing is applied: "+kube.Explain(msg.err))
	v.stop()
	v.stop = nil
	v.app.live.forget(v.echo)
	return nil
}

// endBatch notes that a batch has come to its end, be it an early one.
func (v *diffView) endBatch() tea.Cmd {
	end := v.end
	if v.end = nil; end == nil {
		return nil
	}
	return v.app.start(nil, "", func(context.Context) tea.Msg { return keptMsg{end()} })
}

// proposeUndoBatch previews the undo of each entry of a batch. What a newer
// one has built on can only be previewed once that is back.
func (s *Session) proposeUndoBatch(ctx context.Context, group string) []proposal {
	entries := slices.DeleteFunc(s.fixer.Journal.Group(group), func(e fixes.Entry) bool { return !e.Undoable() })
	slices.Reverse(entries)
	var all []proposal
	touched := map[kube.Ref]bool{}
	for _, entry := range entries {
		p := s.proposeUndo(ctx, entry)
		p.subject += ": " + kube.Clean(entry.Title)
		overlaid := slices.ContainsFunc(entry.Objects, func(o fixes.JournalObject) bool { return touched[o.Ref] })
		p.later = overlaid && errors.Is(errors.Join(p.err, p.preview.Err()), fixes.ErrChanged)
		for _, o := range entry.Objects {
			touched[o.Ref] = true
		}
		all = append(all, p)
	}
	if len(all) == 0 {
		return []proposal{{subject: "batch " + group, err: fixes.ErrNothingToUndo}}
	}
	return all
}
