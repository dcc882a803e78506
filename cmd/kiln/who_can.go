package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"kiln/kube"
	"kiln/scanners/rbac"
)

// grantEntry is one grant in the output of 'kiln who-can' and 'kiln what-can'.
type grantEntry struct {
	Subject   string      `json:"subject"`
	Binding   kube.Ref    `json:"binding"`
	Role      string      `json:"role"`
	Namespace string      `json:"namespace"` // where it holds; empty for everywhere
	Builtin   bool        `json:"builtin"`
	Rules     []ruleEntry `json:"rules"`
}

type ruleEntry struct {
	From  string   `json:"from"`
	Index int      `json:"index"`
	Verbs []string `json:"verbs"`
	On    []string `json:"on"`
	Names []string `json:"names"`
}

func newWhoCan(a *app) *cobra.Command {
	output := "table"
	cmd := &cobra.Command{
		Use:   "who-can VERB RESOURCE [NAME]",
		Short: "List who may do something, by which binding and rule",
		Example: `  kiln who-can get secrets -n shop
  kiln who-can create pods/exec
  kiln who-can delete deployments.apps web -n shop`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) < 2 || len(args) > 3 {
				return usageErrorf("kiln who-can takes VERB RESOURCE [NAME], such as get secrets; %d given", len(args))
			}
			return checkOutput(output, "table", "json")
		},
		ValidArgsFunction: firstOf(knownVerbs),
		RunE:              func(cmd *cobra.Command, args []string) error { return a.whoCan(cmd.Context(), args, output) },
	}
	cmd.Flags().StringVarP(&output, "output", "o", output, "table or json")
	oneOf(cmd, "output", "table", "json")
	return cmd
}

func newWhatCan(a *app) *cobra.Command {
	output := "table"
	cmd := &cobra.Command{
		Use:   "what-can SUBJECT",
		Short: "List what a subject may do, by which binding and rule",
		Example: `  kiln what-can ServiceAccount:shop/default
  kiln what-can Group:system:authenticated`,
		Args: exactlyOne("SUBJECT", "ServiceAccount:shop/default"),
		RunE: func(cmd *cobra.Command, args []string) error {
			subject, err := rbac.ParseSubject(args[0])
			if err != nil {
				return usageErrorf("%v", err)
			}
			if err := checkOutput(output, "table", "json"); err != nil {
				return err
			}
			_, graph, read, err := a.graph(cmd.Context())
			if err != nil {
				return err
			}
			return a.writeGrants(graph.RulesOf(subject), output, subject.Phrase()+" may do nothing that a binding"+read+" gives")
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", output, "table or json")
	oneOf(cmd, "output", "table", "json")
	return cmd
}

func (a *app) whoCan(ctx context.Context, args []string, output string) error {
	cluster, graph, read, err := a.graph(ctx)
	if err != nil {
		return err
	}
	if !slices.Contains(knownVerbs(), args[0]) && !rbac.Constrained(args[0]) {
		fmt.Fprintf(a.err, "kiln: Kubernetes has no verb %q: if it isn't one of an extension, use one of %s\n", args[0], strings.Join(knownVerbs(), ", "))
	}
	access := rbac.Access{Verb: args[0], Namespace: a.namespace(), Name: strings.Join(args[2:], "")}
	if access.Group, access.Resource, err = resolveResource(cluster.Mapper, args[1]); err != nil {
		access.Resource = strings.ToLower(args[1])
	}
	if group, known := rbac.ImpersonationGroup(access.Verb, access.Resource); known {
		access.Group, err = group, nil
	}
	if err != nil {
		return err
	}
	who := graph.WhoCanSomewhere(access)
	if access.Namespace != "" {
		who = graph.WhoCan(access)
	}
	return a.writeGrants(who, output, "nobody may "+strings.Join(args, " ")+" by a binding"+read)
}

// knownVerbs are those that Kubernetes itself authorizes; extensions may check
// for others.
func knownVerbs() []string {
	return []string{
		"get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "use", "bind", "escalate", "impersonate",
		"approve", "sign", "attest", "*",
	}
}

// graph reads the cluster's roles and bindings, and warns of what is missing:
// read then limits what is said to those that could be read.
func (a *app) graph(ctx context.Context) (cluster *kube.Cluster, graph *rbac.Graph, read string, err error) {
	cluster, err = a.connect(ctx)
	if err != nil {
		return nil, nil, "", err
	}
	inv, err := kube.Collect(ctx, cluster, kube.CollectOptions{Only: rbac.Resources()}, nil)
	if err != nil {
		return nil, nil, "", err
	}
	for _, r := range rbac.Resources() {
		if gap, ok := inv.Gap(r); ok {
			fmt.Fprintf(a.err, "kiln: there may be more: %s: %s\n", r, gap.Reason)
			read = " that could be read"
		}
	}
	return cluster, rbac.NewGraph(inv), read, nil
}

// resolveResource finds a resource as kubectl does: by plural, singular or
// short name, with or without its group; a subresource follows a slash.
func resolveResource(mapper meta.RESTMapper, text string) (group, resource string, err error) {
	name, sub, hasSub := strings.Cut(text, "/")
	if name == "*" {
		return "*", text, nil
	}
	gvr, err := mapper.ResourceFor(schema.ParseGroupResource(strings.ToLower(name)).WithVersion(""))
	if err != nil {
		return "", "", fmt.Errorf("the server knows no resource %q: kubectl api-resources lists those it has", name)
	}
	if hasSub {
		return gvr.Group, gvr.Resource + "/" + sub, nil
	}
	return gvr.Group, gvr.Resource, nil
}

func (a *app) writeGrants(grants []rbac.Grant, output, nobody string) error {
	slices.SortStableFunc(grants, func(x, y rbac.Grant) int { return strings.Compare(x.Subject.String(), y.Subject.String()) })
	entries := make([]grantEntry, 0, len(grants))
	for _, g := range grants {
		entries = append(entries, entryOf(g))
	}
	switch {
	case output == "json":
		return writeJSON(a.out, entries)
	case len(entries) == 0:
		fmt.Fprintln(a.err, nobody)
		return nil
	}
	t := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "SUBJECT\tWHERE\tBINDING\tROLE\tRULES")
	for i, e := range entries {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", e.Subject, grants[i].Scope(), kube.Clean(e.Binding.Kind+"/"+e.Binding.Name), kube.Clean(e.Role), ruleText(e.Rules))
	}
	return t.Flush()
}

func entryOf(g rbac.Grant) grantEntry {
	e := grantEntry{Subject: kube.Clean(g.Subject.Phrase()), Binding: kube.RefOf(g.Binding), Role: g.Role(), Namespace: g.Namespace, Builtin: g.Builtin, Rules: []ruleEntry{}}
	for _, r := range g.Rules {
		on := slices.Concat(r.NonResourceURLs)
		for _, resource := range r.Resources {
			for _, group := range r.APIGroups {
				on = append(on, strings.TrimSuffix(resource+"."+group, "."))
			}
		}
		e.Rules = append(e.Rules, ruleEntry{From: kube.RefOf(r.From).String(), Index: r.Index, Verbs: r.Verbs, On: on, Names: append([]string{}, r.ResourceNames...)})
	}
	return e
}

// ruleText names a few rules in a table's cell.
func ruleText(rules []ruleEntry) string {
	const most = 3
	var texts []string
	for _, r := range rules[:min(most, len(rules))] {
		texts = append(texts, fmt.Sprintf("rules[%d]: %s %s", r.Index, strings.Join(r.Verbs, ","), strings.Join(r.On, ",")))
	}
	if len(rules) > most {
		texts = append(texts, fmt.Sprintf("and %d more", len(rules)-most))
	}
	return kube.Clean(strings.Join(texts, "; "))
}
