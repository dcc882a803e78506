package scantest

import (
	"strings"
	"testing"

	"kiln/kube"
	"kiln/scanners"
)

// Case is what a check says about some manifests.
type Case struct {
	Name      string
	Manifests string
	// Want are the findings, each as "path: message", in their usual order.
	Want []string
}

// Run tells each case as a subtest.
func Run(t *testing.T, check scanners.Check, cases []Case) {
	t.Helper()
	for _, c := range cases {
		t.Run(strings.TrimPrefix(check.ID, string(check.Layer)+"/")+"/"+c.Name, func(t *testing.T) {
			got := Findings(check, Files(t, c.Manifests))
			if g, w := strings.Join(got, "\n"), strings.Join(c.Want, "\n"); g != w {
				t.Errorf("found\n%s\nwant\n%s", g, w)
			}
		})
	}
}

// Findings are a check's findings as "path: message".
func Findings(check scanners.Check, inv *kube.Inventory) []string {
	var lines []string
	for _, f := range scanners.Evaluate([]scanners.Check{check}, inv)[0].Findings {
		lines = append(lines, f.Path+": "+f.Message)
	}
	return lines
}
