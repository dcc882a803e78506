package scanners

import (
	"fmt"
	"strings"
)

// Severity is how bad a finding is: reach × damage × ease. Higher is worse;
// the zero value means that none is set.
type Severity int

// The severities.
const (
	Info Severity = iota + 1
	Low
	Medium
	High
	Critical
)

// Severities lists them, the worst first.
func Severities() []Severity { return []Severity{Critical, High, Medium, Low, Info} }

func (s Severity) String() string {
	switch s {
	case Critical:
		return "critical"
	case High:
		return "high"
	case Medium:
		return "medium"
	case Low:
		return "low"
	case Info:
		return "info"
	}
	return ""
}

// ParseSeverity reads a severity as users write it.
func ParseSeverity(text string) (Severity, error) {
	for _, s := range Severities() {
		if strings.EqualFold(text, s.String()) {
			return s, nil
		}
	}
	return 0, fmt.Errorf("unknown severity %q: use critical, high, medium, low or info", text)
}

// MarshalText makes severities words in JSON and YAML.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (s *Severity) UnmarshalText(text []byte) error {
	parsed, err := ParseSeverity(string(text))
	if err != nil {
		return err
	}
	*s = parsed
	return nil
}
