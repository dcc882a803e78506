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
	// Accepted findings are listed, and counted by severity too.
	Accepted int `json:"accepted"`
	// System counts the findings about the cluster's own components, whether
	// they are listed or folded.
	System int `json:"system"`
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

// ReportOptions say what a report lists.
type ReportOptions struct {
	// Least is the severity from which findings are listed and counted; 0
	// means all.
	Least Severity
	// System lists the findings about the cluster's own components too.
	System bool
	// Took is how long the scan took.
	Took time.Duration
}

// NewReport sums up results.
func NewReport(inv *kube.Inventory, results []CheckResult, opts ReportOptions) Report {
	r := Report{
		APIVersion: "kiln/v1", Kind: "ScanReport", Source: inv.Source,
		StartedAt: inv.TakenAt, Seconds: opts.Took.Seconds(),
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
		count := len(result.Findings)
		if !opts.System {
			count = ownFindings(result.Findings)
		}
		r.Checks = append(r.Checks, CheckStatus{result.Check.ID, result.Check.Layer, result.Status, result.Reason, count})
		r.list(result.Findings, opts)
	}
	slices.SortFunc(r.Findings, Compare)
	return r
}

// list adds one check's findings, and counts them.
func (r *Report) list(findings []Finding, opts ReportOptions) {
	for _, f := range findings {
		if f.System {
			r.Summary.System++
		}
		if f.Severity < opts.Least || f.System && !opts.System {
			continue
		}
		r.Findings = append(r.Findings, f)
		r.Summary.BySeverity[f.Severity]++
		if f.Accepted.Holds() {
			r.Summary.Accepted++
		}
	}
}
