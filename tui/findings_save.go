package tui

import (
	"context"
	"encoding/csv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"kiln/kube"
	"kiln/scanners"
)

// save writes the listed findings to a CSV file, but for those that are gone.
func (v *findingsView) save() tea.Cmd {
	findings := v.listed()
	if len(findings) == 0 {
		v.app.flash(info, "there is no finding here to save")
		return nil
	}
	name := "kiln-findings-" + v.app.now().Format("20060102-150405") + ".csv"
	return v.app.start(nil, "saving", func(context.Context) tea.Msg {
		path, err := writeText(name, findingsCSV(findings))
		return savedMsg{path, err}
	})
}

// findingsCSV is a table of findings, a line each.
func findingsCSV(findings []*scanners.Finding) string {
	var text strings.Builder
	out := csv.NewWriter(&text) // a Builder takes whatever is written
	_ = out.Write([]string{"severity", "check", "kind", "name", "container", "namespace", "message", "fix", "owner", "accepted", "id"})
	for _, f := range findings {
		_ = out.Write(csvSafe(f.Severity.String(), f.Check, f.Object.Kind, f.Object.Name, f.Container, f.Object.Namespace, f.Message, string(f.Fix), ownerText(f), acceptanceText(f.Accepted), f.ID))
	}
	out.Flush()
	return text.String()
}

// csvSafe keeps spreadsheets from taking text for a formula.
func csvSafe(fields ...string) []string {
	for i, f := range fields {
		f = kube.Clean(f)
		if f != "" && strings.ContainsRune("=+-@", rune(f[0])) {
			f = "'" + f
		}
		fields[i] = f
	}
	return fields
}
