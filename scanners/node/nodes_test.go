package node

import (
	"testing"

	"kiln/scanners/installed"
	"kiln/scanners/scantest"
)

func worker(name, spec, ready string) string {
	return "---\napiVersion: v1\nkind: Node\nmetadata: {name: " + name + "}\nspec: {" + spec + "}\nstatus: {conditions: [{type: MemoryPressure, status: \"False\"}, {type: Ready, status: \"" + ready + "\"}]}\n"
}

func web(extra string) string {
	return "---\napiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: {containers: [{name: c, image: \"x:1\"}]" + extra + "}\n"
}

func TestNodesThatNobodyWatches(t *testing.T) {
	scantest.Judge(t, notReadySecurity(), []scantest.Verdict{
		{Name: "ready", Objects: worker("n1", "", "True")},
		{Name: "unknown", Objects: worker("n1", "", "Unknown"), Want: []string{"Node/n1 | status.conditions | Ready"}},
		{Name: "silent", Objects: node("v1.36.3", ""), Want: []string{"Node/n1 | status.conditions | Ready"}},
		{Name: "cordoned", Objects: worker("n1", "unschedulable: true", "True"), Want: []string{"Node/n1 | spec.unschedulable | cordoned | info"}},
	})
}

func TestSharedNodes(t *testing.T) {
	two := worker("n1", "", "True") + worker("n2", "", "True")
	shared := []string{"Cluster/cluster |  | isolation"}
	scantest.Judge(t, noIsolation(), []scantest.Verdict{
		{Name: "all share", Objects: two + web(""), Want: shared},
		{Name: "one worker has no choice", Objects: worker("n1", "", "True") + web("")},
		{Name: "a taint", Objects: worker("n1", "", "True") + worker("n2", "taints: [{key: team, value: pay, effect: NoSchedule}]", "True") + web("")},
		{Name: "a taint of a sick node", Objects: worker("n1", "", "True") + worker("n2", "taints: [{key: node.kubernetes.io/unreachable, effect: NoExecute}]", "True") + web(""), Want: shared},
		{Name: "a selector", Objects: two + web(", nodeSelector: {pool: pay}")},
		{Name: "a selector of the system", Objects: two + web(", nodeSelector: {kubernetes.io/os: linux}"), Want: shared},
		{Name: "a sandbox", Objects: two + web(", runtimeClassName: gvisor")},
		{Name: "nothing runs", Objects: two},
	})
}

func TestIntegrityMonitors(t *testing.T) {
	scantest.Judge(t, noIntegrityMonitor(installed.Embedded()), []scantest.Verdict{
		{Name: "none", Objects: web(""), Want: []string{"Cluster/cluster |  | file-integrity"}},
		{Name: "Wazuh", Objects: "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: ops}\nspec: {containers: [{name: c, image: \"wazuh/wazuh-agent:4.14\"}]}\n"},
		{Name: "manifests", Files: true, Objects: web(""), Unknown: "manifests don't tell"},
	})
}
