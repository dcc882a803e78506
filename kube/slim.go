package kube

import (
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// largestValue bounds what is kept of one ConfigMap value: enough to find a
// credential in a configuration, not a whole bundle of certificates or a dump.
const largestValue = 64 << 10

// slimReplicaSet drops the template of a ReplicaSet that something controls:
// the controller's own template is the one to judge.
func slimReplicaSet(rs *appsv1.ReplicaSet) {
	if isDeploymentsOwn(rs) {
		rs.Spec.Template = corev1.PodTemplateSpec{}
		rs.Annotations = nil
	}
	rs.Status = appsv1.ReplicaSetStatus{Replicas: rs.Status.Replicas}
}

func slimJob(job *batchv1.Job) {
	if c := metav1.GetControllerOf(job); c != nil && c.Kind == "CronJob" {
		job.Spec.Template = corev1.PodTemplateSpec{}
	}
	job.Status = batchv1.JobStatus{Active: job.Status.Active, Succeeded: job.Status.Succeeded, Failed: job.Status.Failed}
}

// slimNode keeps a node's facts and drops its images, its volumes and its
// pulse, which would make a new node of it every few minutes.
func slimNode(node *corev1.Node) {
	node.Status.Images, node.Status.VolumesAttached, node.Status.VolumesInUse = nil, nil, nil
	for i := range node.Status.Conditions {
		node.Status.Conditions[i].LastHeartbeatTime = metav1.Time{}
	}
}

// cutMark ends a value of which only the beginning was kept.
const cutMark = "… (cut by kiln)"

// CutShort says that a ConfigMap's value was too large to be kept whole.
func CutShort(value string) bool { return strings.HasSuffix(value, cutMark) }

func slimConfigMap(cm *corev1.ConfigMap) {
	cm.BinaryData = nil
	for key, value := range cm.Data {
		if len(value) > largestValue {
			cm.Data[key] = strings.ToValidUTF8(value[:largestValue], "") + cutMark
		}
	}
	if _, ok := cm.Annotations[lastApplied]; ok {
		cm.Annotations[lastApplied] = "(not kept)"
	}
}

// slimSecret keeps names, labels and annotations, but not the annotation that
// repeats the values.
func slimSecret(secret *metav1.PartialObjectMetadata) {
	if _, ok := secret.Annotations[lastApplied]; ok {
		secret.Annotations[lastApplied] = "(not kept)"
	}
}

// slimPod keeps the little of a running pod that is needed. judged says that
// the pod's own spec may have to be judged, because no controller that kiln
// reads stands for it.
func slimPod(pod *corev1.Pod, judged bool) *Pod {
	slim := &Pod{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
		ObjectMeta: metav1.ObjectMeta{
			Namespace: pod.Namespace, Name: pod.Name, UID: pod.UID,
			Labels: pod.Labels, OwnerReferences: pod.OwnerReferences,
		},
		Node: pod.Spec.NodeName, IPs: addressesOf(pod), Phase: pod.Status.Phase,
		ServiceAccount: pod.Spec.ServiceAccountName, HostNetwork: pod.Spec.HostNetwork,
		ImageIDs: imageIDs(pod),
	}
	live, places := liveEphemeral(pod)
	if judged || len(live) > 0 {
		slim.Annotations = pod.Annotations
		spec := pod.Spec
		spec.EphemeralContainers = live
		slim.spec, slim.ephemeralAt = &spec, places
	}
	return slim
}

// addressesOf are the pod's own: in a dual-stack cluster one of IPv4 and one of
// IPv6.
func addressesOf(pod *corev1.Pod) []string {
	if len(pod.Status.PodIPs) == 0 {
		return nil
	}
	ips := make([]string, 0, len(pod.Status.PodIPs))
	for _, ip := range pod.Status.PodIPs {
		ips = append(ips, ip.IP)
	}
	return ips
}

func imageIDs(pod *corev1.Pod) map[string]string {
	if len(pod.Status.ContainerStatuses) == 0 {
		return nil
	}
	ids := make(map[string]string, len(pod.Status.ContainerStatuses))
	for _, s := range pod.Status.ContainerStatuses {
		if s.ImageID != "" {
			ids[s.Name] = s.ImageID
		}
	}
	return ids
}
