package tui

import (
	"strings"
	"testing"
)

func TestPagesOfTextAreSearched(t *testing.T) {
	a, _ := newTestApp(t, "staging", 70, 12)
	press(a, "down", "y")
	yaml := "kind: Pod\n" + strings.Repeat("filler: x\n", 40) + "image: first/IMAGE\n" + strings.Repeat("filler: y\n", 40) + "image: second\n"
	a.top().update(objectMsg{yaml: yaml})
	screenText(a)
	press(a, "/")
	typeText(a, "image: ")
	press(a, "enter")
	if text := screenText(a); !strings.Contains(text, "first/IMAGE") {
		t.Fatalf("the first place isn't shown:\n%s", text)
	}
	press(a, "n")
	if text := screenText(a); !strings.Contains(text, "image: second") {
		t.Fatalf("n doesn't go on:\n%s", text)
	}
	press(a, "N")
	if text := screenText(a); !strings.Contains(text, "first/IMAGE") {
		t.Errorf("N doesn't go back:\n%s", text)
	}
	press(a, "esc")
	if a.top().title() != "yaml" {
		t.Errorf("esc closes the page before it ends the search:\n%s", screenText(a))
	}
	press(a, "/")
	typeText(a, "a(")
	press(a, "enter")
	if text := screenText(a); !strings.Contains(text, "not a regex") {
		t.Errorf("a wrong expression is taken without a word:\n%s", text)
	}
}
