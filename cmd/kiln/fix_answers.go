package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"kiln/fixes"
	"kiln/kube"
	"kiln/scanners"
)

// parseAnswers reads what --answer says, KEY=VALUE each.
func parseAnswers(given []string) (fixes.Answers, error) {
	answers := fixes.Answers{}
	for _, text := range given {
		key, value, ok := strings.Cut(text, "=")
		if !ok || key == "" {
			return nil, usageErrorf("--answer %s: it takes KEY=VALUE, such as uid=1000; 'kiln fix … --dry-run' shows what is asked", text)
		}
		if _, twice := answers[key]; twice {
			return nil, usageErrorf("--answer %s: %s is answered twice; several values of one answer are joined with commas", text, key)
		}
		answers[key] = value
	}
	return answers, nil
}

// planner plans fixes with the answers of the command line. One answer serves
// all fixes that ask for it.
type planner struct {
	fixer *fixes.Fixer
	// plans is the Plan of the fixer, or that of manifests.
	plans  func(context.Context, scanners.Finding, fixes.Answers) (fixes.Plan, error)
	given  fixes.Answers
	used   map[string]bool
	asking map[string]bool
	// leave are fields that stay with their managers.
	leave []string
}

func newPlanner(fixer *fixes.Fixer, inv *kube.Inventory, given fixes.Answers) *planner {
	p := newFilePlanner(func(ctx context.Context, finding scanners.Finding, answers fixes.Answers) (fixes.Plan, error) {
		return fixer.Plan(ctx, finding, inv, answers)
	}, given)
	p.fixer = fixer
	return p
}

// newFilePlanner plans without a cluster.
func newFilePlanner(plans func(context.Context, scanners.Finding, fixes.Answers) (fixes.Plan, error), given fixes.Answers) *planner {
	return &planner{plans: plans, given: given, used: map[string]bool{}, asking: map[string]bool{}}
}

// plan plans with those answers that the finding's fix asks for.
func (p *planner) plan(ctx context.Context, f scanners.Finding, more fixes.Answers) (fixes.Plan, error) {
	answers := maps.Clone(p.given)
	maps.Copy(answers, more)
	for {
		plan, err := p.plans(ctx, f, answers)
		if wrong := (*fixes.AnswerError)(nil); errors.As(err, &wrong) && wrong.Question == nil {
			delete(answers, wrong.Key)
			continue
		}
		for _, q := range plan.Questions {
			p.asking[q.Key] = true
		}
		for key := range answers {
			p.used[key] = true
		}
		return plan, err
	}
}

// unused is an error for an answer that no fix has asked for.
func (p *planner) unused() error {
	for _, key := range slices.Sorted(maps.Keys(p.given)) {
		if p.used[key] {
			continue
		}
		if len(p.asking) == 0 {
			return usageErrorf("--answer %s=%s: nothing is asked here", key, p.given[key])
		}
		return usageErrorf("--answer %s=%s: nobody asks %q; what is asked is %s", key, p.given[key], key,
			strings.Join(slices.Sorted(maps.Keys(p.asking)), ", "))
	}
	return nil
}

// wrongAnswer is the first answer that doesn't fit its question.
func wrongAnswer(proposals []proposal) error {
	for _, p := range proposals {
		if err := wrongAnswerFor(p.finding, p.err); err != nil {
			return err
		}
	}
	return nil
}

// wrongAnswerFor is wrong usage where a fix failed for its answer; else nil.
func wrongAnswerFor(finding scanners.Finding, err error) error {
	if wrong := (*fixes.AnswerError)(nil); errors.As(err, &wrong) {
		return usageErrorf("%s on %s: %v", finding.Check, finding.Object, wrong)
	}
	return nil
}

// showQuestions says what was asked, the answer that the plan has, and how to
// give another one.
func showQuestions(w io.Writer, asked []fixes.Question) {
	for _, q := range asked {
		fmt.Fprintf(w, "  asked: %s answer %s", q.Ask, shownAnswer(q))
		var others []string
		for _, c := range q.Choices {
			if c.Value != q.Value {
				others = append(others, describeChoice(c))
			}
		}
		hint := "--answer " + q.Key + "=…"
		if len(others) > 0 {
			hint = "other choices " + strings.Join(others, "; ") + "; " + hint
		}
		fmt.Fprintf(w, " (%s)\n", hint)
	}
}

// shownAnswer is the question's answer with what speaks for it.
func shownAnswer(q fixes.Question) string {
	if q.Value == "" {
		return "none"
	}
	for _, c := range q.Choices {
		if c.Value == q.Value {
			return describeChoice(c)
		}
	}
	return kube.Clean(q.Value)
}

func describeChoice(c fixes.Choice) string {
	text := kube.Clean(c.Value)
	if about := aboutChoice(c); about != "" {
		text += " [" + about + "]"
	}
	return text
}

func aboutChoice(c fixes.Choice) string {
	if c.Label != "" && c.Found != "" {
		return c.Label + "; " + c.Found
	}
	return c.Label + c.Found
}

// askQuestions asks on a terminal, one question after the other; an empty line
// keeps the answer. New questions may come up with an answer.
func askQuestions(ctx context.Context, in *bufio.Reader, out io.Writer, p *planner, finding scanners.Finding) (fixes.Answers, error) {
	answers := fixes.Answers{}
	for {
		plan, _ := p.plan(ctx, finding, answers) // what is wrong with it, the preview tells
		i := slices.IndexFunc(plan.Questions, func(q fixes.Question) bool {
			_, answered := answers[q.Key]
			_, given := p.given[q.Key]
			return !answered && !given
		})
		if i < 0 || ctx.Err() != nil {
			return answers, ctx.Err()
		}
		answered, err := askQuestion(in, out, finding, plan.Questions[i])
		if err != nil {
			return nil, err
		}
		answers[answered.Key] = answered.Value
	}
}

// askQuestion asks until the answer fits.
func askQuestion(in *bufio.Reader, out io.Writer, finding scanners.Finding, q fixes.Question) (fixes.Question, error) {
	fmt.Fprintf(out, "\n%s on %s\n%s\n", finding.Check, finding.Object, q.Ask)
	for i, c := range q.Choices {
		fmt.Fprintf(out, "  %d  %s\n", i+1, describeChoice(c))
	}
	for {
		fmt.Fprintf(out, "%s [%s] ", howToAnswer(q), shownValue(q))
		line, err := in.ReadString('\n')
		if err != nil && err != io.EOF {
			return q, fmt.Errorf("reading the answer: %w", err)
		}
		line = strings.TrimSpace(line)
		if line == "" {
			return q, nil
		}
		answered, wrong := q.Answered(byNumber(q, line))
		if wrong == nil {
			return answered, nil
		}
		if err == io.EOF {
			return q, wrong
		}
		fmt.Fprintln(out, wrong)
	}
}

func howToAnswer(q fixes.Question) string {
	how := "Number"
	if q.Free != nil {
		how = "Number or value"
	}
	if len(q.Choices) == 0 {
		how = "Value"
	}
	if q.Many {
		how += "s, joined with commas, or - for none,"
	}
	return how + " (enter keeps the answer)"
}

func shownValue(q fixes.Question) string {
	if q.Value == "" {
		return "none"
	}
	return kube.Clean(q.Value)
}

// byNumber replaces the numbers of choices by their values. A number that is
// no choice's stays, and so does one that is a choice's value itself.
func byNumber(q fixes.Question, line string) string {
	if q.Many && line == "-" {
		return ""
	}
	parts := []string{line}
	if q.Many {
		parts = strings.Split(line, ",")
	}
	for i, part := range parts {
		part = strings.TrimSpace(part)
		isValue := slices.ContainsFunc(q.Choices, func(c fixes.Choice) bool { return c.Value == part })
		if n, err := strconv.Atoi(part); err == nil && !isValue && n >= 1 && n <= len(q.Choices) {
			parts[i] = q.Choices[n-1].Value
		}
	}
	return strings.Join(parts, ",")
}
