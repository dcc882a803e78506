package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"kiln/fixes"
	"kiln/scanners"
)

type fixOptions struct {
	consent
	object  string
	output  string
	answers []string
	// leave are the fields that stay with their managers.
	leave []string
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
	o.addFlags(f)
	f.StringVar(&o.object, "object", "", "only this object, as KIND/NAME")
	f.StringArrayVarP(&o.files, "filename", "f", nil, "fix a manifest, a folder of them, or - for standard input, in place of the cluster's objects; may be repeated")
	f.BoolVar(&o.all, "all", false, "with -f, fix all that can be fixed")
	f.StringVarP(&o.output, "output", "o", "diff", "diff, patch (for the source of truth) or json")
	f.StringVar(&o.to, "to", "", "with -o patch, a new folder for the patches, with a kustomization.yaml and a README.md that says where each belongs")
	f.StringArrayVar(&o.answers, "answer", nil, "KEY=VALUE, the answer to a question that --dry-run shows; may be repeated")
	f.StringArrayVar(&o.words.Take, "take", nil, "take over this field from the manager that declared it, as --dry-run names it; may be repeated")
	f.StringArrayVar(&o.leave, "leave", nil, "leave this field to its manager; may be repeated")
	o.wait.addFlag(f)
	oneOf(cmd, "output", "diff", "patch", "json")
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
	if err := checkOutput(o.output, "diff", "patch", "json"); err != nil {
		return err
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
	fixer, inv, err := a.fixerAndInventory(ctx)
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
		if err := a.confirm(ctx, o, proposals); err != nil {
			return err
		}
		applyAll(ctx, planner, proposals, inBatch(proposals, o.words))
	}
	return errors.Join(a.fixOutcome(proposals, o), a.awaitRollouts(ctx, fixer, entriesOf(proposals), o.wait))
}
