package kube

import (
	"encoding/json"
	"fmt"
	"strings"

	sigsyaml "sigs.k8s.io/yaml"
)

// MarshalYAML writes YAML by the json tags of v. The API server stores text
// with characters that YAML allows in escapes only, which the common way by
// JSON doesn't survive: one in an annotation would keep an object from being
// shown, and so from being fixed.
func MarshalYAML(v any) ([]byte, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return sigsyaml.JSONToYAML(escapeForYAML(text))
}

// escapeForYAML replaces what YAML's c-printable leaves out and JSON has no
// need to escape: the control characters from DEL on, one of which ends a line
// in YAML, the byte order mark, and the two that are no characters. In JSON
// they stand in strings only.
func escapeForYAML(text []byte) []byte {
	var escaped strings.Builder
	for _, r := range string(text) {
		if r >= 0x7f && r <= 0x9f || r == 0xfeff || r == 0xfffe || r == 0xffff {
			fmt.Fprintf(&escaped, `\u%04x`, r)
			continue
		}
		escaped.WriteRune(r)
	}
	return []byte(escaped.String())
}
