package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
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
	switch output {
	case "json":
		return writeJSON(a.out, evidence)
	case "yaml":
		return writeYAML(a.out, evidence)
	}
	return a.writeEvidence(evidence)
}

// openEvidence opens the evidence, beside the journal.
func openEvidence() (*kube.EvidenceStore, error) {
	journal, err := fixes.JournalDir()
	if err != nil {
		return nil, err
	}
	return kube.OpenEvidence(filepath.Join(filepath.Dir(journal), "evidence"))
}

// writeEvidence writes it for people, a fact per line.
func (a *app) writeEvidence(e kube.Evidence) error {
	t := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	fact := func(name string, lines ...string) {
		if len(lines) == 0 {
			lines = []string{"none seen"}
		}
		for i, line := range lines {
			if i > 0 {
				name = ""
			}
			fmt.Fprintf(t, "%s\t%s\n", name, line)
		}
	}
	fact("CONTAINER", e.Container+" of "+e.Pod.String()+", running since "+e.Started.Local().Format("2006-01-02 15:04:05"))
	fact("RUNS AS", fmt.Sprintf("user %d, group %d", e.UID, e.GID))
	fact("CAPABILITIES", listOr(e.Effective, "none"))
	fact("BOUNDING SET", listOr(e.Bounding, "none"))
	fact("PRIVILEGES", map[bool]string{true: "can't grow (NoNewPrivs)", false: "can grow, by setuid programs"}[e.NoNewPrivs])
	fact("SECCOMP", e.Seccomp)
	fact("APPARMOR", listOr([]string{e.AppArmor}, "no label"))
	fact("WRITES TO", writtenLines(e)...)
	fact("SETUID", e.Setuid...)
	fact("SHELLS", e.Shells...)
	fact("PACKAGE MANAGERS", e.PackageManagers...)
	fact("LISTENS AT", socketLines(e)...)
	fact("CONNECTIONS", connectionLines(e)...)
	fact("TOKEN", map[bool]string{true: "mounted; whether it is used can't be seen", false: "not mounted"}[e.TokenMounted])
	if len(e.Unknown) > 0 {
		fact("UNKNOWN", e.Unknown...)
	}
	return t.Flush()
}

func listOr(names []string, none string) string {
	if text := strings.Join(names, ", "); text != "" {
		return text
	}
	return none
}

func writtenLines(e kube.Evidence) []string {
	var lines []string
	for _, w := range e.Written {
		where := "in the container's own file system"
		if w.Volume != "/" {
			where = "in the volume at " + w.Volume
		}
		lines = append(lines, fmt.Sprintf("%s (%d files, %s)", w.Path, w.Files, where))
	}
	return lines
}

func socketLines(e kube.Evidence) []string {
	var lines []string
	for _, s := range e.Listening {
		lines = append(lines, fmt.Sprintf("%d/%s (%s)", s.Port, s.Protocol, s.Address))
	}
	return lines
}

func connectionLines(e kube.Evidence) []string {
	var lines []string
	for _, c := range e.Connections {
		line := fmt.Sprintf("to port %d of %s", c.Port, c.Peer)
		if c.Inbound {
			line = fmt.Sprintf("from %s to port %d", c.Peer, c.Port)
		}
		lines = append(lines, line+": "+listOr(c.Who, "not a pod or service that is known"))
	}
	return lines
}
