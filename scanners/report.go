package scanners

import (
	"slices"
	"time"

	"kiln/kube"
)

// Report is a scan as every output format shows it. Its JSON form is a
// contract (kiln/v1).
type Report struct {
	APIVersion string        `json:"apiVersion"`
	Kind       string        `json:"kind"`
	Source     kube.Source   `json:"source"`
	StartedAt  time.Time     `json:"startedAt"`
	Seconds    float64       `json:"seconds"`
	Summary    Summary       `json:"summary"`
	Checks     []CheckStatus `json:"checks"`
	Findings   []Finding     `json:"findings"`
}

// Summary counts.
type Summary struct {
	Objects    int                    `json:"objects"`
	BySeverity map[Severity]int       `json:"bySeverity"`
	ByLayer    map[Layer]LayerSummary `json:"byLayer"`
}

// LayerSummary is a layer's Score in the report. A null score means that no
// check of the layer could be judged.
type LayerSummary struct {
	Score    *int `json:"score"`
	Findings int  `json:"findings"`
	Unknown  int  `json:"unknown"`
}

// CheckStatus is one check's outcome in the report.
type CheckStatus struct {
	ID       string `json:"id"`
	Layer    Layer  `json:"layer"`
	Status   Status `json:"status"`
	Reason   string `json:"reason"`
	Findings int    `json:"findings"`
}

// NewReport sums up results. Findings below the severity least are left out
// of the list and of the counts by severity; 0 keeps all.
func NewReport(inv *kube.Inventory, results []CheckResult, least Severity, took time.Duration) Report {
	r := Report{
		APIVersion: "kiln/v1", Kind: "ScanReport", Source: inv.Source,
		StartedAt: inv.TakenAt, Seconds: took.Seconds(),
		Summary:  Summary{Objects: inv.Objects(), BySeverity: map[Severity]int{}, ByLayer: map[Layer]LayerSummary{}},
		Checks:   []CheckStatus{},
		Findings: []Finding{},
	}
	if r.Source.Files == nil {
		r.Source.Files = []string{}
	}
	for _, s := range Severities() {
		r.Summary.BySeverity[s] = 0
	}
	for layer, score := range Scores(results) {
		r.Summary.ByLayer[layer] = LayerSummary{score.Percent, score.Findings, score.Unknown}
	}
	for _, result := range results {
		r.Checks = append(r.Checks, CheckStatus{result.Check.ID, result.Check.Layer, result.Status, result.Reason, len(result.Findings)})
		for _, f := range result.Findings {
			if f.Severity >= least {
				r.Findings = append(r.Findings, f)
				r.Summary.BySeverity[f.Severity]++
			}
		}
	}
	slices.SortFunc(r.Findings, Compare)
	return r
}
