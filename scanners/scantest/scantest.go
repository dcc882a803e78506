// Package scantest makes Inventories for the tests of checks, from YAML as
// people write it.
package scantest

import (
	"strings"
	"testing"
	"time"

	"kiln/kube"
	"kiln/scanners"
)

// Today is when the Inventories of tests are taken.
var Today = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// Files reads manifests.
func Files(t testing.TB, manifests string) *kube.Inventory {
	t.Helper()
	inv, problems, err := kube.ReadManifests(kube.ManifestOptions{
		Paths: []string{"-"}, Stdin: strings.NewReader(manifests), Namespace: "default", Now: Today,
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("the test's manifest: %s", p)
	}
	return inv
}

// Cluster reads manifests and makes them look like the objects of a cluster.
func Cluster(t testing.TB, manifests string) *kube.Inventory {
	t.Helper()
	inv := Files(t, manifests)
	inv.Source = kube.Source{Context: "test", Server: "https://192.0.2.1:6443", Version: "v1.36.3"}
	return inv
}

// Unread is a cluster of which there is more of every kind than could be read.
func Unread(t testing.TB, manifests string) *kube.Inventory {
	t.Helper()
	inv, problems, err := kube.ReadManifests(kube.ManifestOptions{
		Paths: []string{"-"}, Stdin: strings.NewReader(manifests + "\n---\n{unreadable\n"), Namespace: "default", Now: Today,
	})
	if err != nil || len(problems) != 1 {
		t.Fatal(err, problems)
	}
	inv.Source = kube.Source{Context: "test", Server: "https://192.0.2.1:6443", Version: "v1.36.3"}
	return inv
}

// Describe writes each hit in one line: severity where it differs from the
// check's, object, path, key.
func Describe(hits []scanners.Hit) []string {
	lines := make([]string, 0, len(hits))
	for _, h := range hits {
		fields := []string{kube.RefOf(h.Object).String(), h.Path}
		if h.Key != "" {
			fields = append(fields, h.Key)
		}
		if h.Severity != 0 {
			fields = append(fields, h.Severity.String())
		}
		lines = append(lines, strings.Join(fields, " | "))
	}
	return lines
}
