package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kiln/kube/kubetest"
)

func TestMain(m *testing.M) {
	switch {
	case os.Getenv(asPanicking) != "":
		panicInTerminal()
	case os.Getenv(asKiln) != "":
		main()
	}
	os.Exit(kubetest.Run(m))
}

// outcome is what a user sees of one command.
type outcome struct {
	code     int
	out, err string
}

// kiln runs one command line as a user would, with in on standard input.
func kiln(t *testing.T, in string, args ...string) outcome {
	t.Helper()
	var out, err bytes.Buffer
	code := run(t.Context(), streams{in: strings.NewReader(in), out: &out, err: &err}, args)
	return outcome{code, out.String(), err.String()}
}

// isolate gives a test folders of its own and no cluster.
func isolate(t *testing.T) {
	t.Helper()
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_STATE_HOME", filepath.Join(home, "state"))
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(home, "config"))
	t.Setenv("KUBECONFIG", filepath.Join(home, "none"))
	t.Setenv("KUBERNETES_SERVICE_HOST", "")
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestWrongUsageExitsWithTwo(t *testing.T) {
	isolate(t)
	tests := []struct {
		args string
		want string
	}{
		{"scna", "Did you mean scan?"},
		{"scn", "Did you mean scan?"},
		{"scan --nope", "unknown flag: --nope.\nTry"},
		{"fix pod/privileged --dryrun", "Did you mean --dry-run?"},
		{"scan --fail", "Did you mean --fail-on?"},
		{"scan -o xml", `unknown format "xml"`},
		{"scan --layer pods", `unknown layer "pods"`},
		{"scan --check privileged", "did you mean pod/privileged?"},
		{"scan --severity worst", "use critical, high, medium, low or info"},
		{"scan --fail-on 7", "--fail-on"},
		{"scan extra", `kiln scan takes no arguments, got "extra"`},
		{"journal extra", `unknown command "extra"`},
		{"completion tcsh", `unknown command "tcsh"`},
		{"scan -f https://shop.example/app.yaml", "curl -fsSL https://shop.example/app.yaml"},
		{"scan --filename=", "-f names no file"},
		{"fix --all --filename=", "-f names no file"},
		{"fix pod/privileged --wait=soon", "write a duration such as 30s"},
		{"explain", "such as pod/privileged"},
		{"fix", "kiln fix takes checks or finding IDs"},
		{"fix pod/nope", `unknown check "pod/nope"`},
		{"fix pod/privileged -o table", "use diff, patch or json"},
		{"undo a b", "one ENTRY at most"},
	}
	for _, tt := range tests {
		t.Run(tt.args, func(t *testing.T) {
			got := kiln(t, "", strings.Fields(tt.args)...)
			if got.code != exitUsage || !strings.Contains(got.err, tt.want) || got.out != "" {
				t.Errorf("exit %d, out %q, err %q; want exit 2 and %q", got.code, got.out, got.err, tt.want)
			}
		})
	}
}

func TestNoClusterIsOneClearSentence(t *testing.T) {
	isolate(t)
	const config = `apiVersion: v1
kind: Config
current-context: dead
contexts:
- {name: dead, context: {cluster: dead, user: u}}
- {name: plugin, context: {cluster: dead, user: plugin}}
- {name: authority, context: {cluster: broken, user: u}}
- {name: certificate, context: {cluster: dead, user: broken}}
clusters:
- {name: dead, cluster: {server: "https://127.0.0.1:1"}}
- {name: broken, cluster: {server: "https://127.0.0.1:1", certificate-authority-data: bm8gY2VydGlmaWNhdGU=}}
users:
- {name: u, user: {token: t}}
- {name: broken, user: {client-certificate-data: bm8gY2VydGlmaWNhdGU=, client-key-data: bm8ga2V5}}
- {name: plugin, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: kiln-no-such-plugin, interactiveMode: Never}}}
`
	tests := []struct{ name, config, context, want string }{
		{"no kubeconfig", "", "", "no kubeconfig was found"},
		{"dead server", config, "", "nothing answers at 127.0.0.1:1"},
		{"no such context", config, "prod", `context "prod" does not exist`},
		{"no current context", strings.Replace(config, "current-context: dead\n", "", 1), "", "the kubeconfig has no current context: it has authority, certificate, dead, plugin"},
		{"a context that isn't there", strings.Replace(config, "current-context: dead", "current-context: gone", 1), "", "context was not found"},
		{"broken file", "clusters: [", "", "the kubeconfig can't be used"},
		{"plugin missing", config, "plugin", "credential plugin failed"},
		{"broken authority", config, "authority", `the certificate authority of cluster "broken" in `},
		{"broken certificate", config, "certificate", `the client certificate of user "broken" in `},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.config != "" {
				t.Setenv("KUBECONFIG", write(t, "config", tt.config))
			}
			for _, command := range []string{"scan", "fix pod/privileged", "undo"} {
				args := strings.Fields(command)
				if tt.context != "" {
					args = append(args, "--context", tt.context)
				}
				got := kiln(t, "", args...)
				if got.code != exitError || !strings.Contains(got.err, tt.want) || !strings.Contains(got.err, "Try: ") || strings.Count(got.err, "\n") != 1 {
					t.Errorf("%s: exit %d, err %q; want %q in one line", command, got.code, got.err, tt.want)
				}
			}
		})
	}
}

func TestInfoAndVersionNeedNoCluster(t *testing.T) {
	isolate(t)
	for _, command := range []string{"info", "version", "checks", "journal", "explain pod/privileged", "explain pod", "completion bash", "completion zsh", "completion fish"} {
		if got := kiln(t, "", strings.Fields(command)...); got.code != exitDone {
			t.Errorf("%s: exit %d: %s", command, got.code, got.err)
		}
	}
}
