package main

import (
	"fmt"
	"path/filepath"
	"slices"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/catalogue"
)

// tally is how one check did.
type tally struct {
	check          string
	caught, silent int
	// missed and alarms name the cases that went wrong and that no
	// difference explains; explained counts the others.
	missed, alarms []string
	explained      int
}

// measurement is how a suite went.
type measurement struct {
	tallies []*tally
	// unreadable are files that kiln could not read in full.
	unreadable []string
	// unused are differences that no case shows any more.
	unused []difference
}

// measurer judges each file once, however many cases it holds.
type measurer struct {
	suite  suite
	dir    string
	checks []scanners.Check
	judged map[string]*judgement
	used   map[int]bool
	out    measurement
}

// judgement is what kiln finds in one file.
type judgement struct {
	workloads []kube.Ref
	found     map[string][]kube.Ref
}

func measure(s suite, dir string) (measurement, error) {
	m := &measurer{
		suite: s, dir: filepath.Join(dir, s.Name), checks: catalogue.Checks(),
		judged: map[string]*judgement{}, used: map[int]bool{},
	}
	for _, g := range s.Cases {
		if err := m.group(g); err != nil {
			return measurement{}, fmt.Errorf("suite %s: %w", s.Name, err)
		}
	}
	for i, d := range s.Differences {
		if !m.used[i] {
			m.out.unused = append(m.out.unused, d)
		}
	}
	return m.out, nil
}

func (m *measurer) group(g caseGroup) error {
	for _, id := range g.Checks {
		if !slices.ContainsFunc(m.checks, func(c scanners.Check) bool { return c.ID == id }) {
			return fmt.Errorf("there is no check %q", id)
		}
	}
	for _, expected := range []struct {
		patterns []string
		fail     bool
	}{{g.Fail, true}, {g.Silent, false}} {
		for _, pattern := range expected.patterns {
			if err := m.pattern(g.Checks, pattern, expected.fail); err != nil {
				return err
			}
		}
	}
	return nil
}

func (m *measurer) pattern(checks []string, pattern string, fail bool) error {
	paths, names, err := files(m.dir, pattern)
	if err != nil {
		return err
	}
	cases := 0
	for _, path := range paths {
		j, err := m.judge(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(m.dir, path)
		if err != nil {
			return fmt.Errorf("naming a case: %w", err)
		}
		if names == "" {
			m.count(checks, name, j.finds(checks, nil), fail)
			cases++
			continue
		}
		for _, w := range j.workloads {
			if like(names, w.Name) {
				m.count(checks, name+"#"+w.Kind+"/"+w.Name, j.finds(checks, &w), fail)
				cases++
			}
		}
	}
	if cases == 0 {
		return fmt.Errorf("%s: no workload has such a name", pattern)
	}
	return nil
}

// judge runs every check over one file.
func (m *measurer) judge(path string) (*judgement, error) {
	if j := m.judged[path]; j != nil {
		return j, nil
	}
	inv, problems, err := kube.ReadManifests(kube.ManifestOptions{Paths: []string{path}, Namespace: "default"})
	if err != nil {
		return nil, err
	}
	for _, p := range problems {
		if p.Lost {
			m.out.unreadable = append(m.out.unreadable, p.String())
		}
	}
	j := &judgement{found: map[string][]kube.Ref{}}
	for _, w := range inv.Workloads {
		j.workloads = append(j.workloads, w.Ref())
	}
	for _, r := range scanners.Evaluate(m.checks, inv) {
		for _, f := range r.Findings {
			j.found[r.Check.ID] = append(j.found[r.Check.ID], f.Object)
		}
	}
	m.judged[path] = j
	return j, nil
}

// finds says whether one of the checks found something, on one object where
// that is asked.
func (j *judgement) finds(checks []string, object *kube.Ref) bool {
	return slices.ContainsFunc(checks, func(id string) bool {
		return slices.ContainsFunc(j.found[id], func(r kube.Ref) bool { return object == nil || r == *object })
	})
}

// count files a case under the first of its checks.
func (m *measurer) count(checks []string, name string, found, fail bool) {
	t := m.tally(checks[0])
	switch {
	case found && fail:
		t.caught++
	case !found && !fail:
		t.silent++
	case m.explained(t.check, name):
		t.explained++
	case fail:
		t.missed = append(t.missed, name)
	default:
		t.alarms = append(t.alarms, name)
	}
}

func (m *measurer) explained(check, name string) bool {
	for i, d := range m.suite.Differences {
		if d.matches(check, name) {
			m.used[i] = true
			return true
		}
	}
	return false
}

func (m *measurer) tally(check string) *tally {
	for _, t := range m.out.tallies {
		if t.check == check {
			return t
		}
	}
	t := &tally{check: check}
	m.out.tallies = append(m.out.tallies, t)
	return t
}

// caught sums up the checks.
func (m measurement) caught() int {
	n := 0
	for _, t := range m.tallies {
		n += t.caught
	}
	return n
}
