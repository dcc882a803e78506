package kube

import (
	"fmt"
	"regexp"
	"strings"
)

// wrongType is how Go's JSON decoders say that a value is of the wrong type,
// with names of Go's own.
var wrongType = regexp.MustCompile(`json: cannot unmarshal (\w+)(?: \S+)? into Go (?:struct field \w+\.(\S+)|value) of type (\S+)`)

// ExplainDecoding says what is wrong with a text that was read as YAML or JSON,
// in the text's own terms.
func ExplainDecoding(err error) string {
	text := err.Error()
	for _, prefix := range []string{"error unmarshaling JSON: ", "while decoding JSON: ", "error converting YAML to JSON: ", "yaml: "} {
		text = strings.TrimPrefix(text, prefix)
	}
	found := wrongType.FindStringSubmatch(text)
	if found == nil {
		return strings.TrimPrefix(text, "json: ")
	}
	what := found[2]
	if what == "" {
		what = "it"
	}
	return strings.Replace(text, found[0], fmt.Sprintf("%s is %s where %s belongs", what, jsonName(found[1]), goName(found[3])), 1)
}

// jsonName calls a JSON value what it is in YAML.
func jsonName(value string) string {
	switch value {
	case "object":
		return "a mapping"
	case "array":
		return "a list"
	case "string":
		return "a text"
	case "bool":
		return "true or false"
	}
	return "a " + value
}

// goName calls a type of Go's what it is in YAML.
func goName(goType string) string {
	goType = strings.TrimLeft(goType, "*")
	switch {
	case strings.HasPrefix(goType, "[]"):
		return "a list"
	case goType == "string":
		return "a text"
	case goType == "bool":
		return "true or false"
	case strings.HasPrefix(goType, "int"), strings.HasPrefix(goType, "uint"), strings.HasPrefix(goType, "float"):
		return "a number"
	}
	return "a mapping"
}
