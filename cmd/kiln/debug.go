package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"

	"kiln/fixes"
	"kiln/kube"
)

type debugOptions struct {
	kube.DebugOptions
	custom   string
	timeout  time.Duration
	keep     bool
	dryRun   bool
	yes      bool
	existing bool
	probe    bool
	mounts   []string
	output   string
	list     bool
	attach   string
	logs     string
	endAfter bool
	end      string
	command  []string
}

func newDebug(a *app) *cobra.Command {
	o := debugOptions{}
	cmd := &cobra.Command{
		Use:   "debug POD|KIND/NAME [-- COMMAND...]",
		Short: "Look into a container, from an ephemeral container beside it",
		Long: `Adds an ephemeral container that sees the processes of one of the pod's, opens
a shell in it, and ends it with the shell. The server is asked first, in a dry
run, whether it would take it. An ephemeral container can't be removed from its
pod again, only ended; kiln's end by themselves at the latest after --for.

Instead of a pod it takes what pods belong to: deploy/NAME, svc/NAME and the
like. With --probe it opens no shell, but looks at how the container runs, or,
with node/NAME, at the machine, and keeps that for fixes and checks.`,
		Example: `  kiln debug web-5d9c7-x2x4q -n shop
  kiln debug web-5d9c7-x2x4q -c api --profile restricted --yes -- ps
  kiln debug deploy/web -n shop
  kiln debug --list -A
  kiln debug deploy/web --probe --yes
  kiln debug node/worker-1 --probe
  kiln debug web-5d9c7-x2x4q --end all`,
		Args: func(cmd *cobra.Command, args []string) error { return o.take(cmd, args) },
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.list {
				return a.listDebug(cmd.Context())
			}
			if node, isNode := strings.CutPrefix(args[0], nodeArgument); isNode {
				return a.probeNode(cmd.Context(), node, o)
			}
			return a.debug(cmd.Context(), args[0], o)
		},
	}
	f := cmd.Flags()
	f.StringVarP(&o.Target, "container", "c", "", "the container to look into; the pod's default one without it")
	f.StringVar(&o.Image, "image", "", "the debug container's image (default "+kube.DebugImage+", or what the configuration says)")
	f.StringVar(&o.Profile, "profile", "", strings.Join(kube.DebugProfiles(), ", ")+" (default what the namespace's Pod Security level suggests)")
	f.StringVar(&o.custom, "custom", "", "a `file` with a partial container, in YAML or JSON, merged over the profile")
	f.DurationVar(&o.Lasts, "for", time.Hour, "how long the debug container may last")
	f.DurationVar(&o.timeout, "timeout", time.Minute, "how long to wait for it to start")
	f.BoolVar(&o.keep, "keep", false, "let it run on after the shell, to come back with --attach")
	f.BoolVar(&o.dryRun, "dry-run", false, "only show what would be added")
	f.BoolVarP(&o.yes, "yes", "y", false, "add it without asking")
	f.BoolVar(&o.existing, "existing", false, "a shell in the container itself, without a debug container")
	f.StringVar(&o.attach, "attach", "", "a shell in a debug `container` that runs already")
	f.BoolVar(&o.endAfter, "end-after", false, "with --attach: end it with the shell")
	f.StringVar(&o.logs, "logs", "", "the log of one of the pod's debug `containers` by its name, or of all, ended ones too")
	f.StringVar(&o.end, "end", "", "end one of the pod's debug `containers` by its name, or all")
	f.BoolVar(&o.probe, "probe", false, "instead of a shell, look at how the container runs, and keep that as evidence; it only reads")
	f.StringArrayVar(&o.mounts, "mount", nil, "with --probe of a node: one more `folder` of it to mount, read-only")
	f.StringVarP(&o.output, "output", "o", "text", "the format of what a probe saw: text, json or yaml")
	f.BoolVar(&o.list, "list", false, "list kiln's debug containers that run")
	oneOf(cmd, "profile", kube.DebugProfiles()...)
	oneOf(cmd, "output", "text", "json", "yaml")
	return cmd
}

// take checks the arguments, and splits off the command behind "--".
func (o *debugOptions) take(cmd *cobra.Command, args []string) error {
	if dash := cmd.ArgsLenAtDash(); dash >= 0 {
		args, o.command = args[:dash], args[dash:]
	}
	switch {
	case o.list && len(args) > 0:
		return usageErrorf("kiln debug --list takes no pod; -n limits it to a namespace")
	case !o.list && len(args) != 1:
		return usageErrorf("kiln debug takes one pod; 'kiln debug --help' has examples")
	case o.probe && len(o.command) > 0:
		return usageErrorf("--probe runs a command of its own")
	case !o.list && strings.HasPrefix(args[0], nodeArgument) && !o.probe:
		return usageErrorf("on a node kiln opens no shell: --probe looks at it")
	case len(o.mounts) > 0 && (o.list || !strings.HasPrefix(args[0], nodeArgument)):
		return usageErrorf("--mount is for probes of nodes")
	case o.Lasts < time.Second:
		return usageErrorf("--for: %s is too short", o.Lasts)
	case o.Profile != "" && !slices.Contains(kube.DebugProfiles(), o.Profile):
		return usageErrorf("--profile: unknown profile %q: use %s", o.Profile, strings.Join(kube.DebugProfiles(), ", "))
	}
	return checkOutput(o.output, "text", "json", "yaml")
}

// adds says that a debug container is wanted which isn't there yet.
func (o debugOptions) adds() bool {
	return o.logs == "" && o.end == "" && o.attach == "" && !o.existing
}

// debug does what the options ask for on one pod.
func (a *app) debug(ctx context.Context, name string, o debugOptions) error {
	if o.custom != "" {
		var err error
		if o.Custom, err = os.ReadFile(o.custom); err != nil {
			return fmt.Errorf("reading the custom profile: %w", err)
		}
	}
	if o.adds() {
		var err error
		if o.Image, err = a.debugImage(o.Image); err != nil {
			return err
		}
	}
	fixer, err := a.fixer(ctx)
	if err != nil {
		return err
	}
	a.reapNodeProbes(ctx, fixer)
	cluster := fixer.Cluster
	pod, err := a.choosePod(ctx, cluster, name)
	if err != nil {
		return err
	}
	ref := kube.Ref{APIVersion: "v1", Kind: "Pod", Namespace: pod.Namespace, Name: pod.Name}
	switch {
	case o.logs != "":
		return a.debugLogs(ctx, cluster, pod, o.logs)
	case o.end != "":
		return a.endDebug(ctx, cluster, pod, o.end)
	case o.attach != "":
		if o.endAfter {
			defer a.endQuietly(ctx, cluster, ref, o.attach)
		}
		return a.shell(ctx, cluster, ref, o.attach, o.command)
	case o.existing:
		return a.existing(ctx, cluster, pod, o)
	}
	return a.newSession(ctx, fixer, pod, o)
}

// newSession adds a debug container, opens a shell in it, and ends it.
func (a *app) newSession(ctx context.Context, fixer *fixes.Fixer, pod *corev1.Pod, o debugOptions) error {
	if o.Profile == "" {
		var why string
		o.Profile, why = fixer.Cluster.SuggestProfile(ctx, pod)
		fmt.Fprintf(a.err, "profile %s, since %s (--profile takes another one)\n", o.Profile, why)
	}
	plan, err := kube.PlanDebug(pod, o.DebugOptions, time.Now())
	if err != nil {
		return fmt.Errorf("no debug container for pod %s: %w", pod.Name, err)
	}
	after, err := fixer.Cluster.CheckDebug(ctx, pod, plan, o.DebugOptions)
	if err != nil {
		return err
	}
	preview, err := plan.YAML()
	if err != nil {
		return err
	}
	fmt.Fprintf(a.err, "A patch of the ephemeralcontainers of %s, which the server accepts:\n\n%s\nIt can't be removed from the pod again, only ended; it ends at %s at the latest.\n",
		plan.Pod, preview, plan.Until.Local().Format("15:04:05"))
	if o.dryRun {
		return nil
	}
	if !o.yes {
		if err := a.ask(ctx, "Add it?"); err != nil {
			return err
		}
	}
	if _, err := fixer.Debug(ctx, plan, pod, after); err != nil {
		return err
	}
	return a.session(ctx, fixer, plan, o)
}

// session waits for the debug container and opens a shell. However that goes,
// the container doesn't outlive it, unless it is to be kept.
func (a *app) session(ctx context.Context, fixer *fixes.Fixer, plan kube.DebugPlan, o debugOptions) error {
	cluster, name := fixer.Cluster, plan.Container.Name
	waiting, cancel := context.WithTimeout(ctx, o.timeout)
	defer cancel()
	fmt.Fprintf(a.err, "waiting for %s\n", name)
	if err := cluster.WaitForDebug(waiting, plan, func(reason string) { fmt.Fprintf(a.err, "  %s\n", reason) }); err != nil {
		return err
	}
	if o.keep {
		defer fmt.Fprintf(a.err, "%s runs on: kiln debug %s -n %s --attach %[1]s, or --end %[1]s\n", name, plan.Pod.Name, plan.Pod.Namespace)
	} else {
		defer a.endQuietly(ctx, cluster, plan.Pod, name)
	}
	if o.probe {
		return a.probe(ctx, fixer, plan, o.output)
	}
	return a.shell(ctx, cluster, plan.Pod, name, o.command)
}

// endQuietly ends a debug container, even if ctx has been cancelled.
func (a *app) endQuietly(ctx context.Context, cluster *kube.Cluster, pod kube.Ref, name string) {
	if err := cluster.EndDebug(context.WithoutCancel(ctx), pod, name); err != nil {
		fmt.Fprintf(a.err, "kiln: %s\n", kube.Explain(err))
	}
}

// existing opens a shell in one of the pod's own containers.
func (a *app) existing(ctx context.Context, cluster *kube.Cluster, pod *corev1.Pod, o debugOptions) error {
	plan, err := kube.PlanDebug(pod, o.DebugOptions, time.Now()) // for the target's name
	if err != nil {
		return fmt.Errorf("no shell in pod %s: %w", pod.Name, err)
	}
	return a.shell(ctx, cluster, plan.Pod, plan.Container.TargetContainerName, o.command)
}
