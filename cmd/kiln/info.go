package main

import (
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"kiln/fixes"
	"kiln/themes"
	"kiln/tui"
)

func newInfo(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "info",
		Short: "Show what kiln would use: context, kubeconfig, and every path",
		Args:  noArguments,
		RunE: func(*cobra.Command, []string) error {
			t := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
			fmt.Fprintf(t, "Version:\t%s (%s)\n", version, runtime.Version())
			access := a.flags.ToRawKubeConfigLoader().ConfigAccess()
			fmt.Fprintf(t, "Kubeconfig:\t%s\n", strings.Join(access.GetLoadingPrecedence(), ", "))
			context, contexts := a.contexts()
			fmt.Fprintf(t, "Context:\t%s\n", context)
			fmt.Fprintf(t, "Contexts:\t%s\n", contexts)
			files, err := a.files()
			if err != nil {
				return err
			}
			for _, f := range files {
				fmt.Fprintf(t, "%s:\t%s\n", f.What, f.Path)
			}
			fmt.Fprintf(t, "Checks:\t%d\n", len(a.checks))
			return t.Flush()
		},
	}
}

// files are all files and folders of kiln's own, whether they are there yet or
// not.
func (a *app) files() ([]tui.File, error) {
	state, err := fixes.StateDir()
	if err != nil {
		return nil, err
	}
	crashes, err := crashFolder()
	if err != nil {
		return nil, err
	}
	screen, err := tui.Files()
	if err != nil {
		return nil, err
	}
	return append([]tui.File{
		{What: "Configuration", Path: orDash(a.configPath())},
		{What: "Journal", Path: filepath.Join(state, "journal")},
		{What: "Container probes", Path: filepath.Join(state, "evidence")},
		{What: "Node probes", Path: filepath.Join(state, "nodes")},
		{What: "Crash reports", Path: crashes},
		{What: "Skins", Path: themes.Folder()},
	}, screen...), nil
}

// contexts reads the kubeconfig without asking any server.
func (a *app) contexts() (current, all string) {
	config, err := a.flags.ToRawKubeConfigLoader().RawConfig()
	if err != nil {
		return "-", err.Error()
	}
	names := make([]string, 0, len(config.Contexts))
	for name := range config.Contexts {
		names = append(names, name)
	}
	slices.Sort(names)
	current = config.CurrentContext
	if *a.flags.Context != "" {
		current = *a.flags.Context
	}
	return orDash(current), orDash(strings.Join(names, ", "))
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

func newVersion(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print kiln's version",
		Args:  noArguments,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintf(a.out, "kiln %s (%s, %s/%s)\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
}
