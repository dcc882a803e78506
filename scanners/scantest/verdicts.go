package scantest

import (
	"slices"
	"strings"
	"testing"

	"kiln/kube"
	"kiln/scanners"
)

// Verdict is one row of a check's table: what is there, and what it should find.
type Verdict struct {
	Name string
	// Objects are the YAML of a cluster, or of manifests if Files is set.
	Objects string
	Files   bool
	// Change edits the Inventory, for what YAML can't say.
	Change func(*kube.Inventory)
	// Want are the hits as Describe writes them.
	Want []string
	// Unknown is a part of the reason why the check can't tell; empty means
	// that it must be able to.
	Unknown string
}

// Judge tries a check on each case.
func Judge(t *testing.T, check scanners.Check, verdicts []Verdict) {
	t.Helper()
	for _, c := range verdicts {
		t.Run(check.ID+"/"+c.Name, func(t *testing.T) {
			inv := Cluster(t, c.Objects)
			if c.Files {
				inv = Files(t, c.Objects)
			}
			if c.Change != nil {
				c.Change(inv)
			}
			result := check.Find(inv)
			if got := Describe(result.Hits); !slices.Equal(got, c.Want) {
				t.Errorf("found\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(c.Want, "\n  "))
			}
			if (result.Unknown == "") != (c.Unknown == "") || !strings.Contains(result.Unknown, c.Unknown) {
				t.Errorf("unknown: %q, want %q", result.Unknown, c.Unknown)
			}
			wellWritten(t, result.Hits)
		})
	}
}

// wellWritten holds messages to the house's style.
func wellWritten(t *testing.T, hits []scanners.Hit) {
	t.Helper()
	for _, h := range hits {
		if h.Message == "" || strings.HasSuffix(h.Message, ".") {
			t.Errorf("the message %q is empty or ends in a full stop", h.Message)
		}
	}
}
