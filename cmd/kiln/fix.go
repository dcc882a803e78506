package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"kiln/fixes"
	"kiln/kube"
	"kiln/scanners"
)

type fixOptions struct {
	object  string
	output  string
	dryRun  bool
	yes     bool
	answers []string
	// leave are the fields that stay with their managers.
	leave []string
	words fixes.Options
	wait  rolloutWait
	// files are the manifests to fix in place of the cluster's objects.
	files []string
	all   bool
	// to is the folder to export to.
	to string
}

func newFix(a *app) *cobra.Command {
	o := fixOptions{}
	cmd := &cobra.Command{
		Use:   "fix CHECK|FINDING-ID...",
		Short: "Preview a fix as the server's own diff, and apply it",
		Example: `  kiln fix pod/privileged -n shop --object Deployment/web --dry-run
  kiln fix pod/privileged -n shop --object Deployment/web --yes
  kiln fix pod/run-as-root -n shop --object Deployment/web --answer uid=1000
  kiln fix 3f2a9c01d4e5 -o patch > patch.yaml
  kiln fix -f deploy/ --all --dry-run        # manifests in place of a cluster`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 && !o.all {
				return usageErrorf("kiln fix takes checks or finding IDs, such as pod/privileged; 'kiln scan' lists both")
			}
			return nil
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return checkIDs(a.checks), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(o.files) > 0 || o.all {
				return a.fixFiles(cmd.Context(), args, o)
			}
			return a.fix(cmd.Context(), args, o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.object, "object", "", "only this object, as KIND/NAME")
	f.StringArrayVarP(&o.files, "filename", "f", nil, "fix a manifest, a folder of them, or - for standard input, in place of the cluster's objects; may be repeated")
	f.BoolVar(&o.all, "all", false, "with -f, fix all that can be fixed")
	f.BoolVar(&o.dryRun, "dry-run", false, "only show what would change")
	f.StringVarP(&o.output, "output", "o", "diff", "diff, patch (for the source of truth) or json")
	f.StringVar(&o.to, "to", "", "with -o patch, a new folder for the patches, with a kustomization.yaml and a README.md that says where each belongs")
	f.BoolVarP(&o.yes, "yes", "y", false, "apply without asking")
	f.StringArrayVar(&o.answers, "answer", nil, "KEY=VALUE, the answer to a question that --dry-run shows; may be repeated")
	f.StringArrayVar(&o.words.Take, "take", nil, "take over this field from the manager that declared it, as --dry-run names it; may be repeated")
	f.StringArrayVar(&o.leave, "leave", nil, "leave this field to its manager; may be repeated")
	o.wait.addFlag(f)
	f.BoolVar(&o.words.TakeOver, "force-conflicts", false, "take over all fields that other managers have declared")
	f.BoolVar(&o.words.Stopgap, "stopgap", false, "change objects that Helm, Argo CD or Flux own, until the owner puts its values back")
	return cmd
}

// writes says whether anything is to be applied.
func (o fixOptions) writes() bool { return !o.dryRun && o.output != "patch" }

// proposal is one finding on its way to being fixed.
type proposal struct {
	finding scanners.Finding
	// answers are those that were given when asked.
	answers fixes.Answers
	preview fixes.Preview
	// takeovers are the fields that change hands, those that are left too.
	takeovers []fixes.Takeover
	entry     *fixes.Entry
	err       error
}

func (a *app) fix(ctx context.Context, args []string, o fixOptions) error {
	if !slices.Contains([]string{"diff", "patch", "json"}, o.output) {
		return usageErrorf("--output: unknown format %q: use diff, patch or json", o.output)
	}
	if o.to != "" && o.output != "patch" {
		return usageErrorf("--to is where -o patch writes: say both")
	}
	answers, err := parseAnswers(o.answers)
	if err != nil {
		return err
	}
	wanted, err := a.wantedChecks(args)
	if err != nil {
		return err
	}
	fixer, err := a.fixer(ctx)
	if err != nil {
		return err
	}
	inv, err := kube.Collect(ctx, fixer.Cluster, kube.CollectOptions{Namespace: a.namespace()}, nil)
	if err != nil {
		return err
	}
	findings, err := choose(scanners.Evaluate(wanted, inv), args, a.namespace(), o.object)
	if err != nil {
		return err
	}
	planner := newPlanner(fixer, inv, answers)
	planner.leave = o.leave
	proposals, err := a.proposeAll(ctx, planner, findings, o)
	if err != nil {
		return err
	}
	if o.output == "diff" {
		a.showBatch(proposals)
		a.showProposals(proposals)
	}
	if o.writes() {
		if err := a.confirm(o, proposals); err != nil {
			return err
		}
		applyAll(ctx, planner, proposals, inBatch(proposals, o.words))
	}
	return errors.Join(a.fixOutcome(proposals, o), a.awaitRollouts(ctx, fixer, entriesOf(proposals), o.wait))
}

// fixer opens the cluster and the journal, and tells of what an interrupted
// kiln has left behind.
func (a *app) fixer(ctx context.Context) (*fixes.Fixer, error) {
	cluster, err := a.connect(ctx)
	if err != nil {
		return nil, err
	}
	journal, err := openJournal()
	if err != nil {
		return nil, err
	}
	evidence, err := openEvidence()
	if err != nil {
		return nil, err
	}
	fixer := &fixes.Fixer{Cluster: cluster, Journal: journal, Evidence: evidence}
	open, err := fixer.Recover(ctx)
	if err != nil {
		return nil, fmt.Errorf("looking through the journal: %w", err)
	}
	tellRecoveries(a.err, open)
	return fixer, nil
}

func openJournal() (*fixes.Journal, error) {
	dir, err := fixes.JournalDir()
	if err != nil {
		return nil, err
	}
	return fixes.OpenJournal(dir)
}

// wantedChecks are the checks to run: those named, or all where a finding's ID
// is given.
func (a *app) wantedChecks(args []string) ([]scanners.Check, error) {
	var wanted []scanners.Check
	for _, arg := range args {
		if !strings.Contains(arg, "/") {
			return a.checks, nil
		}
		c, err := findCheck(a.checks, arg)
		if err != nil {
			return nil, err
		}
		wanted = append(wanted, c)
	}
	return wanted, nil
}

// choose picks the findings that the arguments mean. Each argument has to
// mean one at least.
func choose(results []scanners.CheckResult, args []string, namespace, object string) ([]scanners.Finding, error) {
	var chosen []scanners.Finding
	for _, arg := range args {
		found := false
		for _, r := range results {
			for _, f := range r.Findings {
				// Without an object's name, what is accepted or the cluster's own stays.
				named := f.ID == arg || f.Check == arg && (object != "" || !f.System && !f.Accepted.Holds())
				inScope := (namespace == "" || f.Object.Namespace == namespace || f.Object.Namespace == "" && f.Object.Name == namespace || f.ID == arg) &&
					(object == "" || f.Object.Matches(object))
				if named && inScope {
					found = true
					chosen = append(chosen, f)
				}
			}
		}
		if !found {
			return nil, noFinding(results, arg, object)
		}
	}
	return chosen, nil
}

func noFinding(results []scanners.CheckResult, arg, object string) error {
	for _, r := range results {
		if r.Check.ID == arg && r.Status == scanners.NotKnown {
			return fmt.Errorf("%s could not be assessed: %s", arg, r.Reason)
		}
	}
	where := ""
	if object != "" {
		where = " on " + object
	}
	return fmt.Errorf("no finding %s%s: it is fixed already, or 'kiln scan' names it otherwise", arg, where)
}

// confirm asks on a terminal; elsewhere --yes is the only word that counts.
func (a *app) confirm(o fixOptions, proposals []proposal) error {
	ready := countReady(proposals)
	if o.yes || ready == 0 {
		return nil
	}
	return a.ask(fmt.Sprintf("Apply %d fix(es)?", ready))
}

var errNotConfirmed = errors.New("nothing was changed: say --yes to apply, or --dry-run to only look")

func (a *app) ask(question string) error {
	if !a.interactive() {
		return errNotConfirmed
	}
	fmt.Fprintf(a.err, "%s [y/N] ", question)
	answer, err := a.lines().ReadString('\n')
	if err != nil && err != io.EOF {
		return fmt.Errorf("reading the answer: %w", err)
	}
	if !slices.Contains([]string{"y", "yes"}, strings.ToLower(strings.TrimSpace(answer))) {
		return errNotConfirmed
	}
	return nil
}

// lines reads the input by lines, always through the same buffer: it may hold
// the answers to later questions already.
func (a *app) lines() *bufio.Reader {
	if a.input == nil {
		a.input = bufio.NewReader(a.in)
	}
	return a.input
}
