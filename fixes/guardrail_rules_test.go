package fixes

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/catalogue"
)

// guardConfig names what two of the rules ask for.
func guardConfig() scanners.Config {
	config := scanners.DefaultConfig()
	config.Registries = []string{"registry.example", "docker.io/library"}
	return config
}

// A rule refuses exactly the objects that its check finds something wrong
// with, on every manifest there is. Where it doesn't, its note says why.
func TestGuardRulesAgreeWithTheChecks(t *testing.T) {
	t.Parallel()
	checks, err := catalogue.Configured(guardConfig())
	if err != nil {
		t.Fatal(err)
	}
	inventories := guardInventories(t)
	for _, rule := range guardRules(guardConfig()) {
		t.Run(rule.check, func(t *testing.T) {
			t.Parallel()
			i := slices.IndexFunc(checks, func(c scanners.Check) bool { return c.ID == rule.check })
			if i < 0 {
				t.Fatal("there is no such check")
			}
			refusedAny := false
			for name, inv := range inventories {
				refusals, err := tryRule(t.Context(), rule, "", inv)
				if err != nil {
					t.Fatal(err)
				}
				var refused, found []string
				for _, r := range refusals {
					refused = append(refused, r.String())
				}
				for _, f := range scanners.Evaluate(checks[i:i+1], inv)[0].Findings {
					if !slices.Contains(systemNamespaces(), f.Object.Namespace) && !slices.Contains(found, f.Object.String()) {
						found = append(found, f.Object.String())
					}
				}
				slices.Sort(found)
				refusedAny = refusedAny || len(refused) > 0
				if more, less := missingFrom(refused, found), missingFrom(found, refused); len(more)+len(less) > 0 && rule.note == "" {
					t.Errorf("%s: refuses what the check doesn't find: %v\nlets pass what it finds: %v", name, more, less)
				}
			}
			if !refusedAny {
				t.Error("it refuses nothing anywhere: the agreement proves nothing")
			}
		})
	}
}

// missingFrom are the elements of a list that another one lacks.
func missingFrom(list, other []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(other, s) })
}

// guardInventories are the demo's clusters, and what no demo needs.
func guardInventories(t *testing.T) map[string]*kube.Inventory {
	t.Helper()
	dir := t.TempDir()
	for name, manifests := range map[string]string{"findings.yaml": vulnerable, "near.yaml": guardCases} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(manifests), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	inventories := map[string]*kube.Inventory{}
	for _, path := range []string{"../testdata/clusters/vulnerable", "../testdata/clusters/hardened", dir} {
		inv, problems, err := kube.ReadManifests(kube.ManifestOptions{Paths: []string{path}})
		if err != nil || len(problems) > 0 {
			t.Fatalf("%s: %v %v", path, problems, err)
		}
		inventories[strings.TrimPrefix(path, "../testdata/clusters/")] = inv
	}
	return inventories
}
