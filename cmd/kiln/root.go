package main

import (
	"bufio"
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericclioptions"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/catalogue"
	"kiln/themes"
	"kiln/tui"
)

// streams are where a command reads and writes: results go to out, everything
// else to err.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// app is what all commands share.
type app struct {
	streams
	flags         *genericclioptions.ConfigFlags
	allNamespaces bool
	readOnly      bool
	config        string
	settings      scanners.Config
	checks        []scanners.Check
	// unconfigured is why the command goes on without the configuration that
	// there is.
	unconfigured error
	// buffered is in, once somebody has read from it: see input.
	buffered *bufio.Reader
}

// connect opens the cluster that the flags mean.
func (a *app) connect(ctx context.Context) (*kube.Cluster, error) {
	cluster, err := kube.Connect(ctx, a.flags, kube.NewGate(a.readOnly))
	if cluster != nil && a.settings.Context(cluster.Context).ReadOnly {
		cluster.Gate.SetReadOnly(true)
	}
	return cluster, err
}

func newRoot(io streams) *cobra.Command {
	a := &app{streams: io, flags: genericclioptions.NewConfigFlags(true), checks: catalogue.Checks()}
	root := &cobra.Command{
		Use:   "kiln",
		Short: "Find what is wrong with a Kubernetes cluster, understand it, fix it, undo it",
		Long: `kiln is a terminal UI for hardening a Kubernetes cluster by hand. Without a
command it opens on the current context.`,
		Args:          noArguments,
		SilenceErrors: true,
		SilenceUsage:  true,

		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return a.configure(cmd) },
	}
	root.SetIn(io.in)
	root.SetOut(io.out)
	root.SetErr(io.err)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usageErrorf("%v.%s\nTry '%s --help'.", err, nearFlag(cmd, err), cmd.CommandPath())
	})
	a.flags.AddFlags(root.PersistentFlags())
	root.PersistentFlags().Lookup("request-timeout").Usage = fmt.Sprintf("how long a request to the server may take, such as 10s; 0 means %s. Watches, logs and shells may take longer", kube.RequestLimit)
	root.PersistentFlags().Lookup("namespace").Usage = "the namespace to look at. Without it that is all of them, or the context's own where one object is named"
	root.PersistentFlags().BoolVar(&a.readOnly, "readonly", false, "refuse every write, in the transport")
	root.PersistentFlags().StringVar(&a.config, "config", "", "kiln's configuration; without it ./kiln.yaml, else the one in the configuration folder")
	root.PersistentFlags().BoolVarP(&a.allNamespaces, "all-namespaces", "A", false, "look at all namespaces, which is the default without -n")

	a.completeConnection(root)

	var options tui.Options
	root.Flags().StringVar(&options.Theme, "theme", "", "the skin: dark, light, one of kiln's others or of your own (default by the terminal's background)")
	var noLive, noMouse, plain bool
	root.Flags().BoolVar(&plain, "plain", false, "talk in lines, for screen readers: no redrawing, no colour, numbers to choose by")
	root.Flags().BoolVar(&noLive, "no-live", false, "don't follow the cluster after the scan; ctrl-r scans again")
	root.Flags().BoolVar(&noMouse, "no-mouse", false, "leave the mouse to the terminal, to select text with")
	root.Flags().StringVarP(&options.Command, "command", "c", "", "the view to start with, as typed after ':'")
	oneOf(root, "theme", themes.Names()...)
	complete(root, "command", cobra.NoFileCompletions)
	root.RunE = func(cmd *cobra.Command, _ []string) error {
		switch {
		case plain:
		case !a.hasScreen():
			return a.noTerminal(cmd.Context())
		case !canDraw():
			return dumbTerminal()
		}
		options.Flags, options.Namespace, options.ReadOnly = a.flags, a.namespace(), a.readOnly
		options.Checks, options.Settings, options.Version = a.checks, a.settings, version
		options.Live = !noLive && (a.settings.Live == nil || *a.settings.Live)
		options.Mouse = !noMouse && (a.settings.Mouse == nil || *a.settings.Mouse)
		if plain {
			return tui.RunPlain(cmd.Context(), options, a.in, a.out)
		}
		return tui.Run(cmd.Context(), options)
	}
	addGroup(root, "Find and understand:", newScan(a), newChecks(a), newExplain(a))
	addGroup(root, "Fix and undo:", newFix(a), newUndo(a), newJournal(a), newGuard(a), newAct(a))
	addGroup(root, "Look closer:", newDebug(a), newTrace(a), newReach(a), newWhoCan(a), newWhatCan(a))
	root.AddCommand(newInfo(a), newVersion(a))
	completionWithoutArguments(root)
	noFileArguments(root)
	return root
}

// addGroup adds commands that the help lists together.
func addGroup(root *cobra.Command, title string, commands ...*cobra.Command) {
	root.AddGroup(&cobra.Group{ID: title, Title: title})
	for _, cmd := range commands {
		cmd.GroupID = title
		root.AddCommand(cmd)
	}
}

// noArguments refuses arguments as wrong usage, and says what was meant to be
// a command.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if !cmd.HasSubCommands() {
		return usageErrorf("%s takes no arguments, got %q.\nTry '%s --help'.", cmd.CommandPath(), args[0], cmd.CommandPath())
	}
	return usageErrorf("unknown command %q.%s\nTry '%s --help'.", args[0], nearCommand(cmd, args[0]), cmd.CommandPath())
}
