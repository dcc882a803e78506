package tui

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"kiln/kube"
)

// yamlView shows a whole object as it is now, with the field at fault marked.
type yamlView struct {
	app    *App
	ref    kube.Ref
	path   string
	object objectMsg
	pager
}

func (a *App) openYAML(ref kube.Ref, path string) tea.Cmd {
	if a.session == nil {
		a.flash(info, "not connected: there is no object to read")
		return nil
	}
	v := &yamlView{app: a, ref: ref, path: path, pager: newPager()}
	a.push(v)
	return v.start()
}

func (v *yamlView) start() tea.Cmd { return v.app.readObject(v, "", v.ref) }

func (v *yamlView) title() string { return "yaml" }

func (v *yamlView) target() *target { return &target{ref: v.ref} }

func (v *yamlView) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case objectMsg:
		v.object = msg
	case tea.MouseWheelMsg:
		v.pager.onWheel(msg)
	case tea.KeyPressMsg:
		return v.onKey(msg)
	}
	return nil
}

func (v *yamlView) onKey(msg tea.KeyPressMsg) tea.Cmd {
	keys := v.app.keys
	switch {
	case v.pager.onKey(msg, keys), key.Matches(msg, keys.YAML):
		return nil
	case key.Matches(msg, keys.Copy):
		return v.copyYAML()
	}
	cmd, _ := v.app.drill(msg, &target{ref: v.ref})
	return cmd
}

// copyYAML puts the object into the clipboard as it is shown: masked.
func (v *yamlView) copyYAML() tea.Cmd {
	if v.object.yaml == "" {
		v.app.flash(info, "there is no YAML here to copy")
		return nil
	}
	v.app.flash(info, "copied the YAML of "+v.ref.String())
	return tea.SetClipboard(kube.CleanBlock(v.object.yaml))
}

func (v *yamlView) render(width, height int) []string {
	first := v.pager.drawn.of == nil || v.pager.drawn.of == (objectMsg{})
	if v.pager.outdated(v.app, width, v.object) {
		if from := v.setLines(width); first && from > height/2 {
			v.pager.port.SetHeight(height)
			v.pager.toLine(from - height/3)
		}
	}
	return v.pager.render(v.app.styles, width, height)
}

// setLines draws the object, and returns the line of the field at fault.
func (v *yamlView) setLines(width int) int {
	s := v.app.styles
	head := []string{s.bold.Render(clip(kube.Clean(v.ref.String()), width-2)), ""}
	switch {
	case v.object.problem != "":
		v.pager.setLines(append(head, wrapStyled(s.warning, v.object.problem, width-2)...))
		return 0
	case v.object.yaml == "":
		v.pager.setLines(append(head, s.muted.Render("reading …")))
		return 0
	}
	lines := splitLines(strings.TrimRight(v.object.yaml, "\n"))
	hit := lineRange{}
	if v.path != "" {
		hit.from, hit.to = kube.LinesOf(v.object.yaml, v.path)
	}
	v.pager.setLines(append(head, drawYAML(s, lines, lineRange{0, len(lines)}, hit, 4096)...))
	return hit.from
}

func (v *yamlView) hints() []key.Binding {
	return []key.Binding{v.app.keys.Back, v.app.keys.Describe, v.app.keys.ControlledBy, helped(v.app.keys.Copy, "copy the YAML")}
}

func (v *yamlView) help() []keyGroup {
	k := v.app.keys
	object := without(without(k.drilling(), k.YAML), k.Copy)
	return []keyGroup{{"YAML", []key.Binding{helped(k.Copy, "copy the YAML"), k.Left, k.Right}}, object, k.reading()}
}
