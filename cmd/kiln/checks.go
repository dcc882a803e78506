package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"kiln/scanners"
	"kiln/scanners/catalogue"
	"kiln/tui"
)

// checkEntry is a check in the output of 'kiln checks', a contract.
type checkEntry struct {
	ID         string            `json:"id"`
	Layer      scanners.Layer    `json:"layer"`
	Severity   scanners.Severity `json:"severity"`
	Title      string            `json:"title"`
	References []string          `json:"references"`
	Fix        scanners.FixKind  `json:"fix"`
}

func newChecks(a *app) *cobra.Command {
	output := "table"
	cmd := &cobra.Command{
		Use:   "checks",
		Short: "List the catalogue of checks",
		Example: `  kiln checks
  kiln checks -o json | jq -r '.[] | select(.fix == "safe") | .id'`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			if err := checkOutput(output, listFormats()...); err != nil {
				return err
			}
			entries := make([]checkEntry, 0, len(a.checks))
			for _, c := range a.checks {
				entries = append(entries, checkEntry{c.ID, c.Layer, c.Severity, c.Title, c.References, c.Fix})
			}
			return a.writeList(output, entries, func() error { return a.writeChecks(entries) })
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", output, "table, json or yaml")
	oneOf(cmd, "output", "table", "json", "yaml")
	return cmd
}

func (a *app) writeChecks(entries []checkEntry) error {
	t := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "CHECK\tSEVERITY\tFIX\tTITLE\tREFERENCES")
	for _, e := range entries {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", e.ID, e.Severity, e.Fix, e.Title, strings.Join(e.References, ", "))
	}
	return t.Flush()
}

func newExplain(a *app) *cobra.Command {
	return &cobra.Command{
		Use:               "explain CHECK|LAYER",
		Short:             "Read a check's lesson, or a layer's introduction",
		Example:           "  kiln explain pod/privileged\n  kiln explain pod",
		Args:              exactlyOne("CHECK", "pod/privileged"),
		ValidArgsFunction: firstOf(func() []string { return append(layerNames(), checkIDs(a.checks)...) }),
		RunE: func(_ *cobra.Command, args []string) error {
			if introduction := catalogue.Introduction(scanners.Layer(args[0])); introduction != "" {
				return a.introduce(scanners.Layer(args[0]), introduction)
			}
			c, err := findCheck(a.checks, args[0])
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(a.out, "%s\n\nCheck %s, layer %s, severity %s, fix %s.\n",
				a.readable(c.Lesson), c.ID, c.Layer, c.Severity, c.Fix)
			return err
		},
	}
}

// readable is a lesson as text for a terminal; elsewhere it stays Markdown.
func (a *app) readable(lesson string) string {
	if a.hasScreen() {
		return tui.PlainLesson(a.out, lesson)
	}
	return strings.TrimSpace(lesson)
}

// introduce writes a layer's introduction, and where to read on.
func (a *app) introduce(layer scanners.Layer, introduction string) error {
	fmt.Fprintf(a.out, "%s\n\nIts checks:\n\n", a.readable(introduction))
	t := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	for _, c := range a.checks {
		if c.Layer == layer {
			fmt.Fprintf(t, "%s\t%s\t%s\n", c.ID, c.Severity, c.Title)
		}
	}
	return t.Flush()
}

// exactlyOne wants one argument, and names it where it is missing.
func exactlyOne(name, example string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != 1 {
			return usageErrorf("%s takes one %s, such as %s; %d given", cmd.CommandPath(), name, example, len(args))
		}
		return nil
	}
}
