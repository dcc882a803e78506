package main

import (
	"errors"
	"testing"

	"kiln/scanners"
)

// What is accepted, or the cluster's own, doesn't break a pipeline, unless it is
// asked to.
func TestWhatFailsAScan(t *testing.T) {
	for name, tt := range map[string]struct {
		finding scanners.Finding
		options scanOptions
		fails   bool
	}{
		"bad enough":                      {scanners.Finding{Severity: scanners.High}, scanOptions{}, true},
		"worse":                           {scanners.Finding{Severity: scanners.Critical}, scanOptions{}, true},
		"not bad enough":                  {scanners.Finding{Severity: scanners.Medium}, scanOptions{}, false},
		"accepted":                        {scanners.Finding{Severity: scanners.High, Accepted: &scanners.Acceptance{}}, scanOptions{}, false},
		"no longer accepted":              {scanners.Finding{Severity: scanners.High, Accepted: &scanners.Acceptance{Expired: true}}, scanOptions{}, true},
		"the cluster's own":               {scanners.Finding{Severity: scanners.High, System: true}, scanOptions{}, false},
		"the cluster's own, and asked to": {scanners.Finding{Severity: scanners.High, System: true}, scanOptions{system: true}, true},
	} {
		results := []scanners.CheckResult{{Status: scanners.Fail, Findings: []scanners.Finding{tt.finding}}}
		var outcome *outcomeError
		err := verdict(results, nil, scanners.High, tt.options)
		if failed := errors.As(err, &outcome) && outcome.code == exitFindings; failed != tt.fails {
			t.Errorf("%s: %v", name, err)
		}
		if err := verdict(results, nil, 0, tt.options); err != nil {
			t.Errorf("%s, without --fail-on: %v", name, err)
		}
	}
}
