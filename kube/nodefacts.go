package kube

import (
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/types"
	kubeletconfig "k8s.io/kubelet/config/v1beta1"
)

// NodeFacts is what a node probe saw of one node at one time.
type NodeFacts struct {
	APIVersion string    `json:"apiVersion"`
	Time       time.Time `json:"time"`
	Node       string    `json:"node"`
	UID        types.UID `json:"uid"`

	Kernel string `json:"kernel"`
	OS     string `json:"os"`
	// Kubelet is nil where no kubelet was seen.
	Kubelet *KubeletFacts `json:"kubelet,omitempty"`
	// Files are those that the CIS benchmark asks about, as far as they exist.
	Files []NodeFile `json:"files"`
	// Sysctls are the kernel's settings that no network namespace has its own
	// of.
	Sysctls map[string]string `json:"sysctls"`
	// SELinux is "enforcing" or "permissive"; empty where it isn't there.
	SELinux  string `json:"selinux,omitempty"`
	AppArmor bool   `json:"apparmor"`
	// Users are the accounts with a shell.
	Users []NodeUser `json:"users"`
	// Listening are the sockets of the node's own network.
	Listening []Socket `json:"listening"`
	// WritableUnits are units and jobs of the system that anybody may change.
	WritableUnits []string `json:"writableUnits"`
	// Unseen is what could not be looked at.
	Unseen []Unseen `json:"unseen,omitempty"`
}

// KubeletFacts is how a node's kubelet was started.
type KubeletFacts struct {
	// Arguments have secret values masked.
	Arguments []string `json:"arguments"`
	// Config is what its configuration file, its flags and its defaults add up
	// to, as far as checks look at it; nil where the file couldn't be read.
	Config *kubeletconfig.KubeletConfiguration `json:"config,omitempty"`
}

// NodeFile is a file of a node, with who may do what with it.
type NodeFile struct {
	Role FileRole `json:"role"`
	Path string   `json:"path"`
	// Mode are the permission bits: 0o644.
	Mode uint32 `json:"mode"`
	UID  int64  `json:"uid"`
	GID  int64  `json:"gid"`
}

// FileRole is what a file is for.
type FileRole string

// The roles of files.
const (
	KubeletUnit       FileRole = "kubelet-unit"
	KubeletKubeconfig FileRole = "kubelet-kubeconfig"
	KubeletConfigFile FileRole = "kubelet-config"
	KubeletCA         FileRole = "kubelet-ca"
	KubeletKey        FileRole = "kubelet-key"
	ProxyKubeconfig   FileRole = "proxy-kubeconfig"
	StaticPod         FileRole = "static-pod"
	AdminKubeconfig   FileRole = "admin-kubeconfig"
	PKIFolder         FileRole = "pki-folder"
	PKICertificate    FileRole = "pki-certificate"
	PKIKey            FileRole = "pki-key"
	CNIFile           FileRole = "cni"
	EtcdData          FileRole = "etcd-data"
)

// NodeUser is an account of a node.
type NodeUser struct {
	Name  string `json:"name"`
	UID   int64  `json:"uid"`
	Shell string `json:"shell"`
}

// Unseen is something that a node probe could not look at.
type Unseen struct {
	// What is "files/" with a FileRole, or "kubelet-config", "users",
	// "listening", "units", "security-modules", or "end" where the probe was
	// cut off.
	What string `json:"what"`
	// Why is a clause for people.
	Why string `json:"why"`
}

// WhyUnseen says why one of the things could not be looked at; empty if all
// could.
func (f NodeFacts) WhyUnseen(things ...string) string {
	var why []string
	for _, u := range f.Unseen {
		for _, thing := range things {
			if u.What == thing || u.What == "end" {
				why = append(why, u.Why)
				break
			}
		}
	}
	return strings.Join(why, ", ")
}
