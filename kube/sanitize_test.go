package kube

import "testing"

// Whoever may name an object, or annotate it, must not command the terminal of
// the one who looks at it, nor have it read other than it is.
func TestHostileTextIsCleaned(t *testing.T) {
	for _, test := range []struct{ name, text, line, block string }{
		{"plain text", "web-1: it's fine ~!", "web-1: it's fine ~!", "web-1: it's fine ~!"},
		{"other scripts", "für 日本語 ❄", "für 日本語 ❄", "für 日本語 ❄"},
		{"lines and tabs", "one\n\ttwo\n", "one  two", "one\n\ttwo\n"},
		{"Windows' lines", "one\r\ntwo", "one  two", "one \ntwo"},
		{"a colour", "a\x1b[31mb\x1b[0mc", "abc", "abc"},
		{"the clipboard", "a\x1b]52;c;aGk=\x07b", "ab", "ab"},
		{"a link that leads elsewhere", "\x1b]8;;https://evil.example\x1b\\docs\x1b]8;;\x1b\\", "docs", "docs"},
		{"an escape that doesn't end", "a\x1b[31", "a", "a"},
		{"an escape of one character", "a\u009b31mb", "a31mb", "a31mb"},
		{"bells, backspaces and deletions", "a\x07b\bc\x7fd\x00e", "abcde", "abcde"},
		{"text that runs backwards", "a\u202egnp.exe\u202c", "agnp.exe", "agnp.exe"},
		{"isolates", "\u2066a\u2069", "a", "a"},
		{"what has no width", "ad\u200bmin\u2060\u00ad\ufeff", "admin", "admin"},
		{"other ends of lines", "a\u2028b\u2029c", "abc", "abc"},
		{"tags", "a\U000e0061b", "ab", "ab"},
		{"no UTF-8", "a\xffb", "a\ufffdb", "a\ufffdb"},
	} {
		if got := Clean(test.text); got != test.line {
			t.Errorf("%s, on a line: %q, want %q", test.name, got, test.line)
		}
		if got := CleanBlock(test.text); got != test.block {
			t.Errorf("%s, in a block: %q, want %q", test.name, got, test.block)
		}
	}
}
