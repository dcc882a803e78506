package tui

import (
	"context"
	"fmt"
	"strings"
	"time"

	"kiln/fixes"
)

// accept previews the annotation that accepts a finding until a day and for a
// reason, and writes it if the user says so.
func (p *plain) accept(ctx context.Context, arg string) error {
	number, text, _ := strings.Cut(arg, " ")
	f, err := p.numbered(number)
	if err != nil {
		return err
	}
	if p.session.fixer == nil {
		return fmt.Errorf("nothing can be changed without the journal: %w", p.session.fixerErr)
	}
	now := time.Now()
	if text == "" {
		text, _ = p.ask(ctx, fmt.Sprintf("Accept until which day, and why? Such as %s: it needs setuid, or never: by design. Enter alone cancels: ", now.Add(acceptFor).Format(time.DateOnly)))
	}
	if text == "" {
		p.say("Cancelled: nothing was changed.")
		return nil
	}
	annotation, err := acceptAnnotation(text, now)
	if err != nil {
		return fmt.Errorf("not accepted: %w", err)
	}
	one := p.session.proposeAccept(ctx, *f, annotation)
	p.settle(ctx, one, "accept", func() (fixes.Entry, error) { return p.session.fixer.Apply(ctx, one.preview, one.words()) })
	return nil
}
