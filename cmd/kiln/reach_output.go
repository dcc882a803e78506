package main

import (
	"fmt"
	"io"
	"strings"

	"kiln/kube"
	"kiln/scanners/netpol"
)

func sideOf(s netpol.Standing, side netpol.Side) reachSide {
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

// writeReach writes a paragraph per workload; with each peer, where the one
// workload was asked for.
func (a *app) writeReach(hood *netpol.Neighbourhood, report reachReport, standings []netpol.Standing, detailed bool) error {
	var text strings.Builder
	fmt.Fprintln(&text, report.Reason)
	for _, missing := range report.Missing {
		fmt.Fprintf(&text, "Could not be read: %s\n", missing)
	}
	if len(report.NotEvaluated) > 0 {
		fmt.Fprintf(&text, "Not evaluated: %s\n", kube.Clean(refsText(report.NotEvaluated)))
	}
	for i, s := range standings {
		writeStanding(&text, s, report.Workloads[i])
		if detailed {
			writePeers(&text, hood, s)
		}
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
