package tui

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"k8s.io/apimachinery/pkg/labels"
)

// filter chooses rows by their text: a regular expression, its inverse with
// a leading !, or fuzzily with a leading -f. Small letters match large ones.
// In the findings, words such as ns:shop are about one column, and a leading
// -l asks for the objects' labels.
type filter struct {
	text    string
	fields  []fieldFilter
	labels  labels.Selector
	inverse bool
	fuzzy   []byte
	regex   *regexp.Regexp
}

// parseFindingsFilter is parseFilter with fields and labels.
func parseFindingsFilter(text string) (filter, error) {
	if rest, ok := strings.CutPrefix(strings.TrimSpace(text), "-l"); ok && (rest == "" || rest[0] == ' ') {
		selector, err := labels.Parse(strings.TrimSpace(rest))
		if err != nil {
			return filter{text: text, labels: labels.Nothing()}, fmt.Errorf("no label selector: %w", err)
		}
		return filter{text: text, labels: selector}, nil
	}
	rest, fields, problem := takeFields(text)
	f, err := parseFilter(rest)
	f.text, f.fields = text, fields
	return f, cmp.Or(problem, err)
}

// parseFilter reads what was typed after the slash. With an error the filter
// still works, on the text as it stands.
func parseFilter(text string) (filter, error) {
	f := filter{text: text}
	pattern := strings.TrimSpace(text)
	if rest, ok := strings.CutPrefix(pattern, "-f"); ok && (rest == "" || rest[0] == ' ') {
		f.fuzzy = bytes.ToLower([]byte(strings.ReplaceAll(rest, " ", "")))
		return f, nil
	}
	if rest, ok := strings.CutPrefix(pattern, "!"); ok {
		f.inverse = true
		pattern = strings.TrimSpace(rest)
	}
	if pattern == "" {
		return f, nil
	}
	if strings.HasPrefix(pattern, "-l ") {
		f.regex = regexp.MustCompile(regexp.QuoteMeta(pattern))
		return f, errors.New("labels can be asked for in the findings only")
	}
	regex, err := regexp.Compile(caseFold(pattern) + pattern)
	if err != nil {
		f.regex = regexp.MustCompile("(?i)" + regexp.QuoteMeta(pattern))
		return f, fmt.Errorf("not a regex, taken as text: %s", regexProblem(err))
	}
	f.regex = regex
	return f, nil
}

// caseFold ignores case unless the pattern has capitals.
func caseFold(pattern string) string {
	if strings.ToLower(pattern) == pattern {
		return "(?i)"
	}
	return ""
}

// regexProblem is the parser's complaint without its preface.
func regexProblem(err error) string {
	return strings.TrimPrefix(err.Error(), "error parsing regexp: ")
}

func (f filter) isEmpty() bool { return f.regex == nil && len(f.fuzzy) == 0 }

func (f filter) matches(text []byte) bool {
	if f.regex != nil {
		return f.regex.Match(text) != f.inverse
	}
	return containsInOrder(text, f.fuzzy)
}

// containsInOrder says whether all of letters occur in text one after the
// other, with anything between.
func containsInOrder(text, letters []byte) bool {
	for _, want := range letters {
		at := indexFold(text, want)
		if at < 0 {
			return false
		}
		text = text[at+1:]
	}
	return true
}

func indexFold(text []byte, small byte) int {
	for i, b := range text {
		if b == small || (b >= 'A' && b <= 'Z' && b+'a'-'A' == small) {
			return i
		}
	}
	return -1
}
