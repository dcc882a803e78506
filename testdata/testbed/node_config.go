package main

import (
	"crypto/x509/pkix"
	"fmt"
	"os"
	"path/filepath"
)

// The runtime's state is where its defaults have it: the node's mount
// namespace has file systems of its own there.
const containerdSocket = "/run/containerd/containerd.sock"

// containerdFormat takes the folder of the CNI configuration.
//
// Without restrict_oom_score_adj runc fails where the testbed itself may not
// lower that score.
const containerdFormat = `version = 2
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "` + pauseImage + `"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "` + cniPlugins + `"
    conf_dir = %q
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = false
`

// cniConfig gives pods addresses that the node alone can reach. It enforces no
// NetworkPolicy.
const cniConfig = `{
  "cniVersion": "0.4.0",
  "name": "testbed",
  "plugins": [{
    "type": "bridge",
    "bridge": "cni0",
    "isGateway": true,
    "hairpinMode": true,
    "ipam": {"type": "host-local", "ranges": [[{"subnet": "10.244.0.0/24"}]], "routes": [{"dst": "0.0.0.0/0"}]}
  }]
}
`

// kubeletFormat takes the node's address, the folders of the PKI (three
// times), the control group, and the resolver's configuration.
const kubeletFormat = `apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: %s
authentication:
  anonymous: {enabled: false}
  webhook: {enabled: true}
  x509: {clientCAFile: %q}
authorization: {mode: Webhook}
tlsCertFile: %q
tlsPrivateKeyFile: %q
containerRuntimeEndpoint: unix://` + containerdSocket + `
cgroupDriver: cgroupfs
cgroupRoot: /%s
resolvConf: %q
failCgroupV1: false
failSwapOn: false
makeIPTablesUtilChains: false
oomScoreAdj: 0
evictionHard: {memory.available: 10Mi, nodefs.available: 1%%, imagefs.available: 1%%}
imageGCHighThresholdPercent: 100
imageGCLowThresholdPercent: 99
`

// prepareNode writes everything that the node reads.
func (c cluster) prepareNode(ca *authority, n *node) error {
	subject := pkix.Name{CommonName: "system:node:" + nodeName, Organization: []string{"system:nodes"}}
	if err := ca.issue("kubelet", subject, c.address); err != nil {
		return err
	}
	if err := os.MkdirAll(c.nodePath("cni"), 0o700); err != nil {
		return fmt.Errorf("making the node's folder: %w", err)
	}
	if err := writeKubeconfig(c.nodePath("kubelet.kubeconfig"), c.server(), ca, "kubelet"); err != nil {
		return err
	}
	for name, content := range map[string]string{
		"containerd.toml":      fmt.Sprintf(containerdFormat, c.nodePath("cni")),
		"cni/testbed.conflist": cniConfig,
		"resolv.conf":          "", // there is no name server; pods must not get the machine's
		"kubelet.yaml": fmt.Sprintf(kubeletFormat, c.address,
			c.pki("ca.crt"), c.pki("kubelet.crt"), c.pki("kubelet.key"), n.slot.cgroup(), c.nodePath("resolv.conf")),
	} {
		if err := os.WriteFile(c.nodePath(filepath.FromSlash(name)), []byte(content), 0o600); err != nil {
			return fmt.Errorf("configuring the node: %w", err)
		}
	}
	if err := writeImages(c.nodePath("images")); err != nil {
		return err
	}
	return n.slot.makeCgroups()
}
