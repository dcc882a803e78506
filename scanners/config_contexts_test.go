package scanners_test

import (
	"strings"
	"testing"

	"kiln/scanners"
)

func readConfig(t *testing.T, text string) (scanners.Config, error) {
	t.Helper()
	return scanners.ReadConfig(strings.NewReader("apiVersion: kiln/v1\nkind: Config\n" + text))
}

func TestWhatLooksLikeProduction(t *testing.T) {
	usual, err := readConfig(t, "")
	if err != nil {
		t.Fatal(err)
	}
	own, err := readConfig(t, "production: [arn:aws:eks:*:cluster/shop, gold]")
	if err != nil {
		t.Fatal(err)
	}
	none, err := readConfig(t, "production: []")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][3]bool{
		"prod-eu-1": {true, false, false}, "LIVE": {true, false, false}, "admin@prd": {true, false, false},
		"product-dev": {}, "olive": {}, "": {},
		"arn:aws:eks:eu-west-1:12:cluster/shop": {false, true, false}, "Gold": {false, true, false}, "golden": {},
	} {
		got := [3]bool{usual.LooksProduction(name), own.LooksProduction(name), none.LooksProduction(name)}
		if got != want {
			t.Errorf("%q: %v, want %v (usual, own patterns, none)", name, got, want)
		}
	}
}

func TestPartsOfContexts(t *testing.T) {
	config, err := readConfig(t, "contexts:\n- {context: prod-eu, skin: light}\n- {context: prod-*, readOnly: true}\n")
	if err != nil {
		t.Fatal(err)
	}
	if c := config.Context("prod-eu"); c.ReadOnly || c.Skin != "light" {
		t.Errorf("the first that matches counts, but: %+v", c)
	}
	if c := config.Context("prod-us"); !c.ReadOnly || c.Skin != "" {
		t.Errorf("prod-us: %+v", c)
	}
	if c := config.Context("staging"); c.ReadOnly || c.Skin != "" {
		t.Errorf("staging: %+v", c)
	}
	for text, want := range map[string]string{
		"contexts: [{readOnly: true}]":          "contexts[0]: context is missing",
		"contexts: [{context: a, readonly: 1}]": "contexts",
		"production: prod":                      "production",
	} {
		if _, err := readConfig(t, text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
