package kube

import (
	"strings"
	"unicode"

	"github.com/charmbracelet/x/ansi"
)

// Clean makes text from the cluster safe for a terminal and a report's line:
// escape sequences and control characters are removed, line breaks become
// spaces, and marks that reorder text (bidirectional overrides) are dropped.
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
		case unicode.IsControl(r) || isReordering(r):
			return -1
		}
		return r
	}, text)
}

// isReordering finds the invisible marks that make text read other than it
// is: bidirectional embeddings, overrides and isolates, zero-width characters,
// line separators, tags.
func isReordering(r rune) bool {
	switch {
	case r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r >= 0x200B && r <= 0x200F,
		r == 0x061C, r == 0x2028, r == 0x2029, r == 0xFEFF, r >= 0xE0000 && r <= 0xE007F:
		return true
	}
	return false
}
