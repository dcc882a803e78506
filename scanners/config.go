package scanners

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"sigs.k8s.io/yaml"

	"kiln/kube"
	"kiln/scanners/installed"
)

// Config is what only the people who run a cluster can say about it: the
// contents of kiln.yaml.
type Config struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`

	// Registries are where images may come from, as far as they are named:
	// "registry.example" or "ghcr.io/team". Empty means from anywhere.
	Registries []string `json:"registries,omitempty"`
	// IngressDomains are the domains that ingresses may claim hosts of:
	// "shop.example" and all below it. Empty means any.
	IngressDomains []string `json:"ingressDomains,omitempty"`
	// OwnerLabels are labels or annotations of which every workload, or its
	// namespace, should have one. Empty means that nobody asks for them.
	OwnerLabels []string `json:"ownerLabels,omitempty"`
	// Tools are recognised besides those that kiln knows, by what they are
	// for: "runtime-detection: [{name: Ours, images: [platform/sensor]}]".
	Tools installed.Table `json:"tools,omitempty"`
	// Severities overrule the checks' own, by ID.
	Severities map[string]Severity `json:"severities,omitempty"`
	// Live is false where the terminal UI shouldn't follow the cluster after
	// its scan.
	Live *bool `json:"live,omitempty"`
	// Mouse is false where the terminal UI should leave the mouse alone.
	Mouse *bool `json:"mouse,omitempty"`
	// Debug says what debug containers may be.
	Debug DebugConfig `json:"debug,omitzero"`
	// Production are patterns of names, of contexts and namespaces, that are to
	// be treated with care; nil means those with a word such as prod in them.
	Production []string `json:"production,omitempty"`
	// Contexts are for single contexts of the kubeconfig.
	Contexts []ContextConfig `json:"contexts,omitempty"`
	// Exceptions are findings that somebody has accepted.
	Exceptions []Exception `json:"exceptions,omitempty"`
}

// configVersion is the apiVersion of kiln's own files.
const configVersion = "kiln/v1"

// DefaultConfig is for clusters about which nobody said anything.
func DefaultConfig() Config {
	return Config{
		APIVersion: configVersion, Kind: "Config",
		OwnerLabels: []string{"owner", "team", "contact", "maintainer", "app.kubernetes.io/owner", "a8r.io/owner"},
	}
}

// ReadConfig reads a kiln.yaml. What it doesn't say is as in DefaultConfig;
// what kiln doesn't know is an error, so that a typo accepts nothing.
func ReadConfig(from io.Reader) (Config, error) {
	text, err := io.ReadAll(from)
	if err != nil {
		return Config{}, fmt.Errorf("reading the configuration: %w", err)
	}
	config := DefaultConfig()
	config.APIVersion, config.Kind = "", ""
	if len(bytes.TrimSpace(text)) == 0 {
		return Config{}, errors.New("the configuration is empty: it begins with apiVersion: " + configVersion + " and kind: Config")
	}
	if err := yaml.UnmarshalStrict(text, &config); err != nil {
		return Config{}, fmt.Errorf("the configuration can't be used: %s", kube.ExplainDecoding(err))
	}
	if config.APIVersion != configVersion || config.Kind != "Config" {
		return Config{}, fmt.Errorf("the configuration is of %s %s, this kiln reads %s Config", config.APIVersion, config.Kind, configVersion)
	}
	if err := config.Tools.Complain(); err != nil {
		return Config{}, fmt.Errorf("tools: %w", err)
	}
	for i, c := range config.Contexts {
		if err := c.complete(); err != nil {
			return Config{}, fmt.Errorf("contexts[%d]: %w", i, err)
		}
	}
	for i, e := range config.Exceptions {
		if err := e.complete(); err != nil {
			return Config{}, fmt.Errorf("exceptions[%d]: %w", i, err)
		}
	}
	return config, nil
}

// AllTools are the tools that kiln knows, and the configuration's own.
func (c Config) AllTools() installed.Table { return installed.Embedded().With(c.Tools) }

// Apply lets checks know what the configuration says of their severities and
// of accepted findings. A check that it names has to exist.
func (c Config) Apply(checks []Check) ([]Check, error) {
	applied := make([]Check, len(checks))
	known := map[string]bool{}
	for i, check := range checks {
		known[check.ID] = true
		if s, ok := c.Severities[check.ID]; ok {
			check.Severity, check.fixedSeverity = s, true
		}
		check.exceptions = c.Exceptions
		applied[i] = check
	}
	for id := range c.Severities {
		if !known[id] {
			return nil, fmt.Errorf("severities[%s]: there is no such check", id)
		}
	}
	for i, e := range c.Exceptions {
		if !strings.ContainsAny(e.Check, "*?[") && !known[e.Check] {
			return nil, fmt.Errorf("exceptions[%d]: there is no check %q", i, e.Check)
		}
	}
	return applied, nil
}
