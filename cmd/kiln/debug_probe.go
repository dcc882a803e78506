package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"kiln/fixes"
	"kiln/kube"
)

// probe looks at the target from a debug container that runs, keeps what it
// saw, and writes it.
func (a *app) probe(ctx context.Context, fixer *fixes.Fixer, plan kube.DebugPlan, output string) error {
	evidence, err := fixer.Cluster.Probe(ctx, plan, time.Now())
	if err != nil {
		return err
	}
	if err := fixer.Evidence.Add(fixer.Cluster, evidence); err != nil {
		return err
	}
	return a.writeSeen(evidence, evidence.Facts(), output)
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
