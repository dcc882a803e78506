package tui

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// columnFilter is one word of a list's filter that is about a column:
// "ns:shop,ops", "sev:high+", "state:undone", and with a leading ! its
// inverse. A row has it if the column has one of the wanted texts.
type columnFilter struct {
	column int
	// kind says that it's the kind of the column's object that is wanted:
	// Deployment of "Deployment/web".
	kind    bool
	inverse bool
	wanted  []string
}

// columnsOfFields are the columns that findings' fields stand for in other
// lists, the first that a list has.
var columnsOfFields = map[string][]string{
	"sev":  {"severity", "worst"},
	"ns":   {"namespace"},
	"kind": {"object", "workload", "subject"},
	"name": {"name", "object", "workload", "subject"},
}

// columnFor finds the column that a field's name stands for: by its title, in
// small letters and with dashes for spaces.
func columnFor(name string, columns []column) (int, bool) {
	for _, title := range append([]string{name}, columnsOfFields[cmp.Or(longFields[name], name)]...) {
		at := slices.IndexFunc(columns, func(c column) bool {
			return c.title != "" && strings.ReplaceAll(strings.ToLower(c.title), " ", "-") == title
		})
		if at >= 0 {
			return at, true
		}
	}
	return 0, false
}

// takeColumns takes the words about columns out of a list's filter. A field
// of the findings that this list hasn't is a problem.
func takeColumns(pattern string, columns []column) (rest string, all []columnFilter, problem error) {
	if !strings.Contains(pattern, ":") {
		return pattern, nil, nil
	}
	var words []string
	for _, word := range strings.Fields(pattern) {
		bare, inverse := strings.CutPrefix(word, "!")
		name, value, _ := strings.Cut(bare, ":")
		at, known := columnFor(name, columns)
		switch {
		case known && strings.Contains(bare, ":"):
			wanted, err := wantedOf(name, value)
			problem = cmp.Or(problem, err)
			all = append(all, columnFilter{at, name == "kind" && columns[at].title != "KIND", inverse, wanted})
		case strings.Contains(bare, ":") && slices.Contains(filterFields(), cmp.Or(longFields[name], name)):
			problem = fmt.Errorf("%s: is not a column here, so it's taken as text", name)
			words = append(words, word)
		default:
			words = append(words, word)
		}
	}
	if len(all) == 0 {
		return pattern, nil, problem
	}
	return strings.Join(words, " "), all, problem
}

// wantedOf reads what stands behind the colon; nothing is wanted of what
// isn't understood or is still being typed.
func wantedOf(name, value string) ([]string, error) {
	if value == "" {
		return nil, nil
	}
	value = strings.ToLower(value)
	if cmp.Or(longFields[name], name) == "sev" {
		severities, err := parseSeverities(value)
		var words []string
		for _, s := range severities {
			words = append(words, s.String())
		}
		return words, err
	}
	words := slices.DeleteFunc(strings.Split(value, ","), func(w string) bool { return w == "" })
	for i, word := range words {
		if kind, known := kindNamed(word, nil); name == "kind" && known {
			words[i] = strings.ToLower(kind)
		}
	}
	return words, nil
}

// admitsText says whether a column's text is as it's wanted.
func (f columnFilter) admitsText(text string) bool {
	if len(f.wanted) == 0 {
		return true
	}
	text = strings.ToLower(text)
	if f.kind {
		kind, _, _ := strings.Cut(strings.ReplaceAll(text, "/", " "), " ")
		return slices.Contains(f.wanted, kind) != f.inverse
	}
	return slices.ContainsFunc(f.wanted, func(w string) bool { return strings.Contains(text, w) }) != f.inverse
}
