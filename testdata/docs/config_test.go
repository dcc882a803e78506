package main

import (
	"os"
	"strings"
	"testing"

	"kiln/scanners"
	"kiln/scanners/catalogue"
)

func TestTheDocumentedConfigurationIsRead(t *testing.T) {
	page, err := os.ReadFile("../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	_, example, _ := strings.Cut(string(page), "```yaml\n")
	example, _, _ = strings.Cut(example, "```")
	config, err := scanners.ReadConfig(strings.NewReader(example))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := catalogue.Configured(config); err != nil {
		t.Error(err)
	}
}
