package scantest

import (
	"regexp"
	"strings"
	"testing"

	"kiln/scanners"
)

// Catalogue tests what every layer's list of checks must keep: IDs of the
// layer, a title, references, a fix, and a lesson of the common shape.
func Catalogue(t *testing.T, layer scanners.Layer, checks []scanners.Check) {
	t.Helper()
	name := regexp.MustCompile(`^` + string(layer) + `/[a-z0-9]+(-[a-z0-9]+)*$`)
	seen := map[string]bool{}
	for _, c := range checks {
		if !name.MatchString(c.ID) || c.Layer != layer || seen[c.ID] {
			t.Errorf("%q: not an ID of layer %s, or a second time", c.ID, layer)
		}
		seen[c.ID] = true
		if c.Title == "" || strings.HasSuffix(c.Title, ".") || c.Severity == 0 || c.Fix == "" || c.Find == nil {
			t.Errorf("%s: incomplete: %q, %v, %q", c.ID, c.Title, c.Severity, c.Fix)
		}
		lesson(t, c)
	}
}

func lesson(t *testing.T, c scanners.Check) {
	t.Helper()
	rest := c.Lesson
	for _, heading := range []string{"# ", "\n## What it is\n", "\n## How it is abused\n", "\n## See it yourself\n", "\n## What the fix changes\n", "\n## References\n"} {
		_, after, found := strings.Cut(rest, heading)
		if !found {
			t.Errorf("%s: its lesson has no %q, or not in this place", c.ID, strings.TrimSpace(heading))
			return
		}
		rest = after
	}
	if lines := strings.Count(c.Lesson, "\n"); lines < 20 || lines > 50 {
		t.Errorf("%s: its lesson has %d lines", c.ID, lines)
	}
}
