package tui

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"sigs.k8s.io/yaml"

	"kiln/kube"
	"kiln/kube/statefile"
	"kiln/scanners"
	"kiln/themes"
)

// savedView is a list of findings to come back to: what it shows, and in
// which order.
type savedView struct {
	Layer     scanners.Layer `json:"layer,omitempty"`
	Namespace string         `json:"namespace,omitempty"`
	// Filter is as typed after the slash.
	Filter string `json:"filter,omitempty"`
	// Sort is one of sortNames; empty means by severity.
	Sort     string `json:"sort,omitempty"`
	Reversed bool   `json:"reversed,omitempty"`
	Faults   bool   `json:"faults,omitempty"`
	System   bool   `json:"system,omitempty"`
	// HideAccepted leaves out what somebody has accepted.
	HideAccepted bool `json:"hideAccepted,omitempty"`
}

// sortNames are the names of the orders, as sortKey counts them.
func sortNames() []string { return []string{"severity", "check", "name", "namespace", "fix", "owner"} }

// viewsFile is where saved views are: a YAML map of names to views, which
// users may edit.
func viewsFile() string { return filepath.Join(filepath.Dir(themes.Folder()), "views.yaml") }

// readViews reads a views file. A missing one is fine.
func readViews(path string) (map[string]savedView, error) {
	views := map[string]savedView{}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return views, nil
	}
	if err == nil {
		err = yaml.UnmarshalStrict(data, &views)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the saved views in %s: %w", path, err)
	}
	for name, v := range views {
		if err := v.complaint(); err != nil {
			return nil, fmt.Errorf("the saved views in %s: %s: %w", path, kube.Clean(name), err)
		}
	}
	return views, nil
}

func (v savedView) complaint() error {
	if v.Sort != "" && !slices.Contains(sortNames(), v.Sort) {
		return fmt.Errorf("sort is %q, not one of %s", kube.Clean(v.Sort), strings.Join(sortNames(), ", "))
	}
	if v.Layer != "" && !slices.Contains(scanners.Layers(), v.Layer) {
		return fmt.Errorf("there is no layer %q", kube.Clean(string(v.Layer)))
	}
	return nil
}

// saveView keeps the list of findings as it is shown now, under a name.
func saveView(a *App, name string) tea.Cmd {
	if name == "" || strings.ContainsAny(name, " \t") {
		a.flash(warning, "give the view a name of one word: :save-view NAME")
		return nil
	}
	q := a.findings.query
	views, err := readViews(viewsFile())
	if err == nil {
		views[name] = savedView{
			Layer: q.layer, Namespace: a.namespace, Filter: q.filter.text,
			Sort: sortNames()[q.sort], Reversed: q.reversed,
			Faults: q.faults, System: q.system, HideAccepted: q.noAccepted,
		}
		err = writeViews(viewsFile(), views)
	}
	if err != nil {
		a.flash(failure, err.Error())
		return nil
	}
	a.flash(info, fmt.Sprintf("saved: :view %s shows the findings like this again", name))
	return nil
}

// showView shows the findings as a saved view has them.
func showView(a *App, name string) tea.Cmd {
	views, err := readViews(viewsFile())
	if err != nil {
		a.flash(failure, err.Error())
		return nil
	}
	v, ok := views[name]
	switch names := slices.Sorted(maps.Keys(views)); {
	case ok:
	case len(names) == 0:
		a.flash(info, "no view is saved yet: :save-view NAME keeps the findings as they are shown now")
		return nil
	default:
		a.flash(warning, fmt.Sprintf("no saved view %q: there are %s", name, kube.Clean(strings.Join(names, ", "))))
		return nil
	}
	a.root(a.findings)
	q := &a.findings.query
	q.layer, q.reversed, q.faults, q.system, q.noAccepted = v.Layer, v.Reversed, v.Faults, v.System, v.HideAccepted
	q.sort = sortKey(max(slices.Index(sortNames(), v.Sort), 0))
	q.filter, _ = parseFindingsFilter(v.Filter) // what is no regex works as text, as when it was typed
	return a.setNamespace(v.Namespace)
}

// forgetView deletes a saved view.
func forgetView(a *App, name string) tea.Cmd {
	views, err := readViews(viewsFile())
	if _, ok := views[name]; err == nil && !ok {
		err = fmt.Errorf("no saved view %q", name)
	}
	if err == nil {
		delete(views, name)
		err = writeViews(viewsFile(), views)
	}
	if err != nil {
		a.flash(warning, err.Error())
		return nil
	}
	a.flash(info, "the view "+name+" is forgotten")
	return nil
}

func writeViews(path string, views map[string]savedView) error {
	data, err := yaml.Marshal(views)
	if err == nil {
		err = statefile.Replace(path, data)
	}
	if err != nil {
		return fmt.Errorf("saving the view: %w", err)
	}
	return nil
}

// viewNames are suggestions; a file that can't be read has none.
func viewNames(*App) []string {
	views, _ := readViews(viewsFile())
	return slices.Sorted(maps.Keys(views))
}
