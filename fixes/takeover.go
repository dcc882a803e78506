package fixes

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/catalogue"
)

// ErrLeftOut means that a fix can't do without a field that it was told to
// leave to its manager.
var ErrLeftOut = errors.New("the fix needs the field")

// Takeovers are the fields that would change hands, declared or not.
func (p Preview) Takeovers() []Takeover {
	var all []Takeover
	for _, t := range p.Targets {
		all = append(all, t.Takeovers...)
	}
	return all
}

// Leaving is the plan without fields that stay with their managers, each named
// as its Takeover is. It has to be previewed anew; where what is left doesn't
// fix the finding any more, that preview says so.
func (p Preview) Leaving(fields []string) (Plan, error) {
	plan := p.Plan
	plan.Changes = slices.Clone(plan.Changes)
	for _, field := range fields {
		if err := p.leave(&plan, field); err != nil {
			return Plan{}, err
		}
	}
	return plan, nil
}

// leave drops one field from the changes that take it over.
func (p Preview) leave(plan *Plan, field string) error {
	left := slices.Contains(plan.left, field)
	for i, t := range p.Targets {
		if !slices.ContainsFunc(t.Takeovers, func(o Takeover) bool { return o.Field == field }) {
			continue
		}
		change := &plan.Changes[i]
		if change.Mechanism != ServerSideApply {
			return fmt.Errorf("%w %s: %s is one change (%s), take all of it or none", ErrLeftOut, field, change.Target, change.Mechanism)
		}
		without, held, err := kube.WithoutField(change.Apply, field)
		if err != nil {
			return err
		}
		if held {
			change.Apply, left = without, true
		}
	}
	if !left {
		return fmt.Errorf("%w: no field %q changes hands here%s", ErrNothingToDo, field, p.whichFields())
	}
	plan.left = append(slices.Clone(plan.left), field)
	return nil
}

// whichFields lists what changes hands, for an error.
func (p Preview) whichFields() string {
	var fields []string
	for _, t := range p.Takeovers() {
		fields = append(fields, t.Field)
	}
	if len(fields) == 0 {
		return ""
	}
	return "; these do: " + strings.Join(fields, ", ")
}

// stillFound is an ErrLeftOut if the check finds the same in an object as it
// would be.
func stillFound(finding scanners.Finding, after *unstructured.Unstructured, left []string) error {
	checks := catalogue.Checks()
	i := slices.IndexFunc(checks, func(c scanners.Check) bool { return c.ID == finding.Check })
	if i < 0 || after == nil {
		return nil
	}
	text, err := kube.MarshalYAML(kube.Essence(after).Object)
	if err != nil {
		return fmt.Errorf("looking at %s as it would be: %w", finding.Object, err)
	}
	inv, _, err := kube.ReadManifests(kube.ManifestOptions{Paths: []string{"-"}, Stdin: strings.NewReader(string(text))})
	if err != nil {
		return fmt.Errorf("looking at %s as it would be: %w", finding.Object, err)
	}
	for _, result := range scanners.Evaluate(checks[i:i+1], inv) {
		for _, found := range result.Findings {
			if found.Object == finding.Object && found.Container == finding.Container && found.Key == finding.Key {
				return fmt.Errorf("%w %s: without it the finding stays: %s", ErrLeftOut, strings.Join(left, ", "), found.Message)
			}
		}
	}
	return nil
}
