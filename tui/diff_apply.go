package tui

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"kiln/fixes"
	"kiln/kube"
)

// confirmApply asks once more where a mistake would hurt most.
func (v *diffView) confirmApply() tea.Cmd {
	a := v.app
	switch {
	case v.stop != nil:
		a.flash(info, "it is being written already")
		return nil
	case !a.mayWrite():
		return nil
	}
	ready := v.ready()
	label := v.applyLabel(ready)
	what := label
	if len(ready) == 1 {
		what = cleanOr(v.proposals[ready[0]].preview.Plan.Title, label)
	}
	return a.confirmHere(label, what, v.namespaces(), v.apply)
}

// namespaces are those of the objects that would be written to.
func (v *diffView) namespaces() []string {
	var all []string
	for _, i := range v.ready() {
		all = append(all, namespacesOf(v.proposals[i].preview)...)
	}
	return all
}

// namespacesOf are those that a preview would write to.
func namespacesOf(p fixes.Preview) []string {
	var all []string
	for _, t := range p.Targets {
		all = append(all, namespaceOfRef(t.Change.Target))
	}
	return all
}

// apply writes what is ready, one after the other.
func (v *diffView) apply() tea.Cmd {
	ready := v.ready()
	if len(ready) == 0 {
		return nil
	}
	if len(ready) > 1 && v.verb != undoVerb && v.group == "" {
		v.group = fixes.NewGroup(v.app.now())
	}
	for _, i := range ready {
		v.proposals[i].group = v.group
	}
	ctx, cancel := context.WithCancel(v.app.ctx)
	v.stop, v.echo = cancel, v.app.listen()
	if len(ready) == 1 || v.begin == nil {
		return v.applyOne(ctx, ready[0])
	}
	return v.beginBatch(ctx, ready)
}

func (v *diffView) applyOne(ctx context.Context, index int) tea.Cmd {
	p, carryOut := v.proposals[index], v.carryOut
	if v.anew != nil && v.touched(p) {
		carryOut = v.anew
	}
	return v.app.start(v, "writing", func(context.Context) tea.Msg {
		entry, err := carryOut(ctx, p)
		return appliedMsg{ctx, index, entry, err}
	})
}

// toWrite are the proposals that are still to be written: a failed one isn't
// tried again by itself.
func (v *diffView) toWrite() []int {
	return slices.DeleteFunc(v.ready(), func(i int) bool { return v.proposals[i].failed != nil })
}

// touched says whether the batch has written to an object of p already.
func (v *diffView) touched(p proposal) bool {
	for _, t := range p.preview.Targets {
		for _, earlier := range v.proposals {
			if earlier.applied != nil && slices.ContainsFunc(earlier.applied.Objects, func(o fixes.JournalObject) bool { return o.Ref == t.Change.Target }) {
				return true
			}
		}
	}
	return false
}

// onApplied notes what became of one proposal, and goes on with the next.
// After the last, the cluster is read again.
func (v *diffView) onApplied(msg appliedMsg) tea.Cmd {
	p := &v.proposals[msg.index]
	v.version++
	if v.touched(*p) && errors.Is(msg.err, fixes.ErrNothingToDo) {
		p.covered = true
	} else if msg.err != nil {
		p.failed = msg.err
		why, _ := whyNot(msg.err)
		v.app.flash(failure, p.subject+": "+why)
	} else {
		p.applied = &msg.entry
	}
	if next := v.toWrite(); len(next) > 0 && msg.ctx.Err() == nil {
		return v.applyOne(msg.ctx, next[0])
	}
	v.stop()
	v.stop = nil
	v.setButtons()
	return tea.Batch(v.endBatch(), v.finish())
}

// finish leaves the page when all went well; else it stays, to be read.
func (v *diffView) finish() tea.Cmd {
	done, failed := 0, 0
	last := ""
	for _, p := range v.proposals {
		if p.applied != nil {
			done++
			last = p.applied.Title
		}
		if p.failed != nil {
			failed++
		}
	}
	if done == 0 {
		v.app.live.forget(v.echo)
		return nil
	}
	if left := len(v.ready()); failed == 0 && left > 0 {
		v.app.flash(warning, fmt.Sprintf("stopped after %d of %d: Apply goes on with the others, :journal takes back what is done", done, done+left))
	} else if failed == 0 {
		v.app.flash(info, v.doneText(done, last))
		if v.app.top() == view(v) {
			v.app.pop()
		}
	}
	v.unmark()
	cmd := tea.Batch(v.app.showWritten(v.echo, v.written()), v.goOn())
	if journal, ok := v.app.top().(*journalView); ok {
		cmd = tea.Batch(cmd, journal.start())
	}
	return cmd
}

// unmark takes the marks from what was acted on: the next batch is another.
func (v *diffView) unmark() {
	for _, behind := range v.app.views {
		list, ok := behind.(*findingsView)
		if !ok {
			continue
		}
		for _, p := range v.proposals {
			if p.applied != nil || p.covered {
				delete(list.query.marked, p.finding.ID)
			}
		}
	}
}

// goOn follows what the page has written, and does what it was opened for.
func (v *diffView) goOn() tea.Cmd {
	var entries []fixes.Entry
	for _, p := range v.proposals {
		if p.applied == nil {
			continue
		}
		entries = append(entries, *p.applied)
		if v.verb != undoVerb && !p.applied.Undoable() {
			v.app.flash(info, "done, for good: "+p.applied.Title)
		}
	}
	var cmds []tea.Cmd
	if v.verb != undoVerb {
		cmds = append(cmds, v.app.followRollouts(entries...))
	}
	if v.then != nil {
		cmds = append(cmds, v.then(entries))
	}
	return tea.Batch(cmds...)
}

// written are the objects that were changed, with their resourceVersions.
func (v *diffView) written() map[kube.Ref]string {
	versions := map[kube.Ref]string{}
	for _, p := range v.proposals {
		if p.applied == nil {
			continue
		}
		for _, o := range p.applied.Objects {
			versions[o.Ref] = o.ResourceVersion
		}
	}
	return versions
}

func (v *diffView) doneText(done int, title string) string {
	switch {
	case v.verb == undoVerb && done > 1:
		return plural(done, "fix") + " taken back"
	case v.verb == undoVerb:
		return "taken back: " + title
	case done > 1:
		return plural(done, v.noun()) + " applied; " + shownKey(v.app.keys.UndoBatch) + " in :journal takes them all back"
	}
	return "applied: " + title + "; :journal takes it back"
}

// export writes the patches to a folder for the source of truth.
func (v *diffView) export() tea.Cmd {
	var previews []fixes.Preview
	for _, i := range v.ready() {
		previews = append(previews, v.proposals[i].preview)
	}
	name := exportName(previews[0], v.app.now().Format("150405"))
	return v.app.start(nil, "saving", func(context.Context) tea.Msg {
		path, err := writeExport(name, previews)
		return savedMsg{path, err}
	})
}

var unsafeInName = regexp.MustCompile(`[^a-zA-Z0-9.]+`)

func exportName(p fixes.Preview, time string) string {
	f := p.Plan.Finding
	name := unsafeInName.ReplaceAllString(f.Check+"-"+f.Object.Name, "-")
	return "kiln-" + strings.Trim(name[:min(len(name), 80)], "-") + "-" + time
}

// writeExport writes the patches to a new folder, with what to do with them.
func writeExport(name string, previews []fixes.Preview) (string, error) {
	folder, err := folderHere(name)
	if err != nil {
		return "", err
	}
	_, err = fixes.ExportTo(folder, previews)
	return folder, err
}
