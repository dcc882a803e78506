package tui

import (
	"cmp"
	"slices"

	"kiln/scanners"
)

// pathStep is one of the things to do at a stop, in their order.
type pathStep string

// The steps. A layer's introduction has the first only.
const (
	readIt  pathStep = "read"
	findIt  pathStep = "find"
	fixIt   pathStep = "fix"
	keepOut pathStep = "refused"
)

// pathStop is a stop on the guided path: a layer's introduction, or a check
// that finds something in this cluster.
type pathStop struct {
	layer scanners.Layer
	// check is nil for the introduction.
	check    *scanners.Check
	findings []*scanners.Finding
}

// key is the stop's name in the progress.
func (p pathStop) key() string {
	if p.check == nil {
		return string(p.layer)
	}
	return p.check.ID
}

func (p pathStop) steps() []pathStep {
	if p.check == nil {
		return []pathStep{readIt}
	}
	return []pathStep{readIt, findIt, fixIt, keepOut}
}

// next is the first step that isn't done; false when all are.
func (p pathStop) next(done pathProgress) (pathStep, bool) {
	for _, step := range p.steps() {
		if !slices.Contains(done.Done[p.key()], string(step)) {
			return step, true
		}
	}
	return "", false
}

// checksPerLayer are enough to see what a layer is about.
const checksPerLayer = 2

// pathStops leads through the layers: the introduction, then the checks that
// find most to learn from here. A check that was begun stays on the path when
// its findings are gone.
func pathStops(s *snapshot, begun pathProgress, guarded []string) []pathStop {
	byCheck := map[string][]*scanners.Finding{}
	for _, f := range toDo(s) {
		byCheck[f.Check] = append(byCheck[f.Check], f)
	}
	var stops []pathStop
	for _, layer := range scanners.Layers() {
		stops = append(stops, pathStop{layer: layer})
		var of []pathStop
		for i := range s.results {
			check := s.results[i].Check
			findings := byCheck[check.ID]
			if check.Layer == layer && check.Lesson != "" && (len(findings) > 0 || len(begun.Done[check.ID]) > 0) {
				of = append(of, pathStop{layer, &check, findings})
			}
		}
		slices.SortStableFunc(of, func(a, b pathStop) int {
			return cmp.Or(isBegun(b, begun)-isBegun(a, begun), fixable(b)-fixable(a), int(b.check.Severity-a.check.Severity))
		})
		stops = append(stops, chosen(of, begun, guarded)...)
	}
	return stops
}

// whyNoStops says why a layer has nothing but its introduction; empty where it
// has more.
func whyNoStops(s *snapshot, layer scanners.Layer) string {
	if slices.ContainsFunc(toDo(s), func(f *scanners.Finding) bool { return f.Layer == layer }) {
		return ""
	}
	unknown := 0
	for _, r := range s.results {
		if r.Check.Layer == layer && r.Status == scanners.NotKnown {
			unknown++
		}
	}
	if unknown > 0 {
		return "kiln found nothing to fix in this layer, but could not judge " + plural(unknown, "check") + " of it (checks says which, and why). The path goes on with the next layer."
	}
	return "kiln finds nothing to fix in this layer of this cluster. The path goes on with the next."
}

// chosen are the first few; one of them should be such that the server can be
// made to refuse it from then on.
func chosen(of []pathStop, begun pathProgress, guarded []string) []pathStop {
	if len(of) <= checksPerLayer {
		return of
	}
	first, last := of[:checksPerLayer], of[checksPerLayer-1]
	i := slices.IndexFunc(of, func(p pathStop) bool { return slices.Contains(guarded, p.check.ID) })
	if i >= checksPerLayer && len(begun.Done[last.key()]) == 0 && fixable(of[i]) >= fixable(last) {
		first[checksPerLayer-1] = of[i]
	}
	return first
}

// isBegun keeps what was begun where it is.
func isBegun(p pathStop, begun pathProgress) int { return min(len(begun.Done[p.key()]), 1) }

// fixable prefers what kiln can mend, so that there is something to do.
func fixable(p pathStop) int {
	if p.check.Fix == scanners.Manual {
		return 0
	}
	return 1
}
