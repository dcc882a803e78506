package main

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestParseOptions(t *testing.T) {
	t.Parallel()
	o, err := parseOptions([]string{"--dir", "x", "--hardened", "--pod-security", "restricted"})
	if err != nil {
		t.Fatal(err)
	}
	if !filepath.IsAbs(o.dir) || !o.audit || !o.encryption || o.podSecurity != "restricted" {
		t.Errorf("got %+v", o)
	}
}

func TestParseOptionsRefuses(t *testing.T) {
	t.Parallel()
	for want, args := range map[string][]string{
		"needs --dir":                {},
		"takes no arguments":         {"--dir", "x", "y"},
		"no IP address":              {"--dir", "x", "--address", "localhost"},
		"neither a level nor a file": {"--dir", "x", "--pod-security", "strict"},
	} {
		if _, err := parseOptions(args); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want an error with %q", args, err, want)
		}
	}
}
