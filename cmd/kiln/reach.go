package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/netpol"
	"kiln/scanners/network"
)

// reachReport is the output of 'kiln reach -o json'.
type reachReport struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	// Enforced is pass, fail or unknown, as network/not-enforced has it.
	Enforced scanners.Status `json:"enforced"`
	Reason   string          `json:"reason"`
	// NotEvaluated are policies that are there and that kiln can't evaluate.
	NotEvaluated []kube.Ref        `json:"notEvaluated"`
	Missing      []string          `json:"missing"` // what could not be read
	Workloads    []reachedWorkload `json:"workloads"`
}

type reachedWorkload struct {
	Workload kube.Ref   `json:"workload"`
	Governed bool       `json:"governed"` // false on the node's own network
	In       reachSide  `json:"in"`
	Out      reachSide  `json:"out"`
	Doors    []string   `json:"doors"`
	Metadata bool       `json:"metadata"` // 169.254.169.254 can be asked
	Others   []kube.Ref `json:"notEvaluated"`
}

type reachSide struct {
	Policies []string    `json:"policies"` // none: all traffic is allowed
	Peers    []reachPeer `json:"peers"`
	Of       int         `json:"of"`
	Outside  string      `json:"outside"`
	Internet bool        `json:"internet"`
}

type reachPeer struct {
	Workload kube.Ref `json:"workload"`
	Ports    []string `json:"ports"` // none: it names no ports
}

func newReach(a *app) *cobra.Command {
	output := "text"
	cmd := &cobra.Command{
		Use:   "reach [KIND/NAME]",
		Short: "Show who may talk to the pods of a namespace, and whom they may talk to",
		Long: `Show who may talk to the pods of each workload, and whom they may talk to, by
the NetworkPolicies: in counts, by namespace, and with the ports; which ways
lead in from outside, and whether the internet and the clouds' metadata
(169.254.169.254) can be reached.`,
		Example: `  kiln reach -n shop
  kiln reach Deployment/checkout -n shop
  kiln reach -n shop -o json`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usageErrorf("kiln reach takes one KIND/NAME at most, and -n NAMESPACE; %d given", len(args))
			}
			return checkOutput(output, "text", "json")
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.reach(cmd.Context(), strings.Join(args, ""), output)
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", output, "text or json")
	oneOf(cmd, "output", "text", "json")
	return cmd
}

func (a *app) reach(ctx context.Context, object, output string) error {
	cluster, err := a.connect(ctx)
	if err != nil {
		return err
	}
	check := a.enforcementCheck()
	only := append(netpol.Resources(), append(check.Needs, check.Hints...)...)
	inv, err := kube.Collect(ctx, cluster, kube.CollectOptions{Only: only}, nil)
	if err != nil {
		return err
	}
	if err := a.checkNamespace(inv); err != nil {
		return err
	}
	asked, err := a.asked(inv, object)
	if err != nil {
		return err
	}
	hood := netpol.NewNeighbourhood(inv)
	report := reportOfReach(hood, inv, scanners.Evaluate([]scanners.Check{check}, inv)[0])
	if output == "json" {
		return a.writeReachJSON(ctx, hood, report, asked)
	}
	return a.writeReach(ctx, hood, report, asked, object != "")
}

// enforcementCheck judges whether anything enforces policies.
func (a *app) enforcementCheck() scanners.Check {
	i := slices.IndexFunc(a.checks, func(c scanners.Check) bool { return c.ID == network.NotEnforcedID })
	return a.checks[i]
}

// asked are the workloads of one object, of a namespace, or all.
func (a *app) asked(inv *kube.Inventory, object string) ([]*kube.Workload, error) {
	var asked []*kube.Workload
	for _, w := range inv.Workloads {
		if !w.EphemeralOnly && !w.Ended && (a.namespace() == "" || w.Namespace() == a.namespace()) && (object == "" || w.Ref().Matches(object)) {
			asked = append(asked, w)
		}
	}
	switch where := a.namespace(); {
	case len(asked) > 0:
	case object != "":
		return nil, fmt.Errorf("no workload %s is known%s: kiln reach without it lists those that are", object, inNamespace(where))
	default:
		fmt.Fprintf(a.err, "kiln: no workload runs%s\n", inNamespace(where))
	}
	return asked, nil
}

func reportOfReach(hood *netpol.Neighbourhood, inv *kube.Inventory, enforced scanners.CheckResult) reachReport {
	return reachReport{
		APIVersion: "kiln/v1", Kind: "ReachReport", Enforced: enforced.Status, Reason: kube.Clean(network.EnforcementText(enforced)),
		NotEvaluated: append([]kube.Ref{}, hood.Others().All()...), Missing: append([]string{}, netpol.Missing(inv)...), Workloads: []reachedWorkload{},
	}
}

func reached(s netpol.Standing) reachedWorkload {
	w := reachedWorkload{
		Workload: s.Workload.Ref(), Governed: s.Governed, In: sideOf(s.In), Out: sideOf(s.Out),
		Doors: []string{}, Metadata: s.Metadata, Others: append([]kube.Ref{}, s.Others...),
	}
	for _, door := range s.Doors {
		w.Doors = append(w.Doors, kube.Clean(door.String()))
	}
	return w
}
