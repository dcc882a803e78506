package tui

import (
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

func (v *diffView) onKey(msg tea.KeyPressMsg) tea.Cmd {
	keys := v.app.keys
	switch {
	case v.answering != nil:
		return v.onAnswerKey(msg)
	case key.Matches(msg, keys.Answer):
		v.answerNext()
	case key.Matches(msg, keys.Copy):
		return v.copyCommands()
	case v.app.settling(v.opened):
	case key.Matches(msg, keys.NextButton):
		v.buttons.move(1)
	case key.Matches(msg, keys.PreviousButton):
		v.buttons.move(-1)
	case key.Matches(msg, keys.Press):
		return v.press()
	case v.look.onKey(msg, keys):
		v.version++
	default:
		v.pager.onKey(msg, keys)
	}
	return nil
}

func (v *diffView) hints() []key.Binding {
	k := v.app.keys
	if v.answering != nil {
		return []key.Binding{helped(k.Press, "choose"), helped(k.NextButton, "next question"), helped(k.Back, "done")}
	}
	if len(v.commands()) > 0 {
		return []key.Binding{helped(k.Copy, "copy the commands"), k.NextButton, k.Press, k.Down, k.Back}
	}
	hints := []key.Binding{k.NextButton, k.Press, k.Answer, k.Down, k.Split, k.Whole, k.Back}
	if !v.asks() {
		hints = slices.Delete(hints, 2, 3)
	}
	return hints
}

func (v *diffView) help() []keyGroup {
	k := v.app.keys
	return []keyGroup{{"Preview", []key.Binding{k.NextButton, k.PreviousButton, k.Press, k.Answer, helped(k.Copy, "copy the commands of the steps"), k.Split, k.Whole, k.Wrap, k.Back}}, k.reading()}
}
