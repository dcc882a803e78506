package tui

import (
	"fmt"
	"slices"
	"strings"

	"kiln/kube"
	"kiln/scanners/netpol"
)

func (v *reachView) cell(r netpol.Standing, col, _ int) cell {
	s := v.app.styles
	switch col {
	case 0:
		return cell{kube.Clean(r.Workload.Ref().Kind + "/" + r.Workload.Ref().Name), s.text}
	case 1:
		return sideCell(s, r.In)
	case 2:
		return sideCell(s, r.Out)
	case 3:
		return yesCell(s, r.Out.World.Internet || !r.Governed)
	case 4:
		return yesCell(s, r.Metadata)
	case 5:
		return cell{doorsText(r), s.warning}
	}
	return cell{policyNames(r), s.muted}
}

// sideCell counts who gets through.
func sideCell(s *styles, side netpol.Side) cell {
	count := fmt.Sprintf("%d of %d", side.Open, side.Of)
	switch {
	case len(side.Policies) == 0:
		return cell{"✗ " + count, s.alarm}
	case side.Open == 0:
		return cell{"✓ " + count, s.good}
	}
	return cell{"○ " + count, s.warning}
}

func yesCell(s *styles, yes bool) cell {
	if yes {
		return cell{"✗ yes", s.alarm}
	}
	return cell{"✓ no", s.good}
}

// doorsText are the kinds of ways in from outside.
func doorsText(r netpol.Standing) string {
	var kinds []string
	for _, d := range r.Doors {
		if !slices.Contains(kinds, d.Kind) {
			kinds = append(kinds, d.Kind)
		}
	}
	return strings.Join(kinds, ", ")
}

// policyNames are those that select the workload's pods, either way.
func policyNames(r netpol.Standing) string {
	var names []string
	for _, p := range slices.Concat(r.In.Policies, r.Out.Policies) {
		if name := kube.Clean(p.Name); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	switch {
	case !r.Governed:
		return "none reaches the node's network"
	case len(names) == 0:
		return "none"
	}
	return strings.Join(names, ", ")
}
