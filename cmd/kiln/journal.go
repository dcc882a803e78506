package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"kiln/fixes"
	"kiln/kube"
)

func newJournal(a *app) *cobra.Command {
	output := "table"
	cmd := &cobra.Command{
		Use:   "journal",
		Short: "List what was applied, and what was undone",
		Example: `  kiln journal
  kiln journal -o json | jq -r '.[] | select(.state == "applied") | .id'`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error { return a.journal(output) },
	}
	cmd.Flags().StringVarP(&output, "output", "o", output, "table, json or yaml")
	oneOf(cmd, "output", "table", "json", "yaml")
	cmd.AddCommand(newJournalExport(a))
	return cmd
}

func (a *app) journal(output string) error {
	if err := checkOutput(output, listFormats()...); err != nil {
		return err
	}
	entries, unreadable, err := a.readJournal()
	if err != nil {
		return err
	}
	return a.writeList(output, entries, func() error { return a.writeJournal(entries, unreadable) })
}

// readJournal lists the entries, and tells of those that can't be read.
func (a *app) readJournal() (entries []fixes.Entry, unreadable int, err error) {
	journal, err := openJournal()
	if err != nil {
		return nil, 0, err
	}
	entries, broken := journal.Entries()
	for _, err := range broken {
		fmt.Fprintln(a.err, "kiln:", kube.Clean(err.Error()))
	}
	return append([]fixes.Entry{}, entries...), len(broken), nil
}

func openJournal() (*fixes.Journal, error) {
	dir, err := fixes.JournalDir()
	if err != nil {
		return nil, err
	}
	return fixes.OpenJournal(dir)
}

func (a *app) writeJournal(entries []fixes.Entry, unreadable int) error {
	if len(entries) == 0 {
		if unreadable == 0 {
			fmt.Fprintln(a.err, "nothing has been applied yet")
		}
		return nil
	}
	t := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "ENTRY\tTIME\tSTATE\tCHECK\tOBJECTS\tCONTEXT\tUSER\tBATCH")
	for _, e := range entries {
		names := make([]string, 0, len(e.Objects))
		for _, o := range e.Objects {
			names = append(names, o.Ref.String())
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", e.ID, e.Time.Local().Format("2006-01-02 15:04:05"), e.State,
			e.Finding.Check, kube.Clean(strings.Join(names, ", ")), kube.Clean(e.Context), kube.Clean(e.User), e.Group)
	}
	return t.Flush()
}

func newUndo(a *app) *cobra.Command {
	dryRun, yes, finish := false, false, false
	cmd := &cobra.Command{
		Use:   "undo [ENTRY|BATCH]",
		Short: "Undo a fix: the last one, an entry of the journal, or a batch",
		Long: `Undo a fix: the values that it changed go back to what they were, and so do
their field managers. Without an argument it is the last one of this cluster. A
field that somebody else has changed since is refused, and named.`,
		Example: `  kiln undo --dry-run
  kiln undo
  kiln undo 1m7zratnw`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usageErrorf("kiln undo takes one ENTRY at most; 'kiln journal' lists them")
			}
			if finish && (len(args) == 0 || dryRun) {
				return usageErrorf("kiln undo --finish takes the ENTRY to finish, and no --dry-run; 'kiln journal' lists them")
			}
			return nil
		},
		ValidArgsFunction: firstOf(undoableEntries),
		RunE: func(cmd *cobra.Command, args []string) error {
			if finish {
				return a.finish(cmd.Context(), args[0])
			}
			return a.undo(cmd.Context(), strings.Join(args, ""), dryRun, yes)
		},
	}
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "only show what would change")
	cmd.Flags().BoolVar(&finish, "finish", false, "carry an interrupted fix, or undo, to its end instead")
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "undo without asking; without a terminal it never asks")
	return cmd
}

// undoableEntries completes the journal's entries that can be undone, the
// newest first.
func undoableEntries() []string {
	journal, err := openJournal()
	if err != nil {
		return nil
	}
	entries, _ := journal.Entries()
	var ids []string
	for _, entry := range slices.Backward(entries) {
		if entry.Undoable() {
			ids = append(ids, entry.ID+"\t"+kube.Clean(entry.Title))
		}
	}
	return ids
}

func (a *app) undo(ctx context.Context, id string, dryRun, yes bool) error {
	fixer, err := a.fixer(ctx)
	if err != nil {
		return err
	}
	if batch := fixer.Journal.Group(id); len(batch) > 0 {
		return a.undoBatch(ctx, fixer, id, batch, dryRun, yes)
	}
	preview, err := fixer.UndoPreview(ctx, id)
	if err != nil {
		return err
	}
	showPreview(a.out, a.err, preview)
	if err := preview.Err(); err != nil {
		return err
	}
	if dryRun {
		return nil
	}
	if !yes && a.interactive() {
		if err := a.ask(ctx, "Take it back?"); err != nil {
			return err
		}
	}
	entry, err := fixer.Undo(ctx, id)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.err, "%s: %s\n", entry.ID, entry.State)
	return nil
}
