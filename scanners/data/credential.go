package data

import (
	"math"
	"strings"
)

// detector finds credentials that stand in the clear. One is made for each
// run of a check, since it holds compiled expressions.
type detector struct {
	patterns []pattern
	// options are those by which programs take passwords, by the program.
	options map[string][]passwordOption
}

func newDetector() detector { return detector{patterns: forms(), options: optionsByProgram()} }

// credential says what kind of credential a name and its literal value are,
// "a password" for example, or nothing. The answer never holds the value.
func (d detector) credential(name, value string) string {
	value = strings.TrimSpace(value)
	if value == "" {
		return ""
	}
	if what := byForm(d.patterns, value); what != "" {
		return what
	}
	return byName(name, value)
}

// byName judges a value that has no form of its own by its name, and leaves
// out what that name often holds instead of a credential.
func byName(name, value string) string {
	kind := kindOf(name)
	if kind == nothing || reference(value) || isSetting(value) || isPublic(value) {
		return ""
	}
	switch kind {
	case password:
		return "a password"
	case secret:
		if isNumber(value) || secretName.MatchString(value) || strings.Contains(value, "://") {
			return ""
		}
		return "a secret"
	case someKey:
		if looksRandom(value) {
			return "a key"
		}
	}
	return ""
}

// isPublic says that a value is the public half of a pair.
func isPublic(value string) bool {
	return strings.Contains(value, "BEGIN PUBLIC KEY") || strings.Contains(value, "BEGIN CERTIFICATE") || strings.HasPrefix(value, "ssh-")
}

// looksRandom says that a value is one word of letters and digits that no
// person would choose: at least 20 of them, hardly any twice.
func looksRandom(value string) bool {
	if len(value) < 20 || uuid.MatchString(value) || strings.ContainsAny(value, " \t\n:.,;/\\@{}<>") {
		return false
	}
	counts := map[rune]int{}
	letters, digits := 0, 0
	for _, r := range value {
		counts[r]++
		switch {
		case r >= '0' && r <= '9':
			digits++
		case r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z':
			letters++
		}
	}
	entropy := 0.0
	for _, n := range counts {
		p := float64(n) / float64(len(value))
		entropy -= p * math.Log2(p)
	}
	return letters > 0 && digits > 1 && entropy >= 3.5
}
