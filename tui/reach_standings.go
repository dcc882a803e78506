package tui

import (
	"context"
	"slices"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/netpol"
	"kiln/scanners/network"
)

// reachMsg brings who may talk to whom.
type reachMsg struct {
	hood *netpol.Neighbourhood
	// standings are Overviews.
	standings []netpol.Standing
	// enforced is the result of the check that judges whether policies count.
	enforced scanners.CheckResult
	missing  []string
}

// standingsIn evaluates the policies of a namespace.
func standingsIn(ctx context.Context, s *snapshot, namespace string) (reachMsg, error) {
	msg := reachMsg{hood: netpol.NewNeighbourhood(s.inventory), missing: netpol.Missing(s.inventory)}
	msg.enforced = scanners.CheckResult{Status: scanners.NotKnown, Reason: "it hasn't been checked"}
	if r := s.result(network.NotEnforcedID); r != nil {
		msg.enforced = *r
	}
	for _, w := range msg.hood.In(namespace) {
		standing, err := msg.hood.Overview(ctx, w)
		if err != nil {
			return reachMsg{}, err
		}
		msg.standings = append(msg.standings, standing)
	}
	slices.SortStableFunc(msg.standings, func(a, b netpol.Standing) int { return openness(b) - openness(a) })
	return msg, nil
}

// openness puts what is most exposed first.
func openness(s netpol.Standing) int {
	n := s.In.Open + s.Out.Open
	if len(s.Doors) > 0 {
		n += s.In.Of
	}
	return n
}

// knowsReach says that the policies and what they select have been read, as
// far as they can be.
func (s *snapshot) knowsReach() bool {
	return s != nil && s.inventory != nil && !slices.ContainsFunc(netpol.Resources(), func(r kube.Resource) bool { return !s.inventory.Settled(r) })
}
