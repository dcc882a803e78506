package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"kiln/fixes"
	"kiln/kube"
)

type guardOptions struct {
	consent
	list, deny bool
	remove     string
	by, output string
}

func newGuard(a *app) *cobra.Command {
	o := guardOptions{}
	cmd := &cobra.Command{
		Use:   "guard CHECK",
		Short: "Keep a check fixed: have the API server warn of what would bring it back, or refuse it",
		Long: `A guardrail is a ValidatingAdmissionPolicy with its binding, or Pod Security
labels of a namespace where they cover the check. It warns first; --deny makes
it refuse. What it would stop in today's cluster is shown before.`,
		Example: `  kiln guard pod/privileged -n shop --dry-run
  kiln guard pod/privileged -n shop
  kiln guard pod/privileged -n shop --deny
  kiln guard --list
  kiln guard --remove pod-security.shop`,
		Args:              func(_ *cobra.Command, args []string) error { return o.complain(args) },
		ValidArgsFunction: firstOf(func() []string { return fixes.Guarded(a.settings) }),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case o.list:
				return a.listGuardrails(cmd.Context(), o.output)
			case o.remove != "":
				return a.unguard(cmd.Context(), o)
			}
			return a.guard(cmd.Context(), args[0], o)
		},
	}
	f := cmd.Flags()
	o.addFlags(f)
	f.BoolVar(&o.deny, "deny", false, "refuse, instead of warning")
	f.StringVar(&o.by, "by", "", "labels (Pod Security, of a namespace) or policy; without it, labels where they stop nobody else")
	f.BoolVar(&o.list, "list", false, "list the guardrails that are in force")
	f.StringVarP(&o.output, "output", "o", "table", "with --list: table, json or yaml")
	f.StringVar(&o.remove, "remove", "", "remove the guardrail of that `name`, as --list has it")
	oneOf(cmd, "by", string(fixes.ByLabels), string(fixes.ByPolicy))
	oneOf(cmd, "output", "table", "json", "yaml")
	return cmd
}

func (o guardOptions) complain(args []string) error {
	switch {
	case o.list && o.remove != "":
		return usageErrorf("--list and --remove don't go together")
	case (o.list || o.remove != "") && len(args) > 0:
		return usageErrorf("--list and --remove take no CHECK, got %q", args[0])
	case !o.list && o.remove == "" && len(args) != 1:
		return usageErrorf("kiln guard takes one CHECK, such as pod/privileged; %d given", len(args))
	case o.by != "" && o.by != string(fixes.ByLabels) && o.by != string(fixes.ByPolicy):
		return usageErrorf("--by: unknown kind %q: use labels or policy", o.by)
	}
	return checkOutput(o.output, listFormats()...)
}

func (a *app) guard(ctx context.Context, check string, o guardOptions) error {
	if _, err := findCheck(a.checks, check); err != nil {
		return err
	}
	fixer, inv, err := a.fixerAndInventory(ctx)
	if err != nil {
		return err
	}
	request := fixes.GuardRequest{Check: check, Namespace: a.namespace(), Stage: fixes.Warns, By: fixes.GuardKind(o.by), Config: a.settings}
	if o.deny {
		request.Stage = fixes.Denies
	}
	plan, err := fixer.Guard(ctx, inv, request)
	if err != nil {
		return explainManual(err)
	}
	entry, err := a.carryOut(ctx, fixer, plan.Plan, o.consent)
	if err != nil || entry == nil {
		return err
	}
	fmt.Fprintf(a.err, "guardrail %s is made; asking the server what it makes of it …\n", plan.Name)
	told, err := fixer.CheckGuard(ctx, plan.Name, plan.Refusals)
	if err != nil {
		return err
	}
	tellGuardCheck(a.err, told, request.Stage)
	return nil
}

// tellGuardCheck says what the API server says of a guardrail.
func tellGuardCheck(w io.Writer, told fixes.GuardCheck, stage fixes.Stage) {
	if !told.Checked {
		fmt.Fprintln(w, "the server hasn't checked its expressions yet; 'kiln guard --list' tells later")
	}
	for _, warning := range told.Warnings {
		fmt.Fprintf(w, "the server warns of the rule: %s\n", warning)
	}
	verb := "warns of"
	if stage == fixes.Denies {
		verb = "refuses"
	}
	for _, tried := range told.Tried {
		fmt.Fprintf(w, "tried: the server %s a copy of %s\n", verb, kube.Clean(tried.Object.String()))
	}
	for _, missed := range told.Missed {
		fmt.Fprintf(w, "not confirmed for %s\n", kube.Clean(missed.String()))
	}
}

func (a *app) unguard(ctx context.Context, o guardOptions) error {
	fixer, err := a.fixer(ctx)
	if err != nil {
		return err
	}
	plan, err := fixer.Unguard(ctx, o.remove)
	if err != nil {
		return err
	}
	_, err = a.carryOut(ctx, fixer, plan, o.consent)
	return err
}

// guardEntry is a guardrail in JSON and YAML.
type guardEntry struct {
	Name      string          `json:"name"`
	Check     string          `json:"check"`
	Level     string          `json:"level"`     // of the Pod Security Standards, for labels
	Namespace string          `json:"namespace"` // empty for all but the cluster's own
	Stage     fixes.Stage     `json:"stage"`
	By        fixes.GuardKind `json:"by"`
	Checked   bool            `json:"checked"`
	Warnings  []string        `json:"warnings"`
}

func (a *app) listGuardrails(ctx context.Context, output string) error {
	cluster, err := a.connect(ctx)
	if err != nil {
		return err
	}
	all, err := (&fixes.Fixer{Cluster: cluster}).Guardrails(ctx)
	if err != nil {
		return err
	}
	entries := make([]guardEntry, 0, len(all))
	for _, g := range all {
		if ns := a.namespace(); ns == "" || ns == g.Namespace || g.Namespace == "" {
			entries = append(entries, guardEntry{g.Name, g.Check, g.Level, g.Namespace, g.Stage, g.By, g.Checked, append([]string{}, g.Warnings...)})
		}
	}
	return a.writeList(output, entries, func() error { return a.writeGuardrails(entries) })
}

func (a *app) writeGuardrails(entries []guardEntry) error {
	if len(entries) == 0 {
		fmt.Fprintln(a.err, "no guardrail is in force; 'kiln guard CHECK' makes one")
		return nil
	}
	t := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "NAME\tCHECK\tNAMESPACE\tSTAGE\tBY\tRULE")
	for _, g := range entries {
		where, rule := g.Namespace, "ok"
		if g.Level != "" {
			g.Check = "Pod Security " + g.Level
		}
		if where == "" {
			where = "(all)"
		}
		switch {
		case len(g.Warnings) > 0:
			rule = strings.Join(g.Warnings, "; ")
		case !g.Checked:
			rule = "not checked yet"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", g.Name, g.Check, where, g.Stage, g.By, rule)
	}
	return t.Flush()
}
