package pod

import (
	"strings"
	"testing"

	kubeletconfig "k8s.io/kubelet/config/v1beta1"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/scantest"
)

const twoNodes = `
{apiVersion: v1, kind: Node, metadata: {name: a}, status: {nodeInfo: {operatingSystem: linux}}}
---
{apiVersion: v1, kind: Node, metadata: {name: b}, status: {nodeInfo: {operatingSystem: linux}}}
---
{apiVersion: v1, kind: Node, metadata: {name: w}, status: {nodeInfo: {operatingSystem: windows}}}
---
`

// TestSeccompByTheKubelet: only where every kubelet that could start the pod is
// known to fill the profile in does it matter less.
func TestSeccompByTheKubelet(t *testing.T) {
	const unset, unconfined = `{containers: [{name: c}]}`, `{containers: [{name: c, securityContext: {seccompProfile: {type: Unconfined}}}]}`
	for name, tt := range map[string]struct {
		spec     string
		kubelets map[string]bool // by node, those that told
		want     scanners.Severity
	}{
		"all of them":               {unset, map[string]bool{"a": true, "b": true}, scanners.Info},
		"one doesn't":               {unset, map[string]bool{"a": true, "b": false}, scanners.Medium},
		"one didn't tell":           {unset, map[string]bool{"a": true}, scanners.Medium},
		"none was asked":            {unset, nil, scanners.Medium},
		"the pod switches it off":   {unconfined, map[string]bool{"a": true, "b": true}, scanners.Medium},
		"privileged, past filters":  {`{containers: [{name: c, securityContext: {privileged: true}}]}`, map[string]bool{"a": true, "b": true}, scanners.Medium},
		"a sidecar of the same pod": {`{initContainers: [{name: c}], containers: [{name: d, securityContext: {seccompProfile: {type: RuntimeDefault}}}]}`, map[string]bool{"a": true, "b": true}, scanners.Info},
	} {
		t.Run(name, func(t *testing.T) {
			inv := scantest.Cluster(t, twoNodes+pod(tt.spec))
			inv.Kubelets = map[string]*kubeletconfig.KubeletConfiguration{}
			for node, on := range tt.kubelets {
				inv.Kubelets[node] = &kubeletconfig.KubeletConfiguration{SeccompDefault: &on}
			}
			findings := scanners.Evaluate([]scanners.Check{seccomp()}, inv)[0].Findings
			if len(findings) != 1 || findings[0].Severity != tt.want {
				t.Fatalf("%+v, want one of %v", findings, tt.want)
			}
			if says := strings.Contains(findings[0].Message, "seccompDefault"); says != (tt.want == scanners.Info) {
				t.Errorf("the message: %s", findings[0].Message)
			}
		})
	}
}

// TestSeccompWithoutNodes: whoever may not list nodes knows no kubelet.
func TestSeccompWithoutNodes(t *testing.T) {
	for name, inv := range map[string]*kube.Inventory{
		"none is there":     scantest.Cluster(t, pod(`{containers: [{name: c}]}`)),
		"some weren't read": scantest.Unread(t, twoNodes+pod(`{containers: [{name: c}]}`)),
	} {
		on := true
		inv.Kubelets = map[string]*kubeletconfig.KubeletConfiguration{"a": {SeccompDefault: &on}, "b": {SeccompDefault: &on}}
		findings := scanners.Evaluate([]scanners.Check{seccomp()}, inv)[0].Findings
		if len(findings) != 1 || findings[0].Severity != scanners.Medium {
			t.Errorf("%s: %+v, want one that is medium", name, findings)
		}
	}
}
