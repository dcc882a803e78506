package main

import (
	"maps"
	"slices"

	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"kiln/scanners"
)

// completionWithoutArguments has cobra's own command refuse an unknown shell as
// wrong usage, where it would print its help and succeed.
func completionWithoutArguments(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	if completion, _, err := root.Find([]string{"completion"}); err == nil {
		completion.Args = noArguments
		completion.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	}
}

// noFileArguments keeps shells from completing arguments as files: only flags
// take those.
func noFileArguments(cmd *cobra.Command) {
	if cmd.ValidArgsFunction == nil {
		cmd.ValidArgsFunction = cobra.NoFileCompletions
	}
	for _, sub := range cmd.Commands() {
		noFileArguments(sub)
	}
}

// complete has a shell complete the values of a flag.
func complete(cmd *cobra.Command, flag string, values cobra.CompletionFunc) {
	if err := cmd.RegisterFlagCompletionFunc(flag, values); err != nil {
		panic(err) // there is no such flag: a mistake in the command's own file
	}
}

// oneOf has a shell complete a flag that takes one of a few words.
func oneOf(cmd *cobra.Command, flag string, words ...string) {
	complete(cmd, flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
}

// firstOf completes the first argument, and no other.
func firstOf(words func() []string) cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return words(), cobra.ShellCompDirectiveNoFileComp
	}
}

// completeConnection completes the flags that say which cluster is meant, and
// where in it.
func (a *app) completeConnection(root *cobra.Command) {
	complete(root, "context", a.namesOf(func(c clientcmdapi.Config) []string { return slices.Sorted(maps.Keys(c.Contexts)) }))
	complete(root, "cluster", a.namesOf(func(c clientcmdapi.Config) []string { return slices.Sorted(maps.Keys(c.Clusters)) }))
	complete(root, "user", a.namesOf(func(c clientcmdapi.Config) []string { return slices.Sorted(maps.Keys(c.AuthInfos)) }))
	complete(root, "namespace", a.namespaceNames)
}

// namesOf completes names of the kubeconfig.
func (a *app) namesOf(names func(clientcmdapi.Config) []string) cobra.CompletionFunc {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		config, err := a.flags.ToRawKubeConfigLoader().RawConfig()
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return names(config), cobra.ShellCompDirectiveNoFileComp
	}
}

func (a *app) namespaceNames(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	cluster, err := a.connect(cmd.Context())
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	list, err := cluster.Metadata.Resource(corev1.SchemeGroupVersion.WithResource("namespaces")).List(cmd.Context(), metav1.ListOptions{})
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	names := make([]string, 0, len(list.Items))
	for _, namespace := range list.Items {
		names = append(names, namespace.Name)
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// checkIDs completes IDs with their titles.
func checkIDs(checks []scanners.Check) []string {
	ids := make([]string, 0, len(checks))
	for _, c := range checks {
		ids = append(ids, c.ID+"\t"+c.Title)
	}
	return ids
}

// layerNames are the words that --layer takes.
func layerNames() []string {
	names := make([]string, 0, len(scanners.Layers()))
	for _, layer := range scanners.Layers() {
		names = append(names, string(layer))
	}
	return names
}

// severityNames are the words that --severity and --fail-on take.
func severityNames() []string {
	names := make([]string, 0, len(scanners.Severities()))
	for _, severity := range scanners.Severities() {
		names = append(names, severity.String())
	}
	return names
}
