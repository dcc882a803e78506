package main

import (
	"slices"
	"strings"
	"testing"
)

// completed is what a shell is offered for a command line, without the
// descriptions.
func completed(t *testing.T, args ...string) []string {
	t.Helper()
	got := kiln(t, "", append([]string{"__complete"}, args...)...)
	if got.code != exitDone {
		t.Fatalf("exit %d: %s", got.code, got.err)
	}
	var words []string
	for line := range strings.Lines(got.out) {
		word, _, _ := strings.Cut(strings.TrimSpace(line), "\t")
		words = append(words, word)
	}
	return words
}

// noFiles is how cobra tells a shell not to offer files.
const noFiles = ":4"

func TestShellsCompleteWhatTheCommandsTake(t *testing.T) {
	isolate(t)
	t.Setenv("KUBECONFIG", write(t, "config", `apiVersion: v1
kind: Config
contexts:
- {name: staging, context: {cluster: c}}
- {name: "arn:aws:eks:eu-west-1:1:cluster/shop", context: {cluster: c}}
clusters:
- {name: c, cluster: {server: "https://127.0.0.1:1"}}
`))
	for line, want := range map[string]string{
		"scan --context ":    "staging",
		"--context arn":      "arn:aws:eks:eu-west-1:1:cluster/shop",
		"scan --cluster ":    "c",
		"scan --check pod/p": "pod/privileged",
		"scan --layer ":      "audit",
		"scan --fail-on ":    "critical",
		"scan -o ":           "sarif",
		"explain ":           "pod",
		"explain pod/":       "pod/privileged",
		"fix pod/":           "pod/privileged",
		"guard ":             "pod/privileged",
		"guard --by ":        "labels",
		"act ":               "quarantine",
		"who-can ":           "impersonate",
		"debug --profile ":   "restricted",
		"--theme ":           "light",
		"journal export -o ": "markdown",
		"completion ":        "fish",
	} {
		words := completed(t, strings.Split(line, " ")...)
		if !slices.Contains(words, want) || !slices.Contains(words, noFiles) {
			t.Errorf("%s: got %q, want %q among them, and no files", line, words, want)
		}
	}
}

func TestShellsAreOfferedFilesWhereFilesAreTaken(t *testing.T) {
	isolate(t)
	for _, line := range []string{"scan -f ", "fix -f ", "trace create -f ", "scan --import ", "--config ", "--kubeconfig "} {
		if words := completed(t, strings.Split(line, " ")...); !slices.Contains(words, ":0") {
			t.Errorf("%s: got %q, want files", line, words)
		}
	}
	for _, line := range []string{"scan ", "trace ", "reach ", "undo ", "explain pod ", "act drain "} {
		if words := completed(t, strings.Split(line, " ")...); !slices.Equal(words, []string{noFiles}) {
			t.Errorf("%s: got %q, want nothing", line, words)
		}
	}
}

func TestShellsCompleteWhatTheClusterAndTheJournalKnow(t *testing.T) {
	testbed := useTestbed(t)
	ns := testbed.Namespace(t, "completion")
	if words := completed(t, "scan", "-n", ""); !slices.Contains(words, ns) || !slices.Contains(words, noFiles) {
		t.Errorf("namespaces: %q", words)
	}
	testbed.Apply(t, strings.ReplaceAll(privileged, "namespace: shop", ""), ns)
	if got := kiln(t, "", "fix", "pod/privileged", "-n", ns, "--object", "Deployment/web", "--yes"); got.code != exitDone {
		t.Fatalf("exit %d: %s", got.code, got.err)
	}
	entries := completed(t, "undo", "")
	if len(entries) != 2 {
		t.Fatalf("one fix can be undone, offered were %q", entries)
	}
	if got := kiln(t, "", "undo", entries[0]); got.code != exitDone {
		t.Errorf("exit %d: %s", got.code, got.err)
	}
	if words := completed(t, "undo", ""); !slices.Equal(words, []string{noFiles}) {
		t.Errorf("nothing is left to undo, offered were %q", words)
	}
}
