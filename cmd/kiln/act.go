package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"kiln/fixes"
	"kiln/kube"
	"kiln/scanners/rbac"
)

type actOptions struct {
	consent
	list  bool
	drain fixes.DrainOptions
}

func newAct(a *app) *cobra.Command {
	o := actOptions{}
	cmd := &cobra.Command{
		Use:   "act ACTION OBJECT",
		Short: "Do one of the things that can't wait: quarantine a pod, scale to zero, drain a node …",
		Example: `  kiln act --list
  kiln act quarantine pod/web-7c87549dcc-qtzgh -n shop
  kiln act scale-to-zero deployment/web -n shop --yes
  kiln act revoke ServiceAccount:shop/ci --dry-run
  kiln act drain node/node-1`,
		Args: func(_ *cobra.Command, args []string) error {
			if o.list && len(args) > 0 {
				return usageErrorf("--list takes no arguments, got %q", args[0])
			}
			if !o.list && len(args) != 2 {
				return usageErrorf("kiln act takes ACTION OBJECT, such as quarantine pod/web-1; 'kiln act --list' lists the actions")
			}
			return nil
		},
		ValidArgsFunction: firstOf(actionNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.list {
				return a.listActions()
			}
			return a.act(cmd.Context(), args[0], args[1], o)
		},
	}
	f := cmd.Flags()
	o.addFlags(f)
	f.BoolVar(&o.list, "list", false, "list the actions")
	f.BoolVar(&o.drain.Force, "force", false, "drain: evict also pods that nothing would replace")
	f.BoolVar(&o.drain.DeleteEmptyDirData, "delete-emptydir-data", false, "drain: evict also pods whose emptyDir data is lost with them")
	f.DurationVar(&o.drain.Timeout, "timeout", fixes.DrainTimeout, "drain: how long it may take")
	return cmd
}

// actionNames completes the actions with what they do.
func actionNames() []string {
	var names []string
	for _, action := range fixes.Actions() {
		names = append(names, action.Name+"\t"+action.Does)
	}
	return names
}

func (a *app) listActions() error {
	t := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "ACTION\tON\tDOES\tUNDO")
	for _, action := range fixes.Actions() {
		undo := "yes"
		if action.Lasting != "" {
			undo = "not all: " + action.Lasting
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", action.Name, strings.Join(action.On, ", "), action.Does, undo)
	}
	return t.Flush()
}

func (a *app) act(ctx context.Context, name, object string, o actOptions) error {
	action, err := fixes.FindAction(name)
	if err != nil {
		return usageErrorf("%v", err)
	}
	fixer, err := a.fixer(ctx)
	if err != nil {
		return err
	}
	ref, err := refOf(fixer.Cluster, object, a.namespace())
	if err != nil {
		return err
	}
	if ref.APIVersion != "" && ref.Kind != rbacv1.ServiceAccountKind { // bindings may name subjects that don't exist
		if _, err := fixer.Cluster.Read(ctx, ref); err != nil {
			return absent(err, strings.ToLower(ref.Kind), ref.Name, ref.Namespace)
		}
	}
	plan, err := fixer.Act(ctx, action, ref)
	if err != nil {
		return explainManual(err)
	}
	if action.Name == fixes.DrainAction {
		return a.drain(ctx, fixer, plan, o)
	}
	_, err = a.carryOut(ctx, fixer, plan, o.consent)
	return err
}

// drain cordons the node, if it isn't, and then evicts its pods.
func (a *app) drain(ctx context.Context, fixer *fixes.Fixer, plan fixes.Plan, o actOptions) error {
	node := plan.Finding.Object.Name
	if len(plan.Changes) > 0 {
		if entry, err := a.carryOut(ctx, fixer, plan, o.consent); err != nil || entry == nil {
			return err
		}
	} else {
		fmt.Fprintf(a.err, "%s, which is cordoned\n", plan.Title)
		for _, note := range plan.Notes {
			fmt.Fprintf(a.err, "  note: %s\n", note)
		}
		if o.dryRun {
			return nil
		}
		if !o.yes {
			if err := a.ask(ctx, "Evict its pods?"); err != nil {
				return err
			}
		}
	}
	entry, err := fixer.Drain(ctx, node, o.drain, a.tellDrain)
	if entry.ID != "" {
		fmt.Fprintf(a.err, "%s: %s\n", entry.ID, entry.State)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%w; the node stays cordoned: give it more time with --timeout", err)
	}
	return err
}

func (a *app) tellDrain(p fixes.DrainProgress) {
	pod := kube.Clean(p.Pod.String())
	if p.Gone {
		fmt.Fprintf(a.err, "%s is gone, %d of %d left\n", pod, p.Left, p.Total)
		return
	}
	fmt.Fprintf(a.err, "%s waits: %s\n", pod, p.Waiting)
}

// refOf reads KIND/NAME as kubectl does, short names included, and subjects
// as kiln writes them: ServiceAccount:shop/ci, User:jane.
func refOf(cluster *kube.Cluster, text, namespace string) (kube.Ref, error) {
	if namespace == "" {
		namespace = cluster.Namespace
	}
	kind, name, found := strings.Cut(text, "/")
	if strings.Contains(kind, ":") {
		subject, err := rbac.ParseSubject(text)
		if err != nil {
			return kube.Ref{}, usageErrorf("%v", err)
		}
		ref := kube.Ref{Kind: subject.Kind, Namespace: subject.Namespace, Name: subject.Name}
		if subject.Kind == rbacv1.ServiceAccountKind {
			ref.APIVersion = "v1"
		}
		return ref, nil
	}
	if !found || name == "" {
		return kube.Ref{}, usageErrorf("%q is no object: write KIND/NAME, such as pod/web-1", text)
	}
	gvk, err := cluster.Mapper.KindFor(schema.ParseGroupResource(strings.ToLower(kind)).WithVersion(""))
	if meta.IsNoMatchError(err) {
		return kube.Ref{}, fmt.Errorf("the server knows no kind %q: kubectl api-resources lists those it has", kind)
	}
	if err != nil {
		return kube.Ref{}, fmt.Errorf("finding the kind of %s: %w", text, err)
	}
	mapping, err := cluster.Mapper.RESTMapping(gvk.GroupKind(), gvk.Version)
	if err != nil {
		return kube.Ref{}, fmt.Errorf("finding the kind of %s: %w", text, err)
	}
	ref := kube.Ref{Kind: gvk.Kind, Name: name, Namespace: namespace}
	ref.APIVersion, _ = gvk.ToAPIVersionAndKind()
	if mapping.Scope.Name() == meta.RESTScopeNameRoot {
		ref.Namespace = ""
	}
	return ref, nil
}
