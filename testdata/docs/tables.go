package main

import (
	"fmt"
	"strings"

	"kiln/scanners"
	"kiln/scanners/catalogue"
)

var titles = map[scanners.Layer]string{
	scanners.Node: "Node", scanners.API: "API", scanners.Network: "Network",
	scanners.Pod: "Pod", scanners.Data: "Data", scanners.Audit: "Audit",
}

// checksPage lists every check, layer by layer.
func checksPage() string {
	var page strings.Builder
	page.WriteString("# The checks\n\nMade from the code by `make docs`. `kiln checks` lists the same, and `kiln explain CHECK` teaches each.\n" +
		"A fix is *safe* (it breaks no workload by itself), *guided* (preview, evidence, questions) or *manual* (steps for a person).\n")
	for _, layer := range scanners.Layers() {
		fmt.Fprintf(&page, "\n## %s\n\n| check | severity | fix | what is wrong | asked for by |\n|---|---|---|---|---|\n", titles[layer])
		for _, c := range catalogue.Checks() {
			if c.Layer == layer {
				fmt.Fprintf(&page, "| `%s` | %s | %s | %s | %s |\n", c.ID, c.Severity, c.Fix, c.Title, strings.Join(c.References, ", "))
			}
		}
	}
	return page.String()
}

// summary counts the checks by layer and severity.
func summary() string {
	var table strings.Builder
	table.WriteString("| layer | checks |")
	for _, s := range scanners.Severities() {
		fmt.Fprintf(&table, " %s |", s)
	}
	table.WriteString("\n|---|---|---|---|---|---|---|\n")
	all := 0
	for _, layer := range scanners.Layers() {
		count, sum := map[scanners.Severity]int{}, 0
		for _, c := range catalogue.Checks() {
			if c.Layer == layer {
				count[c.Severity]++
				sum++
			}
		}
		fmt.Fprintf(&table, "| %s | %d |", layer, sum)
		for _, s := range scanners.Severities() {
			fmt.Fprintf(&table, " %d |", count[s])
		}
		table.WriteString("\n")
		all += sum
	}
	fmt.Fprintf(&table, "\n%d checks in all, [listed by layer](docs/checks.md).\n", all)
	return table.String()
}

// bySeverity says of each check why it is as bad as it is, the worst first.
func bySeverity() string {
	var table strings.Builder
	for _, s := range scanners.Severities() {
		fmt.Fprintf(&table, "\n### %s, weight %d\n\n| check | reach: who can use it | damage: what it opens | ease: what it takes |\n|---|---|---|---|\n",
			strings.ToUpper(s.String()[:1])+s.String()[1:], s.Weight())
		for _, c := range catalogue.Checks() {
			if why := scanners.WhyOf(c.Lesson); c.Severity == s {
				fmt.Fprintf(&table, "| `%s` | %s | %s | %s |\n", c.ID, why.Reach, why.Damage, why.Ease)
			}
		}
	}
	return table.String() + "\n"
}
