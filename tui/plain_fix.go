package tui

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"kiln/fixes"
	"kiln/kube"
	"kiln/scanners"
)

// fix previews a fix, asks what it can't find out, and applies it if the user
// says so.
func (p *plain) fix(ctx context.Context, arg string) error {
	number, said, _ := strings.Cut(arg, " ")
	f, err := p.numbered(number)
	if err != nil {
		return err
	}
	answers := fixes.Answers{}
	for _, answer := range strings.Fields(said) {
		key, value, isAnswer := strings.Cut(answer, "=")
		if !isAnswer {
			return fmt.Errorf("%q is no answer such as how=VALUE", answer)
		}
		answers[key] = value
	}
	_, err = p.mend(ctx, f, answers)
	return err
}

// mend previews a fix until it is applied or not: done says that it was.
func (p *plain) mend(ctx context.Context, f *scanners.Finding, answers fixes.Answers) (done bool, err error) {
	if p.session.fixer == nil {
		return false, fmt.Errorf("nothing can be changed without the journal: %w", p.session.fixerErr)
	}
	for {
		proposal := p.propose(ctx, *f, answers)
		if !p.show(proposal) {
			return false, nil
		}
		p.questions(proposal.preview.Plan.Questions)
		answer, ok := p.ask(ctx, "apply, export or cancel? ")
		key, value, isAnswer := strings.Cut(strings.TrimPrefix(answer, "answer "), "=")
		switch {
		case !ok:
			return false, nil
		case isAnswer:
			answers[strings.TrimSpace(key)] = strings.TrimSpace(value)
		case strings.EqualFold(answer, "export"):
			return false, p.export(proposal.preview)
		case strings.EqualFold(answer, "apply"):
			return p.write(ctx, proposal.preview, func() (fixes.Entry, error) {
				return p.session.fixer.Apply(ctx, proposal.preview, proposal.words())
			}), nil
		default:
			p.say("Cancelled: nothing was changed.")
			return false, nil
		}
	}
}

func (p *plain) propose(ctx context.Context, f scanners.Finding, answers fixes.Answers) proposal {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	proposal := proposal{subject: f.Check + " of " + kube.Clean(f.Object.String()), finding: f}
	plan, err := p.session.fixer.Plan(ctx, f, p.current().inventory, answers)
	if err != nil {
		proposal.err = err
		return proposal
	}
	proposal.preview, proposal.err = p.session.fixer.Preview(ctx, plan)
	return proposal
}

// show prints a preview, and says whether it can be applied.
func (p *plain) show(one proposal) bool {
	p.say("%s.", kube.Clean(strings.TrimSuffix(cleanOr(one.preview.Plan.Title, one.subject), ".")))
	for _, note := range one.preview.Plan.Notes {
		p.say("Note: %s", kube.Clean(note))
	}
	for _, t := range one.preview.Targets {
		p.showTarget(t)
	}
	if why, steps := one.problem(); why != "" {
		p.say("kiln can't do it: %s", why)
		p.block(steps)
	}
	return one.ready()
}

func (p *plain) showTarget(t fixes.TargetPreview) {
	diff := t.Diff()
	p.say("Changes %s by %s, %s added, %s removed.", kube.Clean(t.Change.Target.String()), t.Change.Mechanism, plural(diff.Added, "line"), plural(diff.Removed, "line"))
	if t.Owner.Reconciles() && t.Change.Mechanism != fixes.Create {
		p.say("It belongs to %s, which will put its own values back.", kube.Clean(t.Owner.String()))
	}
	for _, e := range t.Effects {
		p.say("Effect: %s.", kube.Clean(strings.TrimSuffix(e.Summary+": "+strings.Join(e.Names, ", "), ": ")))
	}
	for _, o := range t.Takeovers {
		p.say("Takes the field %s from %s.", kube.Clean(o.Field), kube.Clean(o.Manager))
	}
	for _, w := range t.Warnings {
		p.say("The API server warns: %s", kube.Clean(w))
	}
	for _, hunk := range diff.Hunks {
		for _, line := range hunk.Lines {
			switch line.Kind {
			case fixes.Added:
				p.say("Added: %s", strings.TrimSpace(line.Text))
			case fixes.Removed:
				p.say("Removed: %s", strings.TrimSpace(line.Text))
			}
		}
	}
}

// questions prints what the plan was made with, and how to say otherwise.
func (p *plain) questions(all []fixes.Question) {
	for _, q := range all {
		p.say("Question %s: %s Now: %s.", q.Key, kube.Clean(q.Ask), cleanOr(q.Value, "nothing"))
		for _, c := range q.Choices {
			p.say("  %s=%s %s", q.Key, kube.Clean(c.Value), kube.Clean(strings.TrimSpace(c.Label+" "+c.Found)))
		}
	}
	if len(all) > 0 {
		p.say("To answer, type such as %s=VALUE.", all[0].Key)
	}
}

// write changes the cluster, in production only after its name was typed. It
// says whether it did.
func (p *plain) write(ctx context.Context, preview fixes.Preview, carryOut func() (fixes.Entry, error)) bool {
	names := append([]string{p.session.cluster.Context}, namespacesOf(preview)...)
	if i := slices.IndexFunc(names, p.opts.Settings.LooksProduction); i >= 0 {
		if typed, _ := p.ask(ctx, "This is production. To go on, type "+kube.Clean(names[i])+": "); typed != names[i] {
			p.say("Cancelled: nothing was changed.")
			return false
		}
	}
	entry, err := carryOut()
	if err != nil {
		why, steps := whyNot(err)
		p.say("Not done: %s", why)
		p.block(steps)
		return false
	}
	p.say("Done: %s, journal entry %s is %s.", kube.Clean(entry.Title), entry.ID, entry.State)
	if !p.opts.Live {
		p.say("Type scan to see the findings as they are now.")
	}
	return true
}

func (p *plain) export(preview fixes.Preview) error {
	name := exportName(preview, p.current().inventory.TakenAt.Format("150405"))
	path, err := writeExport(name, []fixes.Preview{preview})
	if err == nil {
		p.say("Written to %s.", path)
	}
	return err
}

// entries are the journal's, the newest first.
func (p *plain) entries() ([]fixes.Entry, error) {
	if p.session.fixer == nil {
		return nil, p.session.fixerErr
	}
	entries, errs := p.session.fixer.Journal.Entries()
	slices.Reverse(entries)
	return entries, errors.Join(errs...)
}

func (p *plain) journal(context.Context, string) error {
	entries, err := p.entries()
	for i, e := range entries {
		p.say("%d. %s, %s, %s, of %s, in %s by %s.", i+1, e.Time.Local().Format("2006-01-02 15:04"), e.State,
			kube.Clean(e.Title), kube.Clean(e.Finding.Object.String()), kube.Clean(e.Context), kube.Clean(e.User))
	}
	if len(entries) == 0 {
		p.say("Nothing was applied yet.")
	}
	return err
}

func (p *plain) undo(ctx context.Context, arg string) error {
	one, err := p.undoOf(ctx, arg)
	if err != nil {
		return err
	}
	p.settle(ctx, one, "undo", func() (fixes.Entry, error) { return p.session.fixer.Undo(ctx, one.entry) })
	return nil
}

// settle shows a proposal, and carries it out if the user says the word.
func (p *plain) settle(ctx context.Context, one proposal, word string, carryOut func() (fixes.Entry, error)) {
	if !p.show(one) {
		return
	}
	if answer, _ := p.ask(ctx, word+" or cancel? "); !strings.EqualFold(answer, word) {
		p.say("Cancelled: nothing was changed.")
		return
	}
	p.write(ctx, one.preview, carryOut)
}

// undoOf previews the undo of the entry with a number; without one, of the
// newest that can be taken back in this cluster.
func (p *plain) undoOf(ctx context.Context, number string) (proposal, error) {
	entries, err := p.entries()
	if err != nil {
		return proposal{}, err
	}
	if number != "" {
		n, err := strconv.Atoi(number)
		if err != nil || n < 1 || n > len(entries) {
			return proposal{}, fmt.Errorf("%q is no number of a journal entry: there are %d", number, len(entries))
		}
		return p.session.proposeUndo(ctx, entries[n-1]), nil
	}
	for _, e := range entries {
		if !e.Undoable() {
			continue
		}
		if one := p.session.proposeUndo(ctx, e); !errors.Is(one.err, fixes.ErrOtherCluster) {
			return one, nil
		}
	}
	return proposal{}, errors.New("there is nothing to take back")
}
