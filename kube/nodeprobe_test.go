package kube

import (
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

const nodeProbeText = `kernel 6.1.0-18-amd64
os Debian GNU/Linux 12 (bookworm)
kubelet kubelet
argument /usr/bin/kubelet
argument --config=/var/lib/kubelet/config.yaml
argument --kubeconfig
argument /etc/kubernetes/kubelet.conf
argument --read-only-port=10255
argument --bootstrap-token=abcdef.0123456789abcdef
config apiVersion: kubelet.config.k8s.io/v1beta1
config kind: KubeletConfiguration
config authentication: {x509: {clientCAFile: /etc/kubernetes/pki/ca.crt}}
config rotateCertificates: true
file kubelet-config 644 0 0 /var/lib/kubelet/config.yaml
file pki-key 600 0 0 /etc/kubernetes/pki/name with blanks.key
sysctl kernel.kptr_restrict 0
apparmor Y
user 1000 /bin/bash admin
tcp 0: 00000000:280A 00000000:0000 0A 0
tcp 1: 0100007F:2811 00000000:0000 0A 0
unit /etc/systemd/system/x.service
unseen files/etcd-data /var/lib/etcd can't be looked at: permission denied
end
`

func TestParseNodeProbe(t *testing.T) {
	t.Parallel()
	f, err := parseNodeProbe(nodeProbeText)
	if err != nil {
		t.Fatal(err)
	}
	if f.Kernel != "6.1.0-18-amd64" || f.OS != "Debian GNU/Linux 12 (bookworm)" || !f.AppArmor || f.SELinux != "" || f.Sysctls["kernel.kptr_restrict"] != "0" {
		t.Errorf("%+v", f)
	}
	if want := (NodeFile{PKIKey, "/etc/kubernetes/pki/name with blanks.key", 0o600, 0, 0}); len(f.Files) != 2 || f.Files[1] != want {
		t.Errorf("files %+v", f.Files)
	}
	if len(f.Users) != 1 || f.Users[0] != (NodeUser{"admin", 1000, "/bin/bash"}) || len(f.Listening) != 2 || f.Listening[0].Port != 10250 || len(f.WritableUnits) != 1 {
		t.Errorf("%+v, %+v, %+v", f.Users, f.Listening, f.WritableUnits)
	}
	if why := f.WhyUnseen("users", "files/etcd-data"); !strings.Contains(why, "permission denied") || f.WhyUnseen("users", "files/pki-key") != "" {
		t.Errorf("unseen: %q", why)
	}
	if strings.Contains(strings.Join(f.Kubelet.Arguments, " "), "0123456789abcdef") {
		t.Errorf("a token is kept: %q", f.Kubelet.Arguments)
	}
	c := f.Kubelet.Config
	if c == nil || c.ReadOnlyPort != 10255 || *c.Authentication.Anonymous.Enabled || c.Authorization.Mode != "Webhook" || !c.RotateCertificates || *c.PodPidsLimit != -1 {
		t.Errorf("the kubelet's configuration: %+v", c)
	}
}

func TestANodeProbeThatIsCutOffSawNothingForSure(t *testing.T) {
	t.Parallel()
	f, err := parseNodeProbe(strings.TrimSuffix(nodeProbeText, "end\n"))
	if err != nil || f.WhyUnseen("users") == "" || f.WhyUnseen("files/pki-key") == "" {
		t.Errorf("%v, unseen %+v", err, f.Unseen)
	}
	if _, err := parseNodeProbe("sh: cat: not found\n"); err == nil {
		t.Error("nonsense was taken for a node")
	}
}

// A kubelet without a file has the open defaults from before there were any.
func TestKubeletConfigurationFromFlags(t *testing.T) {
	t.Parallel()
	of := func(arguments, config string) NodeFacts {
		text := "kernel 6\nkubelet kubelet\nargument kubelet\n"
		for _, argument := range strings.Fields(arguments) {
			text += "argument " + argument + "\n"
		}
		for line := range strings.Lines(config) {
			text += "config " + line
		}
		f, err := parseNodeProbe(text + "end\n")
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	bare := of("", "").Kubelet.Config
	if !*bare.Authentication.Anonymous.Enabled || bare.Authorization.Mode != "AlwaysAllow" || bare.ReadOnlyPort != 10255 {
		t.Errorf("without file and flags: %+v", bare)
	}
	closed := of("--anonymous-auth=false --authorization-mode Webhook --read-only-port=0 --pod-max-pids=100 --streaming-connection-idle-timeout=0", "").Kubelet.Config
	if *closed.Authentication.Anonymous.Enabled || closed.Authorization.Mode != "Webhook" || closed.ReadOnlyPort != 0 || *closed.PodPidsLimit != 100 || closed.StreamingConnectionIdleTimeout.Duration != 0 {
		t.Errorf("closed by flags: %+v", closed)
	}
	for name, f := range map[string]NodeFacts{
		"a file that wasn't seen":         of("--config=/x", ""),
		"a folder of parts":               of("--config=/x --config-dir=/etc/kubelet.d", "kind: KubeletConfiguration\n"),
		"a flag that nobody understands":  of("--read-only-port=many", ""),
		"a file that is no configuration": of("--config=/x", "[a, b]\n"),
	} {
		if f.Kubelet.Config != nil && f.WhyUnseen("kubelet-config") == "" {
			t.Errorf("%s: %+v", name, f.Kubelet.Config)
		}
	}
}

func TestTheNodeProbesPodHasTheLeastPrivilege(t *testing.T) {
	t.Parallel()
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "n1", UID: "u1"}}
	plan, err := PlanNodeProbe(node, NodeProbeOptions{Folders: []string{"/etc/rancher", "/etc"}})
	if err != nil {
		t.Fatal(err)
	}
	spec, c := plan.Pod.Spec, plan.Pod.Spec.Containers[0]
	if spec.NodeName != "n1" || spec.HostPID || spec.HostNetwork || spec.HostIPC || *spec.AutomountServiceAccountToken || spec.ActiveDeadlineSeconds == nil {
		t.Errorf("%+v", spec)
	}
	if s := c.SecurityContext; s.Privileged != nil || *s.AllowPrivilegeEscalation || !*s.ReadOnlyRootFilesystem || !slices.Equal(s.Capabilities.Drop, []corev1.Capability{"ALL"}) || s.Capabilities.Add != nil {
		t.Errorf("%+v", s)
	}
	if len(spec.Volumes) != len(nodeProbeFolders())+1 {
		t.Errorf("volumes %+v", spec.Volumes)
	}
	for _, m := range c.VolumeMounts {
		if !m.ReadOnly || m.RecursiveReadOnly == nil {
			t.Errorf("%s can be written", m.MountPath)
		}
	}
	for _, folder := range []string{"etc", "/etc/../x", "/a b", "/a:/b"} {
		if _, err := PlanNodeProbe(node, NodeProbeOptions{Folders: []string{folder}}); err == nil {
			t.Errorf("%q was taken", folder)
		}
	}
	node.Labels = map[string]string{corev1.LabelOSStable: "windows"}
	if _, err := PlanNodeProbe(node, NodeProbeOptions{}); err == nil || !strings.Contains(err.Error(), "runs Windows") {
		t.Errorf("a Windows node: %v", err)
	}
}

func TestWhatIsKeptOfNodes(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	store := NewNodeStore(t.TempDir())
	here, there := &Cluster{UID: "a"}, &Cluster{UID: "b"}
	node := func(name, uid string) *corev1.Node {
		return &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name, UID: types.UID(uid)}}
	}
	for _, f := range []NodeFacts{
		{Node: "fresh", UID: "1", Time: now.Add(-time.Hour)},
		{Node: "old", UID: "2", Time: now.Add(-8 * 24 * time.Hour)},
		{Node: "again", UID: "3", Time: now},
	} {
		if err := store.Put(here, f); err != nil {
			t.Fatal(err)
		}
	}
	if all, err := store.All(there); err != nil || len(all) > 0 {
		t.Errorf("another cluster has %v, %v", all, err)
	}
	all, err := store.All(here)
	if err != nil || len(all) != 3 {
		t.Fatalf("%v, %v", all, err)
	}
	inv := newInventory()
	if facts, gap := currentFacts(inv, all); len(facts) > 0 || gap == nil {
		t.Errorf("without nodes: %v, %+v", facts, gap)
	}
	inv.TakenAt, inv.Nodes = now, []*corev1.Node{node("fresh", "1")}
	if facts, gap := currentFacts(inv, all); len(facts) != 1 || gap != nil {
		t.Errorf("%v, %+v", facts, gap)
	}
	inv.Nodes = []*corev1.Node{node("fresh", "1"), node("old", "2")}
	if facts, gap := currentFacts(inv, all); len(facts) != 1 || gap == nil || !strings.Contains(gap.Reason, "old (8 days ago)") {
		t.Errorf("%v, %+v", facts, gap)
	}
	inv.Nodes = []*corev1.Node{node("again", "another"), node("new", "5")}
	if facts, gap := currentFacts(inv, all); len(facts) > 0 || gap == nil || gap.Reason != "no node was looked at" {
		t.Errorf("%v, %+v", facts, gap)
	}
}
