package tui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"kiln/kube"
	"kiln/scanners"
)

// target is the object that a view is about, or has under its cursor.
type target struct {
	ref kube.Ref
	// check is the finding's; empty for an object by itself.
	check string
	// path and container are what a finding is about; may be empty.
	path, container string
	// owner is the tool that owns the object, if it is known.
	owner *kube.Owner
}

func targetOf(f *scanners.Finding) target {
	return target{ref: f.Object, check: f.Check, path: f.Path, container: f.Container, owner: f.Owner}
}

// drilling are the keys that lead from an object to all that is known of it.
func (k *keyMap) drilling() keyGroup {
	return keyGroup{"The object", []key.Binding{k.Describe, k.YAML, k.Logs, k.PreviousLogs, k.ControlledBy, k.Related, k.SameOwner, k.Debug, k.Shell, k.Probe, k.Rights, k.Trace, k.Reach, k.Act, k.Keep, k.Copy}}
}

// drill handles the keys of drilling. Without an object it says so.
func (a *App) drill(msg tea.KeyPressMsg, t *target) (cmd tea.Cmd, handled bool) {
	keys := a.keys
	if !key.Matches(msg, keys.drilling().keys...) {
		return nil, false
	}
	if t == nil {
		a.flash(info, "there is no object here to act on")
		return nil, true
	}
	switch {
	case key.Matches(msg, keys.Copy):
		return a.copy(t.ref.Name), true
	case key.Matches(msg, keys.Related):
		return a.openRelated(*t), true
	case key.Matches(msg, keys.SameOwner):
		return a.openSameOwner(*t), true
	case key.Matches(msg, keys.Rights):
		return a.openRights(t.ref), true
	case key.Matches(msg, keys.Trace):
		return a.openTraceOf(t.ref), true
	case key.Matches(msg, keys.Reach):
		return a.openReachOf(t.ref), true
	}
	if a.session == nil {
		a.flash(info, "not connected: there is no object to read")
		return nil, true
	}
	switch {
	case key.Matches(msg, keys.YAML):
		return a.openYAML(t.ref, t.path), true
	case key.Matches(msg, keys.Describe):
		return a.openDescription(t.ref), true
	case key.Matches(msg, keys.Logs):
		return a.openLogs(*t, false), true
	case key.Matches(msg, keys.PreviousLogs):
		return a.openLogs(*t, true), true
	case key.Matches(msg, keys.Act):
		return a.openQuickActions(t.ref), true
	case key.Matches(msg, keys.Keep):
		return a.openKeep(t.check, t.ref), true
	case key.Matches(msg, keys.Debug):
		return a.openDebug(*t), true
	case key.Matches(msg, keys.Probe):
		return a.openProbe(*t), true
	case key.Matches(msg, keys.Shell):
		return a.openShell(*t), true
	}
	return a.openController(t.ref), true
}

// openRelated shows all findings of an object.
func (a *App) openRelated(t target) tea.Cmd {
	ref := t.ref
	return a.openOnly(ref.Kind+"/"+ref.Name, func(f *scanners.Finding) bool { return f.Object == ref })
}

// openSameOwner shows the findings of everything that the same tool owns.
func (a *App) openSameOwner(t target) tea.Cmd {
	if t.owner == nil || t.owner.Manager == "" {
		a.flash(info, "no tool is known that owns "+t.ref.String())
		return nil
	}
	owner := *t.owner
	return a.openOnly(owner.String(), func(f *scanners.Finding) bool { return f.Owner != nil && *f.Owner == owner })
}

// openCheck shows the findings of a check; of one namespace, if it is given.
func (a *App) openCheck(check, namespace string) tea.Cmd {
	return a.openOnly(check, func(f *scanners.Finding) bool {
		return f.Check == check && (namespace == "" || namespaceOf(f) == namespace)
	})
}

// openOnly shows some findings as a list of its own.
func (a *App) openOnly(name string, only func(*scanners.Finding) bool) tea.Cmd {
	v := newFindingsView(a)
	v.name, v.query.only = kube.Clean(name), only
	v.query.system = true
	a.push(v)
	return v.arrange()
}
