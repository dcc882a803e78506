package tui

import (
	"context"
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
	data, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("reading the saved views in %s: %w", path, err)
	}
	return parseViews(path, data)
}

// parseViews reads the content of the views file at path.
func parseViews(path string, data []byte) (map[string]savedView, error) {
	views := map[string]savedView{}
	if err := yaml.UnmarshalStrict(data, &views); err != nil {
		return nil, fmt.Errorf("reading the saved views in %s: %w", path, err)
	}
	if views == nil { // a file of comments only
		views = map[string]savedView{}
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
	shown := savedView{
		Layer: q.layer, Namespace: a.namespace, Filter: q.filter.text,
		Sort: sortNames()[q.sort], Reversed: q.reversed,
		Faults: q.faults, System: q.system, HideAccepted: q.noAccepted,
	}
	return a.changeViews(func(views map[string]savedView) (string, error) {
		was, replaced := views[name]
		views[name] = shown
		said := fmt.Sprintf("saved: :view %s shows the findings like this again", name)
		if replaced && was != shown {
			said += ", and no longer as it did before"
		}
		return said, nil
	})
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
	return a.changeViews(func(views map[string]savedView) (string, error) {
		if _, ok := views[name]; !ok {
			return "", fmt.Errorf("no saved view %q", name)
		}
		delete(views, name)
		return "the view " + name + " is forgotten", nil
	})
}

// viewsChangedMsg tells what was done to the saved views, or why not.
type viewsChangedMsg struct {
	said string
	err  error
}

// changeViews changes the saved views and writes them, with those that other
// kilns have saved meanwhile.
func (a *App) changeViews(change func(map[string]savedView) (string, error)) tea.Cmd {
	path := viewsFile()
	return a.start(nil, "saving", func(ctx context.Context) tea.Msg {
		var said string
		err := statefile.Update(ctx, path, func(old []byte) ([]byte, error) {
			views, err := parseViews(path, old)
			if err != nil {
				return nil, err
			}
			if said, err = change(views); err != nil {
				return nil, err
			}
			return yaml.Marshal(views)
		})
		return viewsChangedMsg{said, err}
	})
}

func (a *App) onViewsChanged(msg viewsChangedMsg) {
	if msg.err != nil {
		a.flash(failure, msg.err.Error())
		return
	}
	a.flash(info, msg.said)
}

// viewNames are suggestions; a file that can't be read has none.
func viewNames(*App) []string {
	views, _ := readViews(viewsFile())
	return slices.Sorted(maps.Keys(views))
}
