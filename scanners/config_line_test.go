package scanners_test

import (
	"strings"
	"testing"

	"kiln/scanners"
	"kiln/scanners/catalogue"
)

// The line of a mistake is named, whatever finds it.
func TestConfigLine(t *testing.T) {
	const head = "apiVersion: kiln/v1\nkind: Config\n"
	for name, tt := range map[string]struct {
		text string
		want int
	}{
		"broken YAML":                {head + "live: true\nproduction: [prod\nmouse: true\n", 4},
		"a tab":                      {head + "debug:\n\timage: x\n", 4},
		"a key twice":                {head + "live: true\nlive: false\n", 4},
		"an unknown field":           {head + "live: true\nexeptions: []\n", 4},
		"an unknown field deep down": {head + "contexts:\n- context: a\n- context: b\n  readOnly: true\n  colour: red\n", 7},
		"a wrong type":               {head + "live: true\nproduction: prod\n", 4},
		"a wrong type in a list":     {head + "contexts:\n- {context: a}\n- context: b\n  readOnly: perhaps\n", 6},
		"an unknown severity":        {head + "severities:\n  pod/privileged: high\n  pod/host-path: worst\n", 5},
		"an incomplete exception":    {head + "exceptions:\n- {check: pod/privileged, reason: r}\n- check: pod/host-path\n", 5},
		"an incomplete context":      {head + "contexts:\n- {context: a}\n- skin: light\n", 5},
		"a severity for no check":    {head + "severities:\n  pod/privileged: high\n  pod/nope: high\n", 5},
		"an exception for no check":  {head + "live: true\nexceptions:\n- {check: pod/nope, reason: r}\n", 5},
		"tools of no category":       {head + "live: true\ntools: {runtime-detecton: []}\n", 4},
		"nothing":                    {"", 0},
		"another version":            {"apiVersion: kiln/v9\nkind: Config\n", 0},
		"a list":                     {"- a\n- b\n", 1},
	} {
		t.Run(name, func(t *testing.T) {
			config, err := scanners.ReadConfig(strings.NewReader(tt.text))
			if err == nil {
				_, err = catalogue.Configured(config)
			}
			if err == nil {
				t.Fatal("it was taken")
			}
			if got := scanners.ConfigLine([]byte(tt.text), err); got != tt.want {
				t.Errorf("line %d, want %d: %v", got, tt.want, err)
			}
		})
	}
}

// What can't be read must not open what it closes.
func TestContextsOfABrokenConfiguration(t *testing.T) {
	for name, tt := range map[string]struct {
		text                string
		prodHeld, otherHeld bool
	}{
		"a mistake elsewhere":            {"exeptions: []\ncontexts: [{context: prod-*, readOnly: true}]\n", true, false},
		"a misspelt field":               {"contexts: [{context: prod-*, read-only: true}]\n", true, true},
		"a misspelt list":                {"context: [{context: prod-*, readOnly: true}]\n", true, true},
		"broken YAML":                    {"contexts: [{context: prod-*, readOnly: true}\n", true, true},
		"broken YAML about other things": {"registries: [a\n", false, false},
		"nothing of contexts":            {"exeptions: []\n", false, false},
		"contexts with a skin":           {"exeptions: []\ncontexts: [{context: prod-*, skin: light}]\n", false, false},
		"a file that can't be read":      {"", true, true},
	} {
		t.Run(name, func(t *testing.T) {
			text := []byte(tt.text)
			if tt.text == "" {
				text = nil
			}
			config := scanners.Config{Contexts: scanners.ContextsOfBroken(text)}
			if prod, other := config.Context("prod-eu").ReadOnly, config.Context("staging").ReadOnly; prod != tt.prodHeld || other != tt.otherHeld {
				t.Errorf("read-only: prod %v, staging %v; want %v, %v", prod, other, tt.prodHeld, tt.otherHeld)
			}
		})
	}
}
