package catalogue_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"kiln/scanners"
	"kiln/scanners/catalogue"
)

// longestProse is as long as a line of text may be in an editor, in characters;
// code may be longer, since commands aren't broken.
const longestProse = 160

var (
	// aCheck is a check that a text speaks of.
	aCheck = regexp.MustCompile("`((?:node|api|network|pod|data|audit|import)/[a-z0-9-]+)`")
	// opening is how a block of code may begin: plain or with its language.
	opening = regexp.MustCompile("^```[a-z]*$")
)

func TestEveryLessonIsWellFormed(t *testing.T) {
	want := form{
		sections: []string{"What it is", "How it is abused", "How bad it is", "See it yourself", "What the fix changes", "References"},
		ids:      checkIDs(), least: 18, most: 60,
	}
	for _, c := range catalogue.Checks() {
		for _, fault := range want.faults(c.Lesson) {
			t.Errorf("the lesson of %s: %s", c.ID, fault)
		}
	}
}

func TestEveryIntroductionIsWellFormed(t *testing.T) {
	want := form{
		sections: []string{"What it is", "How it is attacked", "What to do first"},
		ids:      checkIDs(), least: 12, most: 30,
	}
	for _, layer := range scanners.Layers() {
		for _, fault := range want.faults(catalogue.Introduction(layer)) {
			t.Errorf("the introduction of %s: %s", layer, fault)
		}
	}
}

func TestFaultsOfFormAreSeen(t *testing.T) {
	want := form{sections: []string{"One", "Two"}, ids: []string{"pod/privileged"}, least: 1, most: 12}
	for name, tt := range map[string]struct{ text, want string }{
		"as it should be":      {"# T\n\n## One\nSee `pod/privileged`.\n```sh\n# a comment\n```\n\n## Two\n\n    code\n", ""},
		"long code":            {"# T\n\n## One\n```\n" + strings.Repeat("x", 300) + "\n```\n## Two\nb\n", ""},
		"no title":             {"## One\na\n## Two\nb\n", "line 1: no title"},
		"a section is missing": {"# T\n## One\na\n", `sections ["One"]`},
		"in the wrong order":   {"# T\n## Two\nb\n## One\na\n", `sections ["Two" "One"]`},
		"a section of its own": {"# T\n## One\na\n### More\na\n## Two\nb\n", `sections ["One" "# More" "Two"]`},
		"an empty section":     {"# T\n## One\n\n## Two\nb\n", `"One" is empty`},
		"an empty last one":    {"# T\n## One\na\n## Two\n", `"Two" is empty`},
		"an open fence":        {"# T\n## One\na\n## Two\n```\nb\n", "line 5: the block of code has no end"},
		"a fence with more":    {"# T\n## One\na\n## Two\n```sh -x\nb\n```\n", "line 5: a fence"},
		"long prose":           {"# T\n## One\n" + strings.Repeat("é", longestProse+1) + "\n## Two\nb\n", "line 3: 161 characters"},
		"a dead reference":     {"# T\n## One\nSee `pod/privileged-ones`.\n## Two\nb\n", "line 3: no check pod/privileged-ones"},
		"too long":             {"# T\n## One\n" + strings.Repeat("a\n", 12) + "## Two\nb\n", "16 lines"},
		"no last newline":      {"# T\n## One\na\n## Two\nb", "end of line"},
	} {
		t.Run(name, func(t *testing.T) {
			got := strings.Join(want.faults(tt.text), "\n")
			if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
				t.Errorf("faults: %q, want %q", got, tt.want)
			}
		})
	}
}

func checkIDs() []string {
	var ids []string
	for _, c := range catalogue.Checks() {
		ids = append(ids, c.ID)
	}
	return ids
}

// form is what texts of one kind have in common.
type form struct {
	sections []string // their headings, in order
	ids      []string // the checks that exist
	// least and most lines.
	least, most int
}

// faults are where a text in Markdown differs from its form.
func (f form) faults(text string) []string {
	var faults, sections []string
	say := func(format string, a ...any) { faults = append(faults, fmt.Sprintf(format, a...)) }
	if n := strings.Count(text, "\n"); n < f.least || n > f.most {
		say("%d lines, not %d to %d", n, f.least, f.most)
	}
	if !strings.HasSuffix(text, "\n") {
		say("the last line lacks its end of line")
	}
	fence, empty := 0, false // the line at which code began; nothing came since the last heading
	end := func() {
		if empty {
			say("section %q is empty", sections[len(sections)-1])
		}
	}
	for i, line := range strings.Split(text, "\n") {
		n := i + 1
		heading, isHeading := strings.CutPrefix(line, "##")
		switch {
		case fence > 0:
			if line == "```" {
				fence = 0
			}
		case n == 1:
			if !strings.HasPrefix(line, "# ") {
				say("line 1: no title")
			}
		case isHeading:
			end()
			sections, empty = append(sections, strings.TrimSpace(heading)), true
		case strings.HasPrefix(line, "```"):
			if !opening.MatchString(line) {
				say("line %d: a fence takes a language or nothing: %s", n, line)
			}
			fence, empty = n, false
		case strings.TrimSpace(line) != "":
			empty = false
			for _, fault := range f.faultsOfProse(line) {
				say("line %d: %s", n, fault)
			}
		}
	}
	end()
	if fence > 0 {
		say("line %d: the block of code has no end", fence)
	}
	if !slices.Equal(sections, f.sections) {
		say("sections %q, want %q", sections, f.sections)
	}
	return faults
}

// faultsOfProse are those of a line outside of fences. An indented one is code.
func (f form) faultsOfProse(line string) []string {
	var faults []string
	if n := utf8.RuneCountInString(line); n > longestProse && !strings.HasPrefix(line, "    ") {
		faults = append(faults, fmt.Sprintf("%d characters, at most %d read well", n, longestProse))
	}
	for _, m := range aCheck.FindAllStringSubmatch(line, -1) {
		if !slices.Contains(f.ids, m[1]) {
			faults = append(faults, "no check "+m[1])
		}
	}
	return faults
}
