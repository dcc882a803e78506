package manifest

import (
	"reflect"
	"strings"

	yaml "go.yaml.in/yaml/v3"
)

// beginsInline refuses blocks such as the items of "- - a".
const beginsInline = "it begins in the line of another value: edit it by hand"

// blockMapping takes keys away, and writes the new ones behind the last that
// stays.
func (e *editor) blockMapping(n *yaml.Node, kept []bool, fresh map[string]any) error {
	last := -1
	for i := range kept {
		if kept[i] {
			last = i
		}
	}
	if last < 0 {
		return e.refuse(n, "none of its keys would stay: edit it by hand")
	}
	if err := e.withoutKeys(n, kept); err != nil || len(fresh) == 0 {
		return err
	}
	if err := e.shared(n, fresh); err != nil {
		return err
	}
	indent := e.column(n)
	text, err := e.style.block(fresh, indent)
	if err != nil {
		return err
	}
	end, err := e.end(n.Content[2*last+1], indent)
	if err != nil {
		return e.refuse(n.Content[2*last], err.Error()+": edit it by hand")
	}
	end = e.lineEnd(end)
	e.splice(end, end, e.style.newline+strings.Repeat(" ", indent)+text)
	return nil
}

// withoutKeys takes away runs of keys that don't stay.
func (e *editor) withoutKeys(n *yaml.Node, kept []bool) error {
	for i := 0; i < len(kept); i++ {
		if kept[i] {
			continue
		}
		run := i
		for run < len(kept) && !kept[run] {
			run++
		}
		start := e.offset(n.Content[2*i])
		end, err := e.end(n.Content[2*run-1], e.column(n))
		if err != nil {
			return e.refuse(n.Content[2*i], err.Error()+": edit it by hand")
		}
		switch {
		case e.blanksBefore(start):
			e.withoutLines(start, end)
		case run < len(kept) && strings.TrimSpace(e.text[end:e.offset(n.Content[2*run])]) == "":
			e.splice(start, e.offset(n.Content[2*run]), "") // the next key moves up
		default:
			e.splice(start, end, "")
		}
		i = run
	}
	return nil
}

// withoutLines takes whole lines away, each with the line break before it:
// what is new behind them begins with one.
func (e *editor) withoutLines(from, to int) {
	start, end := e.lineStart(from), e.lineEnd(to)
	if start == 0 {
		e.splice(start, e.nextLine(to), "")
		return
	}
	if start--; strings.HasSuffix(e.text[:start], "\r") {
		start--
	}
	e.splice(start, end, "")
}

// sequence changes the items that stay, takes others away, and writes new ones.
func (e *editor) sequence(n *yaml.Node, before, after []any, pairs []pair) error {
	flow := n.Style&yaml.FlowStyle != 0
	if len(pairs) == 0 || len(before) == len(after) && allScalars(before) && allScalars(after) {
		pairs = nil
		for i := range before {
			pairs = append(pairs, pair{i, i})
		}
	}
	stays := make([]bool, len(before))
	partner := make([]int, len(after)) // the item before that becomes it, or -1
	for j := range partner {
		partner[j] = -1
	}
	for _, p := range pairs {
		stays[p.before], partner[p.after] = true, p.before
		if reflect.DeepEqual(before[p.before], after[p.after]) {
			continue
		}
		at := place{indent: e.column(n), flow: flow}
		if !flow {
			dash, err := e.dash(n, n.Content[p.before])
			if err != nil {
				return err
			}
			at.after = dash + 1
		}
		if err := e.value(n.Content[p.before], before[p.before], after[p.after], at); err != nil {
			return err
		}
	}
	if flow {
		return e.flowSequence(n, stays, partner, after)
	}
	return e.blockSequence(n, stays, partner, after)
}

func (e *editor) blockSequence(n *yaml.Node, stays []bool, partner []int, after []any) error {
	for i, stay := range stays {
		if stay {
			continue
		}
		dash, err := e.dash(n, n.Content[i])
		if err != nil {
			return err
		}
		end, err := e.end(n.Content[i], e.column(n))
		if err != nil || !e.blanksBefore(dash) {
			return e.refuse(n.Content[i], beginsInline)
		}
		e.withoutLines(dash, end)
	}
	previous := -1
	for j := 0; j < len(after); j++ {
		if partner[j] >= 0 {
			previous = partner[j]
			continue
		}
		run := j
		for run < len(after) && partner[run] < 0 {
			run++
		}
		if err := e.newItems(n, previous, after[j:run]); err != nil {
			return err
		}
		j = run - 1
	}
	return nil
}

// newItems writes items behind the one that's at previous; -1 for the start.
func (e *editor) newItems(n *yaml.Node, previous int, items []any) error {
	indent := e.column(n)
	text, err := e.style.block(items, indent)
	if err != nil {
		return err
	}
	if previous >= 0 {
		end, err := e.end(n.Content[previous], indent)
		if err != nil {
			return e.refuse(n.Content[previous], err.Error()+": edit it by hand")
		}
		end = e.lineEnd(end)
		e.splice(end, end, e.style.newline+strings.Repeat(" ", indent)+text)
		return nil
	}
	dash, err := e.dash(n, n.Content[0])
	if err != nil {
		return err
	}
	if !e.blanksBefore(dash) {
		return e.refuse(n, beginsInline)
	}
	// Behind the line before, whose end a removed first item takes along.
	at := e.lineStart(dash)
	if at == 0 {
		e.splice(dash, dash, text+e.style.newline+strings.Repeat(" ", indent))
		return nil
	}
	if at--; strings.HasSuffix(e.text[:at], "\r") {
		at--
	}
	e.splice(at, at, e.style.newline+strings.Repeat(" ", indent)+text)
	return nil
}

// dash is where an item's dash stands: in the list's column, in the item's
// line or above it.
func (e *editor) dash(n, item *yaml.Node) (int, error) {
	for line := min(item.Line, len(e.starts)); line >= n.Line; line-- {
		at := e.offset(&yaml.Node{Line: line, Column: n.Column})
		if at < len(e.text) && e.text[at] == '-' && strings.Trim(e.text[e.starts[line-1]:at], " \t-?:") == "" {
			return at, nil
		}
	}
	return 0, e.refuse(item, "its dash can't be found: edit it by hand")
}

func allScalars(items []any) bool {
	for _, item := range items {
		switch item.(type) {
		case map[string]any, []any:
			return false
		}
	}
	return true
}
