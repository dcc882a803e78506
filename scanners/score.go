package scanners

// Score is how a layer stands, so that a user can recompute it by hand: every
// check that passed or failed weighs what its severity weighs (Weight), and
// the score is the passed share of that weight in percent, rounded down.
// Unknown checks don't count either way.
type Score struct {
	// Percent is nil where no check of the layer could be judged.
	Percent *int
	// Findings and Unknown count findings, and checks that are unknown.
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
		score.Findings += len(r.Findings)
		weight := r.Check.Severity.Weight()
		switch r.Status {
		case Pass:
			sum.passed += weight
			sum.judged += weight
		case Fail:
			sum.judged += weight
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
