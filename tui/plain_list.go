package tui

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"kiln/kube"
	"kiln/scanners"
)

// plainPage is how many findings are printed at once.
const plainPage = 20

// list lists the findings that match a filter, all without one.
func (p *plain) list(ctx context.Context, text string) error {
	f, err := parseFindingsFilter(text)
	if err != nil {
		return err
	}
	p.query.filter = f
	return p.arrange(ctx)
}

func (p *plain) layer(ctx context.Context, arg string) error {
	layer := scanners.Layer(arg)
	if arg == "all" {
		layer = ""
	}
	if layer != "" && !slices.Contains(scanners.Layers(), layer) {
		return fmt.Errorf("there is no layer %q: there are node, api, network, pod, data, audit and all", arg)
	}
	p.query.layer = layer
	return p.arrange(ctx)
}

func (p *plain) arrange(ctx context.Context) error {
	s := p.current()
	q := p.query
	q.namespace = p.opts.Namespace
	answer, err := arrange(ctx, s, q)
	if err != nil {
		return err
	}
	p.shown, p.next = nil, 0
	for _, row := range answer.rows {
		p.shown = append(p.shown, s.findings[row])
	}
	text := plural(len(p.shown), "finding")
	if p.query.layer != "" {
		text += " in layer " + string(p.query.layer)
	}
	if p.query.filter.text != "" {
		text += " matching " + p.query.filter.text
	}
	if answer.folded > 0 {
		text += fmt.Sprintf("; %d of the cluster's own components are left out", answer.folded)
	}
	p.say("%s.", text)
	return p.more(ctx, "")
}

// more prints the next page.
func (p *plain) more(context.Context, string) error {
	if p.next >= len(p.shown) {
		p.say("No more findings. Type list to begin anew.")
		return nil
	}
	to := min(p.next+plainPage, len(p.shown))
	for i, f := range p.shown[p.next:to] {
		p.say("%d. %s", p.next+i+1, findingLine(f))
	}
	p.next = to
	if left := len(p.shown) - to; left > 0 {
		p.say("%d more: press enter.", left)
	}
	return nil
}

// findingLine tells of a finding in one line.
func findingLine(f *scanners.Finding) string {
	line := fmt.Sprintf("%s, %s, %s", f.Severity, f.Check, objectText(f))
	if f.Object.Namespace != "" {
		line += " in " + f.Object.Namespace
	}
	line += ": " + f.Message
	if f.Accepted != nil {
		line += " (" + acceptanceText(f.Accepted) + ")"
	}
	return kube.Clean(line)
}

// open tells all about a finding.
func (p *plain) open(ctx context.Context, arg string) error {
	f, err := p.numbered(arg)
	if err != nil {
		return err
	}
	p.say("%s.", findingLine(f))
	if p.current().find(f.ID) == nil {
		p.say("It is not found any more.")
		return nil
	}
	if f.Path != "" {
		p.say("Field: %s.", kube.Clean(f.Path))
	}
	if owner := ownerText(f); owner != "" {
		p.say("Owner: %s.", kube.Clean(owner))
	}
	if len(f.Refs) > 0 {
		p.say("References: %s.", strings.Join(f.Refs, ", "))
	}
	p.say("Fix: %s.", f.Fix)
	if f.Fix != scanners.Manual {
		p.outline(ctx, f)
	}
	p.say("Type fix %s for the preview, lesson %s for why it matters.", arg, arg)
	return nil
}

// outline says what a fix would do.
func (p *plain) outline(ctx context.Context, f *scanners.Finding) {
	plan, ok := p.session.outline(ctx, *f, p.current().inventory).(planMsg)
	switch {
	case !ok:
	case plan.problem != "":
		p.say("kiln can't do it: %s", plan.problem)
		p.block(plan.steps)
	default:
		p.say("It would: %s. It changes %s.", kube.Clean(plan.title), kube.Clean(strings.Join(plan.targets, ", ")))
	}
}

// block prints lines that belong together, if there are any. Indented ones are
// commands, or wrapped already: they stay whole.
func (p *plain) block(text string) {
	if text = strings.Trim(text, "\n"); text == "" {
		return
	}
	for _, line := range splitLines(text) {
		if !strings.HasPrefix(line, " ") {
			line = p.wrapped(line)
		}
		fmt.Fprintln(p.out, line)
	}
}

func (p *plain) lesson(_ context.Context, arg string) error {
	id := arg
	if f, err := p.numbered(arg); err == nil {
		id = f.Check
	}
	for _, c := range p.opts.Checks {
		if c.ID == id {
			p.block(PlainLesson(p.out, c.Lesson))
			return nil
		}
	}
	return fmt.Errorf("%q is neither the number of a finding nor a check", arg)
}

func (p *plain) posture(context.Context, string) error {
	s := p.current()
	for _, layer := range scanners.Layers() {
		score, text := s.scores[layer], "not known"
		if score.Percent != nil {
			text = fmt.Sprintf("%d of 100", *score.Percent)
		}
		p.say("%s: %s, %s, %s unknown.", layer, text, plural(score.Findings, "finding"), plural(score.Unknown, "check"))
	}
	for i, g := range nextGains(s.results, 3) {
		p.say("Next, number %d: %s, %s, takes %s from %d to %d.", i+1, g.check.ID, plural(g.findings, "finding"), g.check.Layer, g.before, g.after)
	}
	return nil
}

func (p *plain) checks(context.Context, string) error {
	n := 0
	for _, r := range p.current().results {
		if r.Status == scanners.NotKnown {
			n++
			p.say("%s: unknown, %s.", r.Check.ID, kube.Clean(r.Reason))
		}
	}
	p.say("%s could not be judged.", plural(n, "check"))
	return nil
}
