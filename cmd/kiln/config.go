package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/catalogue"
)

// configName is the configuration's name, in the working folder, where it can
// live beside the manifests, and in the user's.
const configName = "kiln.yaml"

// configure makes the checks as the configuration wants them. A broken one
// doesn't stop commands that do their work without it, such as undo.
func (a *app) configure(cmd *cobra.Command) error {
	need := needOfConfig(cmd)
	path := a.configPath()
	if path == "" {
		return nil
	}
	text, err := os.ReadFile(path)
	if err == nil {
		err = a.take(path, text)
	} else {
		err = fmt.Errorf("reading the configuration: %w", err)
	}
	if err == nil || need == needs {
		return err
	}
	if need == ignores {
		return nil
	}
	a.unconfigured = err
	a.settings.Contexts = scanners.ContextsOfBroken(text)
	fmt.Fprintf(a.err, "kiln: going on without the configuration: %s\n", kube.Clean(err.Error()))
	return nil
}

// take reads a configuration. Its errors say where and what to do.
func (a *app) take(path string, text []byte) error {
	config, err := scanners.ReadConfig(bytes.NewReader(text))
	checks := a.checks
	if err == nil {
		checks, err = catalogue.Configured(config)
	}
	if err == nil {
		a.settings, a.checks = config, checks
		return nil
	}
	place, why := path, err.Error()
	if line := scanners.ConfigLine(text, err); line > 0 {
		place, why = fmt.Sprintf("%s:%d", path, line), strings.Replace(why, fmt.Sprintf("line %d: ", line), "", 1)
	}
	return fmt.Errorf("%s: %s. Try: mend it, or --config FILE takes another one", place, why)
}

// need is what a command wants of the configuration.
type need int

const (
	needs need = iota
	goesWithout
	ignores
)

// needOfConfig is that of a command, or of the one that it is a part of.
func needOfConfig(cmd *cobra.Command) need {
	for cmd.HasParent() && cmd.Parent().HasParent() {
		cmd = cmd.Parent()
	}
	switch cmd.Name() {
	case "version", "completion", cobra.ShellCompRequestCmd, cobra.ShellCompNoDescRequestCmd:
		return ignores
	case "undo", "journal", "explain", "info", "act", "debug", "who-can", "what-can", "trace", "reach":
		return goesWithout
	}
	return needs
}

// debugImage is what a debug container runs. Which it may run isn't known
// without the configuration.
func (a *app) debugImage(wanted string) (string, error) {
	if a.unconfigured != nil {
		return "", fmt.Errorf("the configuration says what debug containers may run: %w", a.unconfigured)
	}
	return a.settings.Debug.ImageFor(wanted, kube.DebugImage)
}

// configPath is the configuration that counts; empty if there is none.
func (a *app) configPath() string {
	if a.config != "" {
		return a.config
	}
	candidates := []string{configName}
	if dir, err := os.UserConfigDir(); err == nil {
		candidates = append(candidates, filepath.Join(dir, "kiln", configName))
	}
	for _, path := range candidates {
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	return ""
}
