package main

import (
	"fmt"
	"strings"
)

const differencesIntro = `# Where kiln differs

kiln is measured on the tests of other projects: [Polaris](https://github.com/FairwindsOps/polaris)'s,
[Kyverno's Pod Security policies](https://github.com/kyverno/policies)', the
[bad pods](https://github.com/BishopFox/badPods) and [Kubernetes Goat](https://github.com/madhuakula/kubernetes-goat). The suites in
` + "`testdata/measure/suites/`" + ` say which files are cases of which check. With the projects' files side by side in a folder, a
folder per suite,

` + "```console\n$ make measure CORPORA=folder\n```" + `

prints for each check what it caught, what it missed, and where it was alarmed for nothing. Every case is right but for those below,
where kiln differs on purpose. This file is made by ` + "`make docs`" + ` from the suites.

| suite | case | check | kiln says | why |
|---|---|---|---|---|
`

// differences renders docs/differences.md.
func differences() (string, error) {
	all, err := recordedSuites()
	if err != nil {
		return "", err
	}
	var doc strings.Builder
	doc.WriteString(differencesIntro)
	for _, s := range all {
		for _, d := range s.Differences {
			fmt.Fprintf(&doc, "| %s | `%s` | %s | %s | %s |\n", s.Name, d.Case, d.Check, d.Says, d.Why)
		}
	}
	doc.WriteString("\nNumbers when last recorded, in cases caught:")
	for i, s := range all {
		if i > 0 {
			doc.WriteString(",")
		}
		fmt.Fprintf(&doc, " %s %d", s.Name, s.Caught)
	}
	doc.WriteString(".\n")
	return doc.String(), nil
}
