package main

import (
	"errors"
	"fmt"

	"kiln/fixes"
	"kiln/kube"
)

// show prints what the fixes do: the diffs to standard output, what there is
// to know about them to standard error.
func (r *fileFix) show(edits []fixes.FileEdit) error {
	byHand := 0
	for _, p := range r.done {
		if r.options.all && errors.Is(p.err, fixes.ErrManual) {
			byHand++
			fmt.Fprintf(r.err, "by hand: %s on %s: %s\n", p.finding.Check, p.finding.Object, explain(p.err))
			continue
		}
		r.showPlan(p)
	}
	if len(edits) == 0 {
		fmt.Fprintln(r.err, "nothing to change")
	}
	if byHand > 0 {
		fmt.Fprintf(r.err, "%d finding(s) need a person; 'kiln explain CHECK' says what to do\n", byHand)
	}
	switch r.options.output {
	case "json":
		return writeJSON(r.out, r.results(edits))
	case "patch":
		return r.showPatches(edits)
	}
	for _, e := range edits {
		if e.Name == "-" && r.options.writes() {
			continue // the text itself goes there
		}
		if _, err := fmt.Fprint(r.out, e.Unified()); err != nil {
			return fmt.Errorf("writing the diff: %w", err)
		}
	}
	return nil
}

func (r *fileFix) showPlan(p filePlan) {
	fmt.Fprintf(r.err, "\n%s on %s [%s]\n", p.finding.Check, p.finding.Object, p.finding.ID)
	if p.covered {
		fmt.Fprintln(r.err, "  an earlier fix does it, too")
		return
	}
	if p.plan.Title != "" {
		fmt.Fprintf(r.err, "  %s\n", p.plan.Title)
	}
	showQuestions(r.err, p.plan.Questions)
	if p.err == nil {
		for _, n := range p.plan.Notes {
			fmt.Fprintf(r.err, "  note: %s\n", n)
		}
		return
	}
	tellFailure(r.err, "", p.err)
}

func (r *fileFix) showPatches(edits []fixes.FileEdit) error {
	for _, e := range edits {
		patch, masked := e.Patch()
		if _, err := fmt.Fprint(r.out, patch); err != nil {
			return fmt.Errorf("writing the patch: %w", err)
		}
		if masked {
			fmt.Fprintf(r.err, "kiln: the patch of %s has masks in the place of secret values, so that no program can apply it: let kiln write the file\n", kube.Clean(e.Name))
		}
	}
	return nil
}

// fileResults are a run over manifests in JSON.
type fileResults struct {
	Fixes []fileFixResult `json:"fixes"`
	Files []fileResult    `json:"files"`
}

type fileFixResult struct {
	Finding   string           `json:"finding"`
	Check     string           `json:"check"`
	Object    kube.Ref         `json:"object"`
	Title     string           `json:"title"`
	Questions []questionResult `json:"questions"`
	Notes     []string         `json:"notes"`
	Error     string           `json:"error"`
}

type fileResult struct {
	File    string `json:"file"`
	Created bool   `json:"created"`
	Diff    string `json:"diff"`
}

func (r *fileFix) results(edits []fixes.FileEdit) fileResults {
	results := fileResults{Fixes: []fileFixResult{}, Files: []fileResult{}}
	for _, p := range r.done {
		one := fileFixResult{
			Finding: p.finding.ID, Check: p.finding.Check, Object: p.finding.Object, Title: p.plan.Title,
			Questions: questionResults(p.plan.Questions), Notes: append([]string{}, p.plan.Notes...),
		}
		if p.err != nil {
			one.Error = explain(p.err)
		}
		results.Fixes = append(results.Fixes, one)
	}
	for _, e := range edits {
		results.Files = append(results.Files, fileResult{e.Name, e.Created, e.Unified()})
	}
	return results
}
