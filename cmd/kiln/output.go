package main

import (
	"encoding/json"
	"io"
	"slices"
	"strings"

	sigsyaml "sigs.k8s.io/yaml"
)

// checkOutput refuses a format that a command doesn't have.
func checkOutput(format string, known ...string) error {
	if slices.Contains(known, format) {
		return nil
	}
	last := len(known) - 1
	return usageErrorf("--output: unknown format %q: use %s or %s", format, strings.Join(known[:last], ", "), known[last])
}

// listFormats are those of the commands that list something.
func listFormats() []string { return []string{"table", "json", "yaml"} }

// writeList writes a list in one of the listFormats.
func (a *app) writeList(format string, list any, table func() error) error {
	switch format {
	case "json":
		return writeJSON(a.out, list)
	case "yaml":
		return writeYAML(a.out, list)
	}
	return table()
}

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

func writeYAML(w io.Writer, v any) error {
	text, err := sigsyaml.Marshal(v)
	if err == nil {
		_, err = w.Write(text)
	}
	return err
}
