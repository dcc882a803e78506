package tui

import (
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	tea "charm.land/bubbletea/v2"

	"kiln/fixes"
	"kiln/kube"
	"kiln/scanners"
)

// copy puts text into the clipboard, over SSH too (OSC 52).
func (a *App) copy(text string) tea.Cmd {
	text = kube.Clean(text)
	a.flash(info, "copied "+text)
	return tea.SetClipboard(text)
}

// check finds a check by its ID; an unknown one has only that.
func (a *App) check(id string) scanners.Check {
	for _, c := range a.opts.Checks {
		if c.ID == id {
			return c
		}
	}
	return scanners.Check{ID: id, Title: id}
}

// savedMsg says where something was written, or why not.
type savedMsg struct {
	path string
	err  error
}

// save writes the listed findings to a CSV file, but for those that are gone.
func (v *findingsView) save() tea.Cmd {
	findings := make([]*scanners.Finding, 0, v.table.rows)
	for row := range v.table.rows {
		if f := v.finding(row); !v.app.live.marks.isGone(f) {
			findings = append(findings, f)
		}
	}
	if len(findings) == 0 {
		v.app.flash(info, "there is no finding here to save")
		return nil
	}
	name := "kiln-findings-" + v.app.now().Format("20060102-150405") + ".csv"
	return v.app.start(nil, "saving", func(context.Context) tea.Msg {
		path, err := writeCSV(name, findings)
		return savedMsg{path, err}
	})
}

func (a *App) onSaved(msg savedMsg) {
	if msg.err != nil {
		a.flash(failure, msg.err.Error())
		return
	}
	a.flash(info, "saved to "+msg.path)
}

func writeCSV(name string, findings []*scanners.Finding) (string, error) {
	file, err := createHere(name)
	if err != nil {
		return "", err
	}
	out := csv.NewWriter(file)
	_ = out.Write([]string{"severity", "check", "kind", "name", "container", "namespace", "message", "fix", "owner", "accepted", "id"})
	for _, f := range findings {
		_ = out.Write(csvSafe(f.Severity.String(), f.Check, f.Object.Kind, f.Object.Name, f.Container, f.Object.Namespace, f.Message, string(f.Fix), ownerText(f), acceptanceText(f.Accepted), f.ID))
	}
	out.Flush()
	if err := out.Error(); err != nil {
		_ = file.Close()
		return "", fmt.Errorf("writing %s: %w", name, err)
	}
	return file.Name(), file.Close()
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

// createHere makes a new file that only the user may read: in the working
// directory, or where that can't be written in kiln's state folder.
func createHere(name string) (*os.File, error) {
	const flags = os.O_WRONLY | os.O_CREATE | os.O_EXCL
	here, err := filepath.Abs(name)
	if err == nil {
		var file *os.File
		if file, err = os.OpenFile(here, flags, 0o600); err == nil {
			return file, nil
		}
	}
	dir, stateErr := exportsFolder()
	if stateErr != nil {
		return nil, fmt.Errorf("saving %s: %w", name, err)
	}
	return os.OpenFile(filepath.Join(dir, name), flags, 0o600)
}

// folderHere makes a new folder in the place where createHere makes files.
func folderHere(name string) (string, error) {
	here, err := filepath.Abs(name)
	if err == nil {
		if err = os.Mkdir(here, 0o700); err == nil {
			return here, nil
		}
	}
	dir, stateErr := exportsFolder()
	if stateErr != nil {
		return "", fmt.Errorf("saving %s: %w", name, err)
	}
	folder := filepath.Join(dir, name)
	return folder, os.Mkdir(folder, 0o700)
}

// exportsFolder makes the folder for files that can't be where kiln runs.
func exportsFolder() (string, error) {
	dir, err := exportsPath()
	if err != nil {
		return "", err
	}
	return dir, os.MkdirAll(dir, 0o700)
}

// exportsPath is in kiln's state folder.
func exportsPath() (string, error) {
	journal, err := fixes.JournalDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(filepath.Dir(journal), "exports"), nil
}
