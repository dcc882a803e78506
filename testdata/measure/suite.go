package main

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

//go:embed suites/*.yaml
var suites embed.FS

// suite says which files of another project's tests are cases of which of our
// checks.
type suite struct {
	// Name is the project's, and the folder that its files lie in.
	Name  string      `json:"name"`
	Cases []caseGroup `json:"cases"`
	// Caught is how many cases were found when somebody last looked. It may
	// grow.
	Caught int `json:"caught"`
	// Differences are the cases that kiln judges otherwise on purpose.
	Differences []difference `json:"differences"`
}

// caseGroup holds the cases of one meaning. Each pattern is a path below the
// suite's folder; with a # and a pattern of names behind it, each workload of
// that name is a case, else each file is one.
type caseGroup struct {
	// Checks lists the checks that tell of the problem. One of them has to
	// find a case of Fail, and all have to be silent about a case of Silent.
	Checks []string `json:"checks"`
	Fail   []string `json:"fail"`
	Silent []string `json:"silent"`
}

// difference explains why kiln is right not to do what a case expects.
type difference struct {
	Check string `json:"check"`
	// Case is a pattern of cases, as the measurement prints them.
	Case string `json:"case"`
	Says string `json:"says"`
	Why  string `json:"why"`
}

// matches says whether d speaks of a case. A pattern without a # is for every
// workload of its files.
func (d difference) matches(check, name string) bool {
	wantedFile, wantedObject, one := strings.Cut(d.Case, "#")
	file, object, _ := strings.Cut(name, "#")
	return d.Check == check && like(wantedFile, file) && (!one || like(wantedObject, object))
}

func like(pattern, text string) bool {
	matched, err := filepath.Match(pattern, text)
	return err == nil && matched
}

func readSuite(from fs.FS, path string) (suite, error) {
	text, err := fs.ReadFile(from, path)
	if err != nil {
		return suite{}, fmt.Errorf("reading the suite: %w", err)
	}
	var s suite
	if err := yaml.UnmarshalStrict(text, &s); err != nil {
		return suite{}, fmt.Errorf("%s: %w", path, err)
	}
	return s, nil
}

// recordedSuites are those that come with kiln, in the order of their names.
func recordedSuites() ([]suite, error) {
	entries, err := fs.ReadDir(suites, "suites")
	if err != nil {
		return nil, fmt.Errorf("listing the suites: %w", err)
	}
	all := make([]suite, 0, len(entries))
	for _, e := range entries {
		s, err := readSuite(suites, "suites/"+e.Name())
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// files expands the patterns of a group. A pattern that meets nothing is an
// error, so that a typo doesn't pass for a success.
func files(dir, pattern string) (paths []string, names string, err error) {
	glob, names, _ := strings.Cut(pattern, "#")
	paths, err = filepath.Glob(filepath.Join(dir, glob))
	if err == nil && len(paths) == 0 {
		err = fmt.Errorf("%s: no such file in %s", glob, dir)
	}
	slices.Sort(paths)
	return paths, names, err
}

// chosenSuites are the recorded ones whose folders are in dir, or the one of a
// file.
func chosenSuites(file, dir string) ([]suite, error) {
	if file != "" {
		s, err := readSuite(os.DirFS(filepath.Dir(file)), filepath.Base(file))
		return []suite{s}, err
	}
	all, err := recordedSuites()
	return slices.DeleteFunc(all, func(s suite) bool {
		_, err := os.Stat(filepath.Join(dir, s.Name))
		return err != nil
	}), err
}
