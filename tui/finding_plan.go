package tui

import (
	"context"
	"errors"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"kiln/fixes"
	"kiln/kube"
	"kiln/scanners"
)

// outline says what a fix would do, without asking for its dry run.
func (s *Session) outline(ctx context.Context, f scanners.Finding, inv *kube.Inventory) tea.Msg {
	msg := planMsg{finding: f.ID}
	if s.fixer == nil {
		msg.problem = kube.Explain(s.fixerErr)
		return msg
	}
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	plan, err := s.fixer.Plan(ctx, f, inv, nil)
	if err != nil {
		msg.problem, msg.steps = whyNot(err)
		return msg
	}
	msg.title, msg.notes = plan.Title, plan.Notes
	for _, c := range plan.Changes {
		msg.targets = append(msg.targets, fmt.Sprintf("%s (%s)", c.Target, c.Mechanism))
	}
	for _, denial := range s.fixer.Denied(ctx, plan) {
		msg.denied = append(msg.denied, kube.Explain(denial))
	}
	for _, q := range plan.Questions {
		msg.asked = append(msg.asked, q.Ask)
	}
	return msg
}

// whyNot says why kiln doesn't fix something, and what a person does instead.
func whyNot(err error) (problem, steps string) {
	var manual *fixes.ManualError
	if errors.As(err, &manual) {
		return kube.Clean(manual.Why), strings.TrimSpace(kube.CleanBlock(manual.Steps))
	}
	return kube.Explain(err), ""
}
