package main

import (
	"fmt"
	"strings"

	"kiln/scanners"
)

// wantedChecks are the checks to run: those named, or all where a finding's ID
// is given.
func (a *app) wantedChecks(args []string) ([]scanners.Check, error) {
	var wanted []scanners.Check
	for _, arg := range args {
		if !strings.Contains(arg, "/") {
			return a.checks, nil
		}
		c, err := findCheck(a.checks, arg)
		if err != nil {
			return nil, err
		}
		wanted = append(wanted, c)
	}
	return wanted, nil
}

// choose picks the findings that the arguments mean. Each argument has to
// mean one at least.
func choose(results []scanners.CheckResult, args []string, namespace, object string) ([]scanners.Finding, error) {
	var chosen []scanners.Finding
	for _, arg := range args {
		found := false
		for _, r := range results {
			for _, f := range r.Findings {
				// Without an object's name, what is accepted or the cluster's own stays.
				named := f.ID == arg || f.Check == arg && (object != "" || !f.System && !f.Accepted.Holds())
				inScope := (namespace == "" || f.Object.Namespace == namespace || f.Object.Namespace == "" && f.Object.Name == namespace || f.ID == arg) &&
					(object == "" || f.Object.Matches(object))
				if named && inScope {
					found = true
					chosen = append(chosen, f)
				}
			}
		}
		if !found {
			return nil, noFinding(results, arg, object)
		}
	}
	return chosen, nil
}

func noFinding(results []scanners.CheckResult, arg, object string) error {
	for _, r := range results {
		if r.Check.ID == arg && r.Status == scanners.NotKnown {
			return fmt.Errorf("%s could not be assessed: %s", arg, r.Reason)
		}
	}
	where := ""
	if object != "" {
		where = " on " + object
	}
	return fmt.Errorf("no finding %s%s: it is fixed already, or there is no such object; 'kiln scan' lists the findings", arg, where)
}
