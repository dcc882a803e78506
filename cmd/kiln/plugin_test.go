package main

import "testing"

// A credential plugin that asks gets no keys of the screen's, and what it says
// doesn't go across it.
func TestACredentialPluginLeavesTheScreenAlone(t *testing.T) {
	isolate(t)
	t.Setenv("KUBECONFIG", write(t, "config", `apiVersion: v1
kind: Config
current-context: corp
contexts: [{name: corp, context: {cluster: corp, user: jane}}]
clusters: [{name: corp, cluster: {server: "https://127.0.0.1:1"}}]
users:
- name: jane
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1
      command: sh
      args: [-c, 'echo "session expired: run corp login" >&2; read password; exit 7']
      interactiveMode: IfAvailable
`))
	term := inShell(t)
	term.waitFor("7; it said: session expired") // so it has read an end, not our keys
	term.keys("q")
	term.waitFor("left with 1")
	term.hasSaneShell()
}
