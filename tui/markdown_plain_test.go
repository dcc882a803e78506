package tui

import (
	"bytes"
	"strings"
	"testing"

	"kiln/scanners"
	"kiln/scanners/catalogue"
)

func TestALessonAsPlainText(t *testing.T) {
	source := "# Title\n\nA *soft* and **hard** word of\n`code`, see [the docs](https://k8s.io).\n\n## See it yourself\n\n" +
		"    kubectl get pods -A -o json | jq '.items[]'\n\n- one\n- two,\n  longer\n\n1. first\n"
	want := `Title

A soft and hard word of code, see the docs (https://k8s.io).

See it yourself

    kubectl get pods -A -o json | jq '.items[]'

- one
- two, longer

1. first`
	if got := PlainLesson(&bytes.Buffer{}, source); got != want {
		t.Errorf("it is\n%s\nwant\n%s", got, want)
	}
}

// TestAllLessonsReadWell looks for what a screen reader would stumble over.
func TestAllLessonsReadWell(t *testing.T) {
	lessons := map[string]string{}
	for _, c := range catalogue.Checks() {
		lessons[c.ID] = c.Lesson
	}
	for _, layer := range scanners.Layers() {
		lessons[string(layer)] = catalogue.Introduction(layer)
	}
	for name, lesson := range lessons {
		text := PlainLesson(&bytes.Buffer{}, lesson)
		if strings.Contains(text, "\x1b") || strings.Contains(text, "```") || strings.Contains(text, "**") {
			t.Errorf("%s has marks:\n%s", name, text)
		}
		for _, line := range strings.Split(text, "\n") {
			if strings.HasPrefix(line, "#") || strings.ContainsAny(line, "│┃•─") {
				t.Errorf("%s has the line %q", name, line)
			}
		}
	}
}
