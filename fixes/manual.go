package fixes

import (
	"cmp"
	"fmt"
	"slices"

	"kiln/kube"
	"kiln/scanners"
)

// manual is what a person does about the findings of a check that kiln doesn't
// fix itself.
type manual struct {
	check string
	// why is a clause: why kiln leaves it to a person.
	why string
	// steps writes them down for the guide's finding.
	steps func(*guide)
}

// manuals lists the steps for all checks without a recipe, layer by layer.
func manuals() []manual {
	return slices.Concat(
		kubeletManuals(), nodeManuals(), machineManuals(), flagManuals(), componentManuals(), apiManuals(), networkManuals(), podManuals(), imageManuals(),
		dataManuals(), auditManuals(), toolManuals(), importManuals(),
	)
}

// manualFor says what a person does about a finding that no recipe fixes: the
// error is a ManualError.
func manualFor(finding scanners.Finding, inv *kube.Inventory) error {
	all := manuals()
	i := slices.IndexFunc(all, func(m manual) bool { return m.check == finding.Check })
	if i < 0 {
		return &ManualError{
			Why:   fmt.Sprintf("kiln has no fix for %s", finding.Check),
			Steps: "The lesson says what to do:\n  kiln explain " + quote(finding.Check),
		}
	}
	g := &guide{finding: finding, inv: inv}
	all[i].steps(g)
	return &ManualError{Why: all[i].why, Steps: g.text()}
}

// lookAgain ends the steps for a finding.
func (g *guide) lookAgain() {
	g.say("Then see that it's gone:")
	where := " -A"
	if namespace := cmp.Or(g.finding.Object.Namespace, g.namespaceItself()); namespace != "" {
		where = " -n " + quote(namespace)
	}
	g.run("kiln scan --check %s%s", g.finding.Check, raw(where))
}

func (g *guide) namespaceItself() string {
	if g.finding.Object.Kind == "Namespace" {
		return g.finding.Object.Name
	}
	return ""
}
