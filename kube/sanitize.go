package kube

import (
	"strings"
	"unicode"

	"github.com/charmbracelet/x/ansi"
)

// Clean makes text from the cluster safe for a terminal and a report's line:
// escape sequences and control characters are removed, line breaks become
// spaces, and the invisible marks are dropped that make text read other than it
// is: bidirectional overrides, zero-width characters, tags.
func Clean(text string) string {
	if isPlain(text) {
		return text
	}
	return strings.TrimSpace(cleanRunes(text, false))
}

// CleanBlock is Clean for text of several lines: line breaks and tabs stay.
func CleanBlock(text string) string {
	if isPlain(text) {
		return text
	}
	return cleanRunes(text, true)
}

// isPlain is the common case: printable ASCII needs no work.
func isPlain(text string) bool {
	for i := 0; i < len(text); i++ {
		if text[i] < 0x20 || text[i] > 0x7e {
			return false
		}
	}
	return true
}

func cleanRunes(text string, block bool) string {
	text = ansi.Strip(strings.ToValidUTF8(text, "\uFFFD"))
	return strings.Map(func(r rune) rune {
		switch {
		case block && (r == '\n' || r == '\t'):
			return r
		case r == '\n' || r == '\t' || r == '\r':
			return ' '
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp):
			return -1
		}
		return r
	}, text)
}
