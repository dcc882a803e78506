package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"kiln/scanners"
)

// writeReport writes a report in one of the formats.
type writeReport func(io.Writer, scanners.Report, []scanners.Check) error

func reportWriter(format string) (writeReport, error) {
	switch format {
	case "table":
		return writeTable, nil
	case "json":
		return func(w io.Writer, r scanners.Report, _ []scanners.Check) error { return writeReportJSON(w, r) }, nil
	case "yaml":
		return func(w io.Writer, r scanners.Report, _ []scanners.Check) error { return writeYAML(w, r) }, nil
	case "sarif":
		return writeSARIF, nil
	}
	return nil, checkOutput(format, "table", "json", "yaml", "sarif")
}

// writeReportJSON writes one finding after the other: a report of a large
// cluster has tens of thousands, and encoding it whole takes as much memory as
// the scan.
func writeReportJSON(w io.Writer, r scanners.Report) error {
	findings := r.Findings
	r.Findings = nil
	head, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	head, last := bytes.CutSuffix(head, []byte("null\n}"))
	if !last {
		return fmt.Errorf("findings must be the report's last field")
	}
	buffered := bufio.NewWriter(w)
	buffered.Write(head)
	separator := "[\n    "
	for i := range findings {
		finding, err := json.MarshalIndent(&findings[i], "    ", "  ")
		if err != nil {
			return err
		}
		buffered.WriteString(separator)
		buffered.Write(finding)
		separator = ",\n    "
	}
	if len(findings) == 0 {
		buffered.WriteString("[]\n}\n")
	} else {
		buffered.WriteString("\n  ]\n}\n")
	}
	return buffered.Flush()
}

// writeTable is for people: the findings, the checks that could not be
// judged, and how each layer stands.
func writeTable(w io.Writer, r scanners.Report, _ []scanners.Check) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	if len(r.Findings) > 0 {
		fmt.Fprintln(t, "SEVERITY\tCHECK\tNAMESPACE\tOBJECT\tMESSAGE\tFIX\tID")
	}
	for _, f := range r.Findings {
		object := f.Object.Kind + "/" + f.Object.Name
		if f.Source != nil {
			object = fmt.Sprintf("%s (%s:%d)", object, f.Source.File, f.Source.Line)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", f.Severity, f.Check, f.Object.Namespace, object, f.Message+accepted(f), f.Fix, f.ID)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	writeUnknown(w, r.Checks)
	return writeScores(w, r)
}

// aside tells of the findings that are accepted, and of those that are folded.
func aside(r scanners.Report) string {
	text := ""
	if r.Summary.Accepted > 0 {
		text += fmt.Sprintf("; %d of them accepted", r.Summary.Accepted)
	}
	listed := slices.ContainsFunc(r.Findings, func(f scanners.Finding) bool { return f.System })
	if r.Summary.System > 0 && !listed {
		text += fmt.Sprintf("; %d more about the cluster's own components (--system lists them)", r.Summary.System)
	}
	return text
}

// accepted says who accepted a finding, or that nobody does any more.
func accepted(f scanners.Finding) string {
	switch a := f.Accepted; {
	case a == nil:
		return ""
	case a.Expired:
		return fmt.Sprintf(" (was accepted until %s: %s)", a.Expires, a.Reason)
	case a.Expires != "":
		return fmt.Sprintf(" (accepted until %s: %s)", a.Expires, a.Reason)
	default:
		return fmt.Sprintf(" (accepted: %s)", a.Reason)
	}
}

func writeUnknown(w io.Writer, checks []scanners.CheckStatus) {
	byReason, order := map[string][]string{}, []string{}
	for _, c := range checks {
		if c.Status != scanners.NotKnown {
			continue
		}
		if byReason[c.Reason] == nil {
			order = append(order, c.Reason)
		}
		byReason[c.Reason] = append(byReason[c.Reason], c.ID)
	}
	if len(order) > 0 {
		fmt.Fprintln(w, "\nNot assessed:")
	}
	for _, reason := range order {
		fmt.Fprintf(w, "  %s\n    %s\n", strings.Join(byReason[reason], ", "), reason)
	}
}

func writeScores(w io.Writer, r scanners.Report) error {
	fmt.Fprintln(w)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "LAYER\tSCORE\tFINDINGS\tNOT ASSESSED")
	for _, layer := range scanners.Layers() {
		s, ok := r.Summary.ByLayer[layer]
		if !ok {
			continue
		}
		score := "-"
		if s.Score != nil {
			score = fmt.Sprintf("%d%%", *s.Score)
		}
		fmt.Fprintf(t, "%s\t%s\t%d\t%d\n", layer, score, s.Findings, s.Unknown)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "\n%d findings in %d objects, %.1f s%s\n", len(r.Findings), r.Summary.Objects, r.Seconds, aside(r))
	return err
}
