package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"kiln/fixes"
)

func newJournalExport(a *app) *cobra.Command {
	output, since := "markdown", ""
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write the journal as a report of changes: who, when, what and why",
		Example: `  kiln journal export > changes.md
  kiln journal export --since 7d -o json`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error { return a.exportJournal(output, since) },
	}
	cmd.Flags().StringVarP(&output, "output", "o", output, "markdown or json")
	oneOf(cmd, "output", "markdown", "json")
	cmd.Flags().StringVar(&since, "since", "", "only what was changed since: a day (2026-11-01), a time (2026-11-01T08:00:00Z) or an age (7d, 12h)")
	return cmd
}

func (a *app) exportJournal(output, since string) error {
	from, err := parseSince(since, time.Now())
	if err != nil {
		return err
	}
	if err := checkOutput(output, "markdown", "json"); err != nil {
		return err
	}
	entries, unreadable, err := a.readJournal()
	if err != nil {
		return err
	}
	report := fixes.NewChangeReport(entries, a.checks, from, time.Now())
	if output == "json" {
		err = writeJSON(a.out, report)
	} else {
		_, err = fmt.Fprint(a.out, report.Markdown())
	}
	if err == nil && unreadable > 0 {
		err = fmt.Errorf("the report lacks %d entries of the journal that can't be read", unreadable)
	}
	return err
}

// parseSince reads a day in the local zone, a time or an age; empty is the
// zero time.
func parseSince(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n >= 0 {
			return now.AddDate(0, 0, -n), nil
		}
	}
	if age, err := time.ParseDuration(text); err == nil && age >= 0 {
		return now.Add(-age), nil
	}
	if day, err := time.ParseInLocation(time.DateOnly, text, now.Location()); err == nil {
		return day, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, usageErrorf("--since %s: use a day (2026-11-01), a time (2026-11-01T08:00:00Z) or an age (7d, 12h)", text)
	}
	return at, nil
}
