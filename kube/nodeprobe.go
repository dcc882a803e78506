package kube

import (
	"cmp"
	_ "embed"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/rand"
	"sigs.k8s.io/yaml"
)

// nodeProbeScript is what a node probe runs; busybox is enough for it.
//
//go:embed nodeprobe.sh
var nodeProbeScript string

// NodeProbeTime is how long the pod of a node probe may run. The control plane
// ends it then, even if kiln is gone.
const NodeProbeTime = 2 * time.Minute

// nodeProbeFolders are the node's folders that a node probe reads, unless
// somebody says otherwise. Those of pods and of the container runtime are
// below /var/lib, too; the probe doesn't look there.
func nodeProbeFolders() []string { return []string{"/etc", "/proc", "/sys", "/usr", "/var/lib"} }

// nodeProbeLabels mark the pods of node probes.
func nodeProbeLabels() labels.Set {
	return labels.Set{"app.kubernetes.io/managed-by": FieldManager, "app.kubernetes.io/component": "node-probe"}
}

// NodeProbeOptions say what a node probe is like.
type NodeProbeOptions struct {
	// Namespace is the pod's; "kube-system" if empty.
	Namespace string
	// Image is DebugImage if empty.
	Image string
	// Folders are mounted in addition to nodeProbeFolders.
	Folders []string
}

// NodeProbePlan is the pod of a node probe, not created yet.
type NodeProbePlan struct {
	Node Ref
	UID  types.UID
	Pod  *corev1.Pod
	// Folders are the node's that it mounts, read-only.
	Folders []string
}

// PlanNodeProbe makes the pod for a node. It has the node's files, mounted
// read-only, and nothing else: none of its namespaces, no capability, no token.
// It is root, since half of what it looks at is root's alone.
func PlanNodeProbe(node *corev1.Node, o NodeProbeOptions) (NodeProbePlan, error) {
	if isWindows(node) {
		return NodeProbePlan{}, fmt.Errorf("node %s runs Windows, and kiln's probe is for Linux", Clean(node.Name))
	}
	folders := slices.Clone(nodeProbeFolders())
	for _, folder := range o.Folders {
		if !path.IsAbs(folder) || path.Clean(folder) != folder || strings.ContainsAny(folder, " \t\n:") {
			return NodeProbePlan{}, fmt.Errorf("%q is no folder of a node: it takes an absolute path, such as /etc/rancher", folder)
		}
		if !slices.Contains(folders, folder) {
			folders = append(folders, folder)
		}
	}
	pod := nodeProbePod(cmp.Or(o.Namespace, metav1.NamespaceSystem), node.Name, folders)
	if o.Image != "" {
		pod.Spec.Containers[0].Image = o.Image
	}
	ref := Ref{APIVersion: "v1", Kind: "Node", Name: node.Name}
	return NodeProbePlan{Node: ref, UID: node.UID, Pod: pod, Folders: folders}, nil
}

func isWindows(node *corev1.Node) bool {
	return node.Labels[corev1.LabelOSStable] == string(corev1.Windows)
}

func nodeProbePod(namespace, node string, folders []string) *corev1.Pod {
	no, yes, root := false, true, int64(0)
	deadline, grace := int64(NodeProbeTime.Seconds()), int64(0)
	container := corev1.Container{
		Name: "probe", Image: DebugImage, ImagePullPolicy: corev1.PullIfNotPresent,
		Command: append([]string{"sh", "-c", nodeProbeScript, "kiln-node-probe"}, folders...),
		SecurityContext: &corev1.SecurityContext{
			RunAsUser: &root, AllowPrivilegeEscalation: &no, ReadOnlyRootFilesystem: &yes,
			Capabilities:   &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
			SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
		},
		Resources: corev1.ResourceRequirements{
			Requests: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("10m"), corev1.ResourceMemory: resource.MustParse("16Mi")},
			Limits:   corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("1"), corev1.ResourceMemory: resource.MustParse("64Mi")},
		},
		TerminationMessagePolicy: corev1.TerminationMessageReadFile,
	}
	var volumes []corev1.Volume
	asItIs, below := corev1.HostPathDirectory, corev1.RecursiveReadOnlyIfPossible
	for _, folder := range folders {
		name := strings.Trim(strings.Map(letterOrDash, folder), "-")
		name = fmt.Sprintf("%.50s-%d", name, len(volumes))
		volumes = append(volumes, corev1.Volume{Name: name, VolumeSource: corev1.VolumeSource{
			HostPath: &corev1.HostPathVolumeSource{Path: folder, Type: &asItIs}}})
		container.VolumeMounts = append(container.VolumeMounts, corev1.VolumeMount{
			Name: name, MountPath: "/host" + folder, ReadOnly: true, RecursiveReadOnly: &below})
	}
	return &corev1.Pod{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "kiln-node-probe-" + rand.String(5), Labels: nodeProbeLabels()},
		Spec: corev1.PodSpec{
			// Past the scheduler, and past taints: it is about this very node.
			NodeName: node, Tolerations: []corev1.Toleration{{Operator: corev1.TolerationOpExists}},
			RestartPolicy: corev1.RestartPolicyNever, ActiveDeadlineSeconds: &deadline, TerminationGracePeriodSeconds: &grace,
			AutomountServiceAccountToken: &no, EnableServiceLinks: &no,
			Containers: []corev1.Container{container}, Volumes: volumes,
		},
	}
}

// letterOrDash makes a part of a volume's name of a path's letter.
func letterOrDash(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
		return r
	}
	return '-'
}

// YAML is the pod for people to read, its script included.
func (p NodeProbePlan) YAML() (string, error) {
	text, err := yaml.Marshal(p.Pod)
	if err != nil {
		return "", errors.Join(errors.New("writing the pod as YAML"), err)
	}
	return CleanBlock(strings.TrimSuffix(string(text), "status: {}\n")), nil
}
