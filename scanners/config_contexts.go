package scanners

import (
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

// ContextConfig is how kiln behaves in a context of the kubeconfig.
type ContextConfig struct {
	// Context is the context's name, or a pattern in which a star stands for
	// anything.
	Context string `json:"context"`
	// ReadOnly has the transport refuse every write, until somebody allows it.
	ReadOnly bool `json:"readOnly,omitempty"`
	// Skin is the theme's name; empty means the usual one.
	Skin string `json:"skin,omitempty"`
}

// productionWords are what names of production have in them, each as a word of
// its own, unless the configuration has other patterns.
var productionWords = regexp.MustCompile(`(?i)(^|[^a-z])(prod|production|prd|live)([^a-z]|$)`)

// LooksProduction says whether a context or namespace of that name looks like
// production.
func (c Config) LooksProduction(name string) bool {
	if c.Production == nil {
		return productionWords.MatchString(name)
	}
	return slices.ContainsFunc(c.Production, func(pattern string) bool { return starMatches(pattern, name) })
}

// Context is the first part of the configuration that is about a context; the
// zero value without one.
func (c Config) Context(name string) ContextConfig {
	for _, own := range c.Contexts {
		if starMatches(own.Context, name) {
			return own
		}
	}
	return ContextConfig{}
}

// starMatches compares without regard to case. Names of contexts may have any
// character in them, slashes and colons too.
func starMatches(pattern, name string) bool {
	expression := strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, `.*`)
	return regexp.MustCompile(`(?is)^` + expression + `$`).MatchString(name)
}

// complete says what a context's part lacks.
func (c ContextConfig) complete() error {
	if strings.TrimSpace(c.Context) == "" {
		return errors.New("context is missing: name one, or a pattern such as prod-*")
	}
	return nil
}

// speaksOfReadOnly is any spelling of readOnly, right or wrong.
var speaksOfReadOnly = regexp.MustCompile(`(?i)read[-_ ]?only`)

// ContextsOfBroken is what a configuration that can't be used says of contexts
// all the same. Where it speaks of read-only contexts, and which can't be told,
// all are; so they are without a text, if it couldn't be read.
func ContextsOfBroken(text []byte) []ContextConfig {
	var parts struct {
		Contexts json.RawMessage `json:"contexts"`
	}
	var contexts []ContextConfig
	err := yaml.Unmarshal(text, &parts)
	if err == nil && parts.Contexts != nil {
		err = yaml.UnmarshalStrict(parts.Contexts, &contexts)
	}
	if text == nil || speaksOfReadOnly.Match(text) && (err != nil || len(contexts) == 0) {
		return []ContextConfig{{Context: "*", ReadOnly: true}}
	}
	if err != nil {
		return nil
	}
	return contexts
}
