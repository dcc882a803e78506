package catalogue_test

import (
	"net/http"
	"slices"
	"testing"

	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/transport"

	"kiln/kube"
	"kiln/kube/kubetest"
	"kiln/scanners"
	"kiln/scanners/catalogue"
)

// TestNothingPassesThatCouldNotBeRead reads two clusters again and again, each
// time with the list of one resource spoilt in another way. No check may then
// pass that looks at it, nor one that doesn't say so: whatever passes has to
// pass when all can be read.
func TestNothingPassesThatCouldNotBeRead(t *testing.T) {
	for name, testbed := range map[string]*kubetest.Testbed{"vulnerable": kubetest.Cluster(t), "hardened": kubetest.Hardened(t)} {
		t.Run(name, func(t *testing.T) {
			testbed.Load(t, "../../testdata/clusters/"+name)
			between := &saboteur{said: map[string]remembered{}}
			cluster := connectThrough(t, testbed.Kubeconfig(), func(server http.RoundTripper) http.RoundTripper {
				between.server = server
				return between
			})
			whole, strikes := judge(t, cluster), 0
			for _, resource := range lookedAt() {
				for _, by := range sabotages() {
					between.spoil(resource, by)
					results := judge(t, cluster)
					if !between.hasStruck() {
						continue // it isn't served, or has one page
					}
					strikes++
					for id, result := range results {
						if complaint := complain(result, whole[id], resource); complaint != "" {
							t.Errorf("%s, %s: %s %s", resource, by.name, id, complaint)
						}
					}
				}
			}
			if strikes < 100 {
				t.Errorf("only %d lists were spoilt", strikes)
			}
		})
	}
}

// complain says what is wrong with a result when a resource couldn't be read.
func complain(result, whole scanners.CheckResult, unread kube.Resource) string {
	c := result.Check
	declared := slices.Contains(c.Needs, unread) || slices.Contains(c.Reads, unread)
	switch {
	case unread == kube.APIServerFlags:
		declared = false // static pods show them too
	case declared && result.Status == scanners.Pass:
		return "passes, though it looks at them"
	case declared && result.Reason == "":
		return "doesn't say what it could not read"
	case slices.Contains(c.Needs, unread) && len(result.Findings) > 0:
		return "finds something without what it needs"
	}
	if result.Status == scanners.Pass && whole.Status != scanners.Pass {
		return "passes, and is " + string(whole.Status) + " when they can be read: " + whole.Reason
	}
	return ""
}

// lookedAt are all resources that some check looks at.
func lookedAt() []kube.Resource {
	var all []kube.Resource
	for _, c := range catalogue.Checks() {
		all = slices.Concat(all, c.Needs, c.Reads, c.Hints)
	}
	slices.Sort(all)
	// The version is known since the connection was made.
	return slices.DeleteFunc(slices.Compact(all), func(r kube.Resource) bool { return r == kube.ServerVersion })
}

// connectThrough connects with a transport of the test's before the server's.
func connectThrough(t *testing.T, kubeconfig string, wrap transport.WrapperFunc) *kube.Cluster {
	t.Helper()
	flags := genericclioptions.NewConfigFlags(true)
	flags.KubeConfig = &kubeconfig
	flags.WrapConfigFn = func(config *rest.Config) *rest.Config {
		config.Wrap(wrap)
		return config
	}
	cluster, err := kube.Connect(t.Context(), flags, kube.NewGate(true))
	if err != nil {
		t.Fatal(err)
	}
	return cluster
}

func judge(t *testing.T, cluster *kube.Cluster) map[string]scanners.CheckResult {
	t.Helper()
	inv, err := kube.Collect(t.Context(), cluster, kube.CollectOptions{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	results := map[string]scanners.CheckResult{}
	for _, r := range scanners.Evaluate(catalogue.Checks(), inv) {
		results[r.Check.ID] = r
	}
	return results
}
