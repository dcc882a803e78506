package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"text/tabwriter"
	"time"

	"kiln/fixes"
	"kiln/kube"
)

// probe looks at the target from a debug container that runs, keeps what it
// saw, and writes it.
func (a *app) probe(ctx context.Context, cluster *kube.Cluster, plan kube.DebugPlan, output string) error {
	evidence, err := cluster.Probe(ctx, plan, time.Now())
	if err != nil {
		return err
	}
	store, err := openEvidence()
	if err != nil {
		return err
	}
	if err := store.Add(cluster, evidence); err != nil {
		return err
	}
	return a.writeSeen(evidence, evidence.Facts(), output)
}

// openEvidence opens the evidence, beside the journal.
func openEvidence() (*kube.EvidenceStore, error) {
	journal, err := fixes.JournalDir()
	if err != nil {
		return nil, err
	}
	return kube.OpenEvidence(filepath.Join(filepath.Dir(journal), "evidence"))
}

// writeSeen writes what a probe saw: whole for programs, or as facts for
// people.
func (a *app) writeSeen(whole any, facts []kube.Fact, output string) error {
	switch output {
	case "json":
		return writeJSON(a.out, whole)
	case "yaml":
		return writeYAML(a.out, whole)
	}
	return writeFacts(a.out, facts)
}

func writeFacts(out io.Writer, facts []kube.Fact) error {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, fact := range facts {
		name, lines := fact.Name, fact.Lines
		if len(lines) == 0 {
			lines = []string{"none seen"}
		}
		for _, line := range lines {
			fmt.Fprintf(t, "%s\t%s\n", name, line)
			name = ""
		}
	}
	return t.Flush()
}
