package node

import (
	"strings"
	"testing"
	"time"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/scantest"
)

// saw has the probe of node n1 see something.
func saw(facts kube.NodeFacts) func(*kube.Inventory) {
	facts.Node, facts.Time = "n1", time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC)
	return func(inv *kube.Inventory) { inv.NodeFacts = map[string]kube.NodeFacts{"n1": facts} }
}

func sawFile(role kube.FileRole, mode uint32, uid, gid int64) func(*kube.Inventory) {
	return saw(kube.NodeFacts{Files: []kube.NodeFile{{Role: role, Path: "/f", Mode: mode, UID: uid, GID: gid}}})
}

func TestFilesOfNodes(t *testing.T) {
	n1 := node("v1.36.3", "")
	at := func(severity string) []string {
		if severity != "" {
			severity = " | " + severity
		}
		return []string{"Node/n1 | /f | /f" + severity}
	}
	denied := saw(kube.NodeFacts{Unseen: []kube.Unseen{{What: "files/kubelet-kubeconfig", Why: "/f can't be looked at"}}})
	scantest.Judge(t, kubeletFiles(), []scantest.Verdict{
		{Name: "nothing seen, nothing found", Objects: n1, Change: saw(kube.NodeFacts{})},
		{Name: "kubeconfig", Objects: n1, Change: sawFile(kube.KubeletKubeconfig, 0o600, 0, 0)},
		{Name: "tighter", Objects: n1, Change: sawFile(kube.KubeletKubeconfig, 0o400, 0, 0)},
		{Name: "kubeconfig for all", Objects: n1, Change: sawFile(kube.KubeletKubeconfig, 0o644, 0, 0), Want: at("")},
		{Name: "kubeconfig of somebody", Objects: n1, Change: sawFile(kube.KubeletKubeconfig, 0o600, 1000, 0), Want: at("high")},
		{Name: "unit for all to read", Objects: n1, Change: sawFile(kube.KubeletUnit, 0o644, 0, 0), Want: at("low")},
		{Name: "unit for the group to write", Objects: n1, Change: sawFile(kube.KubeletUnit, 0o660, 0, 0), Want: at("high")},
		{Name: "CA for all to read", Objects: n1, Change: sawFile(kube.KubeletCA, 0o644, 0, 0)},
		{Name: "a key of the cluster's", Objects: n1, Change: sawFile(kube.PKIKey, 0o644, 0, 0)},
		{Name: "out of reach", Objects: n1, Change: denied, Unknown: "node n1: /f can't be looked at"},
	})
	scantest.Judge(t, pkiFiles(), []scantest.Verdict{
		{Name: "key", Objects: n1, Change: sawFile(kube.PKIKey, 0o644, 0, 0), Want: at("")},
		{Name: "certificate", Objects: n1, Change: sawFile(kube.PKICertificate, 0o644, 0, 0)},
		{Name: "folder of somebody", Objects: n1, Change: sawFile(kube.PKIFolder, 0o755, 0, 7), Want: at("high")},
	})
	scantest.Judge(t, controlPlaneFiles(), []scantest.Verdict{
		{Name: "manifest", Objects: n1, Change: sawFile(kube.StaticPod, 0o600, 0, 0)},
		{Name: "manifest for all to read", Objects: n1, Change: sawFile(kube.StaticPod, 0o644, 0, 0), Want: at("low")},
		{Name: "admin for all to read", Objects: n1, Change: sawFile(kube.AdminKubeconfig, 0o640, 0, 0), Want: at("")},
	})
	scantest.Judge(t, etcdData(), []scantest.Verdict{
		{Name: "etcd's own", Objects: n1, Change: sawFile(kube.EtcdData, 0o700, 110, 115)},
		{Name: "everybody's", Objects: n1, Change: sawFile(kube.EtcdData, 0o755, 0, 0), Want: at("")},
	})
	scantest.Judge(t, cniFiles(), []scantest.Verdict{
		{Name: "root's", Objects: n1, Change: sawFile(kube.CNIFile, 0o600, 0, 0)},
		{Name: "everybody's to read", Objects: n1, Change: sawFile(kube.CNIFile, 0o644, 0, 0), Want: at("low")},
	})
}

func TestMachines(t *testing.T) {
	n1 := node("v1.36.3", "")
	scantest.Judge(t, loginUsers(), []scantest.Verdict{
		{Name: "root alone", Objects: n1, Change: saw(kube.NodeFacts{Users: []kube.NodeUser{{Name: "root", Shell: "/bin/bash"}}})},
		{Name: "an admin", Objects: n1, Change: saw(kube.NodeFacts{Users: []kube.NodeUser{{Name: "ubuntu", UID: 1000, Shell: "/bin/bash"}}}), Want: []string{"Node/n1 |  | ubuntu"}},
		{Name: "another root", Objects: n1, Change: saw(kube.NodeFacts{Users: []kube.NodeUser{{Name: "toor", Shell: "/bin/sh"}}}), Want: []string{"Node/n1 |  | toor | high"}},
	})
	scantest.Judge(t, noMandatoryAccessControl(), []scantest.Verdict{
		{Name: "AppArmor", Objects: n1, Change: saw(kube.NodeFacts{AppArmor: true})},
		{Name: "SELinux", Objects: n1, Change: saw(kube.NodeFacts{SELinux: "enforcing"})},
		{Name: "SELinux that only looks on", Objects: n1, Change: saw(kube.NodeFacts{SELinux: "permissive"}), Want: []string{"Node/n1 |  | permissive"}},
		{Name: "neither", Objects: n1, Change: saw(kube.NodeFacts{}), Want: []string{"Node/n1 |  | none"}},
		{Name: "out of sight", Objects: n1, Change: saw(kube.NodeFacts{Unseen: []kube.Unseen{{What: "security-modules", Why: "/sys isn't mounted"}}}), Unknown: "/sys isn't mounted"},
	})
	scantest.Judge(t, writableUnits(), []scantest.Verdict{
		{Name: "none", Objects: n1, Change: saw(kube.NodeFacts{})},
		{Name: "one", Objects: n1, Change: saw(kube.NodeFacts{WritableUnits: []string{"/etc/crontab"}}), Want: []string{"Node/n1 | /etc/crontab | /etc/crontab"}},
	})
	scantest.Judge(t, kernelSettings(), []scantest.Verdict{
		{Name: "tight", Objects: n1, Change: saw(kube.NodeFacts{Sysctls: map[string]string{"kernel.kptr_restrict": "1", "kernel.randomize_va_space": "2"}})},
		{Name: "loose", Objects: n1, Change: saw(kube.NodeFacts{Sysctls: map[string]string{"kernel.kptr_restrict": "0", "kernel.randomize_va_space": "1"}}),
			Want: []string{"Node/n1 | kernel.randomize_va_space | kernel.randomize_va_space", "Node/n1 | kernel.kptr_restrict | kernel.kptr_restrict"}},
	})
}

func TestOpenPorts(t *testing.T) {
	listening := func(sockets ...kube.Socket) func(*kube.Inventory) { return saw(kube.NodeFacts{Listening: sockets}) }
	open := func(port int) kube.Socket { return kube.Socket{Protocol: "TCP", Address: "0.0.0.0", Port: port} }
	const exporter = "---\napiVersion: v1\nkind: Pod\nmetadata: {name: exporter, namespace: shop}\nspec: {nodeName: n1, hostNetwork: true, containers: [{name: c, image: \"x:1\", ports: [{containerPort: 9100}]}]}\n"
	n1 := node("v1.36.3", "")
	scantest.Judge(t, openPorts(), []scantest.Verdict{
		{Name: "Kubernetes' own", Objects: n1, Change: listening(open(22), open(10250), open(10256), open(30080))},
		{Name: "loopback", Objects: n1, Change: listening(kube.Socket{Protocol: "TCP", Address: "127.0.0.1", Port: 9100}, kube.Socket{Protocol: "TCP", Address: "::1", Port: 2381})},
		{Name: "something", Objects: n1, Change: listening(open(9100)), Want: []string{"Node/n1 |  | 9100/TCP"}},
		{Name: "a telling port", Objects: n1, Change: listening(open(10255)), Want: []string{"Node/n1 |  | 10255/TCP | medium"}},
		{Name: "a pod's that says so", Objects: n1 + exporter, Change: func(inv *kube.Inventory) {
			listening(open(9100))(inv)
			for _, w := range inv.Workloads {
				w.Pods = []*kube.Pod{{Node: "n1"}}
			}
		}},
	})
}

func TestNodesThatNobodyProbedAreUnknown(t *testing.T) {
	inv := scantest.Files(t, node("v1.36.3", ""))
	for _, r := range scanners.Evaluate([]scanners.Check{kubeletFiles(), openPorts(), loginUsers()}, inv) {
		if r.Status != scanners.NotKnown {
			t.Errorf("%s: %s", r.Check.ID, r.Status)
		}
	}
}

func TestProbedFindingsSayWhenTheyWereSeen(t *testing.T) {
	inv := scantest.Cluster(t, node("v1.36.3", ""))
	sawFile(kube.EtcdData, 0o755, 0, 0)(inv)
	if hits := etcdData().Find(inv).Hits; len(hits) != 1 || !strings.Contains(hits[0].Message, "as the probe of 2026-11-20 09:30 UTC saw") {
		t.Errorf("%+v", hits)
	}
}
