package main

import (
	"strings"
	"testing"
)

// A mistake in the configuration is named with its place and a way on. It
// doesn't stop what does its work without it.
func TestABrokenConfiguration(t *testing.T) {
	isolate(t)
	const text = "apiVersion: kiln/v1\nkind: Config\nlive: true\nexeptions: []\n"
	config := write(t, "kiln.yaml", text)
	place := config + `:4: `
	for command, want := range map[string]struct {
		code int
		err  []string
	}{
		"scan":                   {exitError, []string{place, `unknown field "exeptions"`, "Try: mend it, or --config FILE"}},
		"fix pod/privileged":     {exitError, []string{place}},
		"checks":                 {exitError, []string{place}},
		"":                       {exitError, []string{place}},
		"journal":                {exitDone, []string{"going on without the configuration: " + place}},
		"journal export":         {exitDone, []string{place}},
		"explain pod/privileged": {exitDone, []string{place}},
		"info":                   {exitDone, []string{place}},
		"undo":                   {exitError, []string{place, "no kubeconfig was found"}},
		"undo --finish 1abc":     {exitError, []string{place, "no kubeconfig was found"}},
		"act --list":             {exitDone, []string{place}},
		"debug web":              {exitError, []string{place, "the configuration says what debug containers may run"}},
		"debug web --attach d":   {exitError, []string{place, "no kubeconfig was found"}},
		"debug node/n --probe":   {exitError, []string{"the configuration says what debug containers may run"}},
		"who-can get secrets":    {exitError, []string{place, "no kubeconfig was found"}},
		"version":                {exitDone, nil},
		"completion bash":        {exitDone, nil},
	} {
		t.Run(command, func(t *testing.T) {
			got := kiln(t, "", append(strings.Fields(command), "--config", config)...)
			if got.code != want.code {
				t.Errorf("exit %d, want %d: %s", got.code, want.code, got.err)
			}
			for _, part := range want.err {
				if !strings.Contains(got.err, part) {
					t.Errorf("%q isn't told: %s", part, got.err)
				}
			}
			if want.err == nil && got.err != "" {
				t.Errorf("told: %s", got.err)
			}
		})
	}
}

// Undo works with a broken configuration, but not where that closes the context.
func TestUndoWithABrokenConfiguration(t *testing.T) {
	testbed := useTestbed(t)
	ns := testbed.Namespace(t, "broken-config")
	testbed.Apply(t, strings.ReplaceAll(privileged, "namespace: shop", ""), ns)
	if got := kiln(t, "", "fix", "pod/privileged", "-n", ns, "--yes"); got.code != exitDone {
		t.Fatalf("fix: exit %d, %s", got.code, got.err)
	}
	closed := write(t, "kiln.yaml", "exeptions: []\ncontexts: [{context: '*', readOnly: true}]\n")
	if got := kiln(t, "", "undo", "--config", closed); got.code != exitError || !strings.Contains(got.err, "read-only mode") {
		t.Errorf("a closed context: exit %d, %s", got.code, got.err)
	}
	open := write(t, "kiln.yaml", "exeptions: []\n")
	if got := kiln(t, "", "undo", "--config", open); got.code != exitDone || !strings.Contains(got.err, "going on without the configuration: "+open+":1: ") {
		t.Errorf("exit %d, %s", got.code, got.err)
	}
}
