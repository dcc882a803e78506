package tui

import (
	"fmt"
	"regexp"
	"slices"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
)

// search is what is looked for in a page of text, and where it stands.
type search struct {
	text   string
	regex  *regexp.Regexp
	places []place
	// at is the place that the user is at.
	at int
}

// place is a part of a line, in cells.
type place struct{ line, from, to int }

// parseSearch reads what was typed after the slash: a regular expression, in
// which small letters match large ones. What is none is looked for as text.
func parseSearch(text string) (search, error) {
	if text == "" {
		return search{}, nil
	}
	regex, err := regexp.Compile(caseFold(text) + text)
	if err != nil {
		return search{text: text, regex: regexp.MustCompile("(?i)" + regexp.QuoteMeta(text))}, fmt.Errorf("not a regex, taken as text: %s", regexProblem(err))
	}
	return search{text: text, regex: regex}, nil
}

// setFilter looks for text and shows its first place from here on. All pages
// of text have it.
func (p *pager) setFilter(text string) (tea.Cmd, error) {
	s, err := parseSearch(text)
	p.search = s
	p.search.places = s.find(p.content)
	from := func(place place, line int) int { return place.line - line }
	if n := len(p.search.places); n > 0 {
		at, _ := slices.BinarySearchFunc(p.search.places, p.at, from)
		p.search.at = at % n
		p.showPlace()
	}
	p.draw()
	return nil, err
}

func (p *pager) filterText() string { return p.search.text }

// find lists all places, line by line.
func (s search) find(lines []string) []place {
	if s.regex == nil {
		return nil
	}
	var all []place
	for i, line := range lines {
		text := ansi.Strip(line)
		for _, at := range s.regex.FindAllStringIndex(text, -1) {
			from, to := ansi.StringWidth(text[:at[0]]), ansi.StringWidth(text[:at[1]])
			if from < to {
				all = append(all, place{i, from, to})
			}
		}
	}
	return all
}

// found is how many places there are of what is looked for.
func (p *pager) found() int { return len(p.search.places) }

// step goes some places on, around the ends.
func (p *pager) step(by int) {
	n := len(p.search.places)
	if n == 0 {
		return
	}
	p.search.at = (p.search.at + by + n) % n
	p.showPlace()
	p.draw()
}

// matches says which of the places one is at; empty where nothing is looked
// for. All pages of text have it.
func (p *pager) matches(keys *keyMap) string {
	switch n := len(p.search.places); {
	case p.search.regex == nil:
		return ""
	case n == 0:
		return "no match"
	default:
		return fmt.Sprintf("match %d of %d · %s next · %s previous", p.search.at+1, n, keys.NextMatch.Help().Key, keys.PreviousMatch.Help().Key)
	}
}

// showPlace scrolls to the place that the user is at.
func (p *pager) showPlace() {
	here := p.search.places[p.search.at]
	p.port.EnsureVisible(here.line, here.from, here.to)
	p.at = p.port.YOffset()
}

// highlight marks the places, without colour: themes have none to spare.
func (s search) highlight(lines []string) []string {
	if len(s.places) == 0 {
		return lines
	}
	lines = slices.Clone(lines)
	every, here := lipgloss.NewStyle().Underline(true).Bold(true), lipgloss.NewStyle().Reverse(true)
	for from := 0; from < len(s.places); {
		line, ranges := s.places[from].line, []lipgloss.Range(nil)
		for ; from < len(s.places) && s.places[from].line == line; from++ {
			style := every
			if from == s.at {
				style = here
			}
			ranges = append(ranges, lipgloss.NewRange(s.places[from].from, s.places[from].to, style))
		}
		lines[line] = lipgloss.StyleRanges(lines[line], ranges...)
	}
	return lines
}
