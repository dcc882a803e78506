package tui

import (
	"context"
	"errors"
	"strings"

	"kiln/kube"
	"kiln/scanners/rbac"
)

// trace follows a request through the API server.
func (p *plain) trace(ctx context.Context, arg string) error {
	q, problem := parseTrace(arg, p.opts.Namespace)
	if problem != "" {
		return errors.New(problem)
	}
	traced := p.session.trace(ctx, q, nil)
	if traced.problem != "" {
		return errors.New(traced.problem)
	}
	p.say("%s.", traceSentence(traced.request))
	for i, step := range traced.steps {
		p.say("%d. %s: %s, %s.", i+1, step.Name, step.Outcome, step.Title)
		for _, line := range step.Says {
			p.say("%s.", strings.TrimSuffix(line, "."))
		}
		for _, warning := range step.Warnings {
			p.say("The server warns: %s", warning)
		}
		for _, c := range step.Changes {
			p.say("Field %s: %s.", c.Path, c.By)
		}
	}
	return nil
}

// whoCan names who may do something.
func (p *plain) whoCan(_ context.Context, arg string) error {
	words := strings.Fields(arg)
	if len(words) < 2 || len(words) > 3 {
		return errors.New("who-can takes VERB RESOURCE [NAME], such as get secrets")
	}
	access := rbac.Access{Verb: words[0], Namespace: p.opts.Namespace, Name: strings.Join(words[2:], "")}
	access.Group, access.Resource = p.session.resource(words[1])
	r := rightsOf(p.current())
	grants := r.whoCan(access)
	for _, g := range grants {
		p.say("%s", kube.Clean(g.Subject.Phrase()+", "+g.Scope()+", by "+kube.RefOf(g.Binding).String()+"."))
	}
	if r.missing != "" {
		p.say("%s.", kube.Clean(r.missing))
	}
	p.say("%s. The group system:masters may do everything besides.", plural(len(grants), "grant"))
	return nil
}
