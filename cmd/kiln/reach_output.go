package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"kiln/kube"
	"kiln/scanners/netpol"
)

func sideOf(side netpol.Side) reachSide {
	r := reachSide{Policies: []string{}, Peers: []reachPeer{}, Of: side.Of, Outside: side.World.String(), Internet: side.World.Internet}
	for _, p := range side.Policies {
		r.Policies = append(r.Policies, kube.Clean(p.Name))
	}
	for _, peer := range side.Peers {
		ports := []string{}
		for _, port := range peer.Ports {
			ports = append(ports, port.String())
		}
		r.Peers = append(r.Peers, reachPeer{peer.Workload.Ref(), ports})
	}
	return r
}

// mostPairs bounds a document: each pair that may talk is an entry, held until
// all are there.
const mostPairs = 1_000_000

func (a *app) writeReachJSON(ctx context.Context, hood *netpol.Neighbourhood, report reachReport, asked []*kube.Workload) error {
	pairs := 0
	for _, w := range asked {
		s, err := hood.Standing(ctx, w)
		if err != nil {
			return err
		}
		if pairs += len(s.In.Peers) + len(s.Out.Peers); pairs > mostPairs {
			return usageErrorf("more than %d pairs may talk, too many for one document: name a namespace (-n), or one workload as KIND/NAME; without -o json all are counted", mostPairs)
		}
		report.Workloads = append(report.Workloads, reached(s))
	}
	return writeJSON(a.out, report)
}

// writeReach writes a paragraph per workload as soon as it is worked out; with
// each peer, where the one workload was asked for.
func (a *app) writeReach(ctx context.Context, hood *netpol.Neighbourhood, report reachReport, asked []*kube.Workload, detailed bool) error {
	var text strings.Builder
	fmt.Fprintln(&text, report.Reason)
	for _, missing := range report.Missing {
		fmt.Fprintf(&text, "Could not be read: %s\n", missing)
	}
	if len(report.NotEvaluated) > 0 {
		fmt.Fprintf(&text, "Not evaluated: %s\n", kube.Clean(refsText(report.NotEvaluated)))
	}
	work := hood.Overview
	if detailed {
		work = hood.Standing
	}
	for _, w := range asked {
		s, err := work(ctx, w)
		if err != nil {
			return err
		}
		writeStanding(&text, s, reached(s))
		if detailed {
			writePeers(&text, hood, s)
		}
		if _, err := io.WriteString(a.out, text.String()); err != nil {
			return err
		}
		text.Reset()
	}
	_, err := io.WriteString(a.out, text.String())
	return err
}

func writeStanding(text *strings.Builder, s netpol.Standing, w reachedWorkload) {
	fmt.Fprintf(text, "\n%s\n", kube.Clean(w.Workload.String()))
	row := func(label, value string) { fmt.Fprintf(text, "  %-14s %s\n", label, value) }
	if !s.Governed {
		row("", "on the node's own network: no policy reaches these pods")
	}
	row("from", s.In.Who()+policiesText(w.In.Policies))
	if len(w.Doors) > 0 {
		row("from outside", w.In.Outside+", by "+strings.Join(w.Doors, ", "))
	}
	row("to", s.Out.Who()+policiesText(w.Out.Policies))
	row("to outside", w.Out.Outside)
	row("metadata", map[bool]string{true: "169.254.169.254 can be asked", false: "169.254.169.254 can't be asked"}[w.Metadata])
	if len(w.Others) > 0 {
		row("not evaluated", kube.Clean(refsText(w.Others)))
	}
}

func policiesText(names []string) string {
	if len(names) == 0 {
		return " (no policy: all is allowed)"
	}
	return " (by " + strings.Join(names, ", ") + ")"
}

func refsText(refs []kube.Ref) string {
	texts := make([]string, 0, len(refs))
	for _, r := range refs {
		texts = append(texts, r.String())
	}
	return strings.Join(texts, ", ")
}

func writePeers(text *strings.Builder, hood *netpol.Neighbourhood, s netpol.Standing) {
	for _, p := range s.In.Peers {
		fmt.Fprintf(text, "  ← %s on %s\n", kube.Clean(p.Workload.Ref().String()), hood.PortsText(s.Workload, p.Ports))
	}
	for _, p := range s.Out.Peers {
		fmt.Fprintf(text, "  → %s on %s\n", kube.Clean(p.Workload.Ref().String()), hood.PortsText(p.Workload, p.Ports))
	}
}
