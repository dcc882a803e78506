package fixes

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"

	"kiln/kube"
)

// psaMissing labels a namespace: it enforces a Pod Security level, by default
// the strictest that all its workloads meet, and warns of what misses the
// strictest of all.
func psaMissing() Recipe {
	return Recipe{Check: "api/psa-missing", Questions: whichLevel, Plan: func(s Situation) (Plan, error) {
		namespace := s.Live.GetName()
		labels := map[string]string{
			api.WarnLevelLabel:  string(api.LevelRestricted),
			api.AuditLevelLabel: string(api.LevelRestricted),
		}
		plan := Plan{Title: fmt.Sprintf("Warn of pods in namespace %s that miss the restricted level", namespace)}
		enforced := s.Answers[levelQuestion]
		for _, judged := range judgeLevels(s.Inventory, namespace) {
			if string(judged.level) == enforced {
				break
			}
			if why := judged.inTheWay(); why != "" {
				plan.Notes = append(plan.Notes, why)
			}
			if judged.unread != "" {
				break
			}
		}
		if enforced != noLevel {
			labels[api.EnforceLevelLabel] = enforced
			plan.Title = fmt.Sprintf("Enforce the Pod Security level %s in namespace %s", enforced, namespace)
			plan.Notes = append(plan.Notes, "Running pods stay; new ones that violate the level are refused, debug containers for pods that do, too.")
		}
		now := s.Live.GetLabels()
		if enforced == noLevel && now[api.WarnLevelLabel] == labels[api.WarnLevelLabel] && now[api.AuditLevelLabel] == labels[api.AuditLevelLabel] {
			return plan, levelByHand(s, plan.Notes)
		}
		change := applyTo(s.Live)
		change.Apply.SetLabels(labels)
		plan.Changes = []Change{change}
		return plan, nil
	}}
}

// levelByHand is for a namespace that warns already, and whose workloads miss
// every level.
func levelByHand(s Situation, inTheWay []string) error {
	g := &guide{finding: s.Finding, inv: s.Inventory}
	for _, why := range inTheWay {
		g.say("%s", why)
	}
	const enforce = api.EnforceLevelLabel + "=" + string(api.LevelBaseline)
	g.say("Mend those, or move them to a namespace that is for such workloads alone. The API server says which pods are left:")
	g.run("kubectl label %s --overwrite --dry-run=server %s", g.target(), enforce)
	g.say("Once it names none, enforce the level:")
	g.run("kubectl label %s --overwrite %s", g.target(), enforce)
	return &ManualError{Why: "its workloads don't meet even the baseline level, and it warns of them already", Steps: g.text()}
}

const (
	levelQuestion = "level"
	noLevel       = "none"
)

// whichLevel asks which level is enforced, with what each would refuse today.
func whichLevel(s Situation) []Question {
	q := Question{Key: levelQuestion, Ask: "Which Pod Security level is enforced?", Value: noLevel}
	for _, judged := range judgeLevels(s.Inventory, s.Live.GetName()) {
		q.add(Choice{Value: string(judged.level), Found: judged.found()})
		if judged.fits() && q.Value == noLevel {
			q.Value = string(judged.level)
		}
	}
	q.add(Choice{Value: noLevel, Label: "none: only warn of what misses the restricted level"})
	return []Question{q}
}

// judgedLevel is what a Pod Security level would do in a namespace today.
type judgedLevel struct {
	level api.Level
	// workloads is how many were judged; misses names those that miss it.
	workloads int
	misses    []string
	// unread is why not all workloads are known; empty where they are.
	unread string
}

func (j judgedLevel) fits() bool { return j.unread == "" && len(j.misses) == 0 }

func (j judgedLevel) found() string {
	switch {
	case j.unread != "":
		return "not all workloads could be read"
	case j.workloads == 0:
		return "there is no workload yet"
	case len(j.misses) == 0:
		return fmt.Sprintf("all %d workloads meet it", j.workloads)
	}
	return fmt.Sprintf("%d of %d workloads miss it", len(j.misses), j.workloads)
}

// inTheWay says why the level isn't enforced without being asked for; empty if
// nothing speaks against it.
func (j judgedLevel) inTheWay() string {
	switch {
	case j.unread != "":
		return fmt.Sprintf("No level is enforced unless you say so: not all workloads could be read (%s), and some might be locked out.", j.unread)
	case len(j.misses) > 0:
		return fmt.Sprintf("Not %s, for %s.", j.level, strings.Join(j.misses, "; "))
	}
	return ""
}

// judgeLevels judges the levels, the strictest first, by the namespace's
// workloads.
func judgeLevels(inv *kube.Inventory, namespace string) []judgedLevel {
	unread := unreadWorkloads(inv)
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		unread = cmp.Or(unread, err.Error())
	}
	var judged []judgedLevel
	for _, level := range []api.Level{api.LevelRestricted, api.LevelBaseline} {
		j := judgedLevel{level: level, unread: unread}
		if err == nil {
			j.workloads, j.misses = missing(inv, namespace, evaluator, api.LevelVersion{Level: level, Version: serverVersion(inv.Source.Version)})
		}
		judged = append(judged, j)
	}
	return judged
}

// unreadWorkloads says why not all workloads are known; empty if they are.
func unreadWorkloads(inv *kube.Inventory) string {
	for _, r := range kube.WorkloadResources() {
		gap, missed := inv.Gap(r)
		if missed || !inv.Settled(r) {
			return cmp.Or(gap.Reason, string(r))
		}
	}
	return ""
}

// missing counts the workloads of the namespace, and lists those that miss the
// level, and why.
func missing(inv *kube.Inventory, namespace string, evaluator policy.Evaluator, lv api.LevelVersion) (workloads int, misses []string) {
	for _, w := range inv.Workloads {
		if w.Namespace() != namespace || w.EphemeralOnly {
			continue
		}
		workloads++
		verdict := policy.AggregateCheckResults(evaluator.EvaluatePod(lv, w.Meta, w.Spec))
		if !verdict.Allowed {
			misses = append(misses, fmt.Sprintf("%s/%s (%s)", w.Ref().Kind, w.Ref().Name, strings.Join(verdict.ForbiddenReasons, ", ")))
		}
	}
	slices.Sort(misses)
	return workloads, misses
}

// serverVersion is the version of the standard that a server such as v1.36.3
// judges by; the latest if it isn't known.
func serverVersion(server string) api.Version {
	if minor := regexp.MustCompile(`^v1\.\d+`).FindString(server); minor != "" {
		if version, err := api.ParseVersion(minor); err == nil {
			return version
		}
	}
	return api.LatestVersion()
}
