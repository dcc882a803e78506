package scanners

// Score is how a layer stands, so that a user can recompute it by hand: every
// check that passed or failed weighs what its severity weighs (Weight), and
// the score is the passed share of that weight in percent, rounded down.
// Checks that are unknown, or that found fault with the cluster's own
// components alone, don't count either way. Accepting a finding doesn't mend
// it, so it doesn't raise the score.
type Score struct {
	// Percent is nil where no check of the layer could be judged.
	Percent *int
	// Findings counts those that aren't the cluster's own, Unknown the checks
	// that could not be judged.
	Findings, Unknown int
}

// Weight is what a check of a severity counts for in a score.
func (s Severity) Weight() int {
	switch s {
	case Critical:
		return 10
	case High:
		return 6
	case Medium:
		return 3
	case Low:
		return 1
	}
	return 0
}

// Scores rates each layer that results speak of.
func Scores(results []CheckResult) map[Layer]Score {
	type weights struct{ passed, judged int }
	scores, sums := map[Layer]Score{}, map[Layer]weights{}
	for _, r := range results {
		score, sum := scores[r.Check.Layer], sums[r.Check.Layer]
		own := ownFindings(r.Findings)
		score.Findings += own
		weight := r.Check.Severity.Weight()
		switch r.Status {
		case Pass:
			sum.passed += weight
			sum.judged += weight
		case Fail:
			if own > 0 {
				sum.judged += weight
			}
		case NotKnown:
			score.Unknown++
		}
		scores[r.Check.Layer], sums[r.Check.Layer] = score, sum
	}
	for layer, sum := range sums {
		if sum.judged > 0 {
			percent := 100 * sum.passed / sum.judged
			score := scores[layer]
			score.Percent = &percent
			scores[layer] = score
		}
	}
	return scores
}

// ownFindings counts the findings that aren't about the cluster's own
// components.
func ownFindings(findings []Finding) int {
	n := 0
	for _, f := range findings {
		if !f.System {
			n++
		}
	}
	return n
}
