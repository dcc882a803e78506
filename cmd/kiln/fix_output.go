package main

import (
	"errors"
	"fmt"
	"io"

	"kiln/fixes"
	"kiln/kube"
)

// showBatch lists what several fixes change, by name, and what can't be done
// and why, before their diffs.
func (a *app) showBatch(proposals []proposal) {
	if len(proposals) < 2 {
		return
	}
	fmt.Fprintf(a.err, "%d of %d fixes can be applied:\n", countReady(proposals), len(proposals))
	for _, p := range proposals {
		mark, why := "+", ""
		if p.err != nil {
			mark, why = "-", ": "+kube.Explain(p.err)
		}
		fmt.Fprintf(a.err, "  %s %s on %s%s\n", mark, p.finding.Check, p.finding.Object, why)
		for _, t := range p.preview.Targets {
			if t.Change.Target != p.finding.Object {
				fmt.Fprintf(a.err, "      and %s\n", t.Change.Target)
			}
		}
	}
}

// showProposals prints each fix as a diff; everything but the diff itself goes
// to standard error, so that the output stays a patch.
func (a *app) showProposals(proposals []proposal) {
	for _, p := range proposals {
		fmt.Fprintf(a.err, "\n%s on %s [%s]\n", p.finding.Check, p.finding.Object, p.finding.ID)
		if p.preview.Plan.Title != "" {
			fmt.Fprintf(a.err, "  %s\n", p.preview.Plan.Title)
		}
		if denied := (*kube.NotAllowedError)(nil); errors.As(p.err, &denied) {
			fmt.Fprintf(a.err, "  %s, which this takes\n", denied)
		}
		showQuestions(a.err, p.preview.Plan.Questions)
		showPreview(a.out, a.err, p.preview)
	}
}

// showPreview prints a preview's diffs to out and what there is to know about
// them to about.
func showPreview(out, about io.Writer, preview fixes.Preview) {
	for _, t := range preview.Targets {
		fmt.Fprintf(about, "  %s %s\n", t.Change.Mechanism, t.Change.Target)
		for _, o := range t.Takeovers {
			verb := "takes over"
			if o.Declared {
				verb = "conflicts with"
			}
			fmt.Fprintf(about, "    %s %s: %s\n", verb, kube.Clean(o.Manager), o.Field)
		}
		for _, w := range t.Warnings {
			fmt.Fprintf(about, "    the server warns: %s\n", w)
		}
		if t.Owner.Reconciles() {
			fmt.Fprintf(about, "    belongs to %s\n", kube.Clean(t.Owner.String()))
		}
		for _, e := range t.Effects {
			showEffect(about, e)
		}
		fmt.Fprint(out, t.Unified())
	}
	for _, n := range preview.Plan.Notes {
		fmt.Fprintf(about, "  note: %s\n", n)
	}
}

// showEffect says what a fix does to others, by name.
func showEffect(w io.Writer, e fixes.Effect) {
	fmt.Fprintf(w, "    %s\n", kube.Clean(e.Summary))
	for _, name := range e.Names {
		fmt.Fprintf(w, "      %s\n", kube.Clean(name))
	}
}

// fixOutcome writes what was asked for and says how each fix went.
func (a *app) fixOutcome(proposals []proposal, o fixOptions) error {
	switch o.output {
	case "json":
		if err := writeJSON(a.out, fixResults(proposals)); err != nil {
			return err
		}
	case "patch":
		if err := a.writePatches(proposals, o.to); err != nil {
			return err
		}
	}
	failed, group := 0, ""
	for _, p := range proposals {
		switch {
		case p.err != nil:
			failed++
			tellFailure(a.err, fmt.Sprintf("%s on %s: ", p.finding.Check, p.finding.Object), p.err)
		case p.entry != nil:
			fmt.Fprintf(a.err, "%s on %s: %s as %s; 'kiln undo %s' takes it back\n", p.finding.Check, p.finding.Object, p.entry.State, p.entry.ID, p.entry.ID)
			group = p.entry.Group
		}
	}
	if group != "" {
		fmt.Fprintf(a.err, "'kiln undo %s' takes them all back\n", group)
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d fixes could not be done", failed, len(proposals))
	}
	return nil
}

// writePatches prints the patches, or exports them to a folder.
func (a *app) writePatches(proposals []proposal, folder string) error {
	var previews []fixes.Preview
	for _, p := range proposals {
		if p.err == nil {
			previews = append(previews, p.preview)
		}
	}
	if folder != "" && len(previews) > 0 {
		files, err := fixes.ExportTo(folder, previews)
		for _, file := range files {
			fmt.Fprintln(a.out, kube.Clean(file))
		}
		return err
	}
	for _, preview := range previews {
		patch, err := fixes.Export(preview)
		if err != nil {
			return fmt.Errorf("exporting the fix of %s: %w", preview.Plan.Finding.Object, err)
		}
		if _, err := fmt.Fprintf(a.out, "---\n%s", patch); err != nil {
			return err
		}
	}
	return nil
}

// fixResult is a fix in JSON.
type fixResult struct {
	Finding   string           `json:"finding"`
	Check     string           `json:"check"`
	Title     string           `json:"title"`
	Questions []questionResult `json:"questions"`
	Targets   []targetResult   `json:"targets"`
	Entry     string           `json:"entry"`
	Group     string           `json:"group,omitempty"`
	State     fixes.State      `json:"state"`
	Error     string           `json:"error"`
}

// questionResult is what was asked, and the answer that the fix has.
type questionResult struct {
	Key     string         `json:"key"`
	Ask     string         `json:"ask"`
	Answer  string         `json:"answer"`
	Choices []choiceResult `json:"choices"`
	// Free says that other values than the choices may do, Many that several
	// are joined with commas.
	Free bool `json:"free"`
	Many bool `json:"many"`
}

type choiceResult struct {
	Value string `json:"value"`
	Label string `json:"label"`
	Found string `json:"found"`
}

func questionResults(asked []fixes.Question) []questionResult {
	results := make([]questionResult, 0, len(asked))
	for _, q := range asked {
		r := questionResult{q.Key, q.Ask, q.Value, []choiceResult{}, q.Free != nil, q.Many}
		for _, c := range q.Choices {
			r.Choices = append(r.Choices, choiceResult(c))
		}
		results = append(results, r)
	}
	return results
}

type targetResult struct {
	Object    kube.Ref         `json:"object"`
	Mechanism fixes.Mechanism  `json:"mechanism"`
	Diff      string           `json:"diff"`
	Takeovers []fixes.Takeover `json:"takeovers"`
	Warnings  []string         `json:"warnings"`
	Owner     kube.Owner       `json:"owner"`
	Restarts  string           `json:"restarts"`
	Effects   []fixes.Effect   `json:"effects"`
}

// effectResults have lists where there is nothing, not null.
func effectResults(effects []fixes.Effect) []fixes.Effect {
	results := make([]fixes.Effect, 0, len(effects))
	for _, e := range effects {
		if e.Names == nil {
			e.Names = []string{}
		}
		results = append(results, e)
	}
	return results
}

func fixResults(proposals []proposal) []fixResult {
	results := make([]fixResult, 0, len(proposals))
	for _, p := range proposals {
		r := fixResult{Finding: p.finding.ID, Check: p.finding.Check, Title: p.preview.Plan.Title, Questions: questionResults(p.preview.Plan.Questions), Targets: []targetResult{}}
		for _, t := range p.preview.Targets {
			r.Targets = append(r.Targets, targetResult{t.Change.Target, t.Change.Mechanism, t.Unified(), append([]fixes.Takeover{}, t.Takeovers...), append([]string{}, t.Warnings...), t.Owner, t.Restarts, effectResults(t.Effects)})
		}
		if p.entry != nil {
			r.Entry, r.Group, r.State = p.entry.ID, p.entry.Group, p.entry.State
		}
		if p.err != nil {
			r.Error = kube.Explain(p.err)
		}
		results = append(results, r)
	}
	return results
}
