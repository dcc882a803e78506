package kube

import (
	admissionv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	storagev1 "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// kinds is the table of everything that is listed, the largest first, so that
// the slow ones start early.
func kinds() []kind {
	core, apps, jobs := corev1.SchemeGroupVersion, appsv1.SchemeGroupVersion, batchv1.SchemeGroupVersion
	net, rbac, admission := networkingv1.SchemeGroupVersion, rbacv1.SchemeGroupVersion, admissionv1.SchemeGroupVersion
	return []kind{
		podKind(),
		replicaSetKind(),
		typed(Deployments, apps.WithKind("Deployment"), func(i *Inventory) *[]*appsv1.Deployment { return &i.Deployments }, nil),
		typed(StatefulSets, apps.WithKind("StatefulSet"), func(i *Inventory) *[]*appsv1.StatefulSet { return &i.StatefulSets }, nil),
		typed(DaemonSets, apps.WithKind("DaemonSet"), func(i *Inventory) *[]*appsv1.DaemonSet { return &i.DaemonSets }, nil),
		typed(Jobs, jobs.WithKind("Job"), func(i *Inventory) *[]*batchv1.Job { return &i.Jobs }, slimJob),
		typed(CronJobs, jobs.WithKind("CronJob"), func(i *Inventory) *[]*batchv1.CronJob { return &i.CronJobs }, nil),
		typed(ReplicationControllers, core.WithKind("ReplicationController"), func(i *Inventory) *[]*corev1.ReplicationController { return &i.ReplicationControllers }, nil),

		typed(Namespaces, core.WithKind("Namespace"), func(i *Inventory) *[]*corev1.Namespace { return &i.Namespaces }, nil),
		typed(Nodes, core.WithKind("Node"), func(i *Inventory) *[]*corev1.Node { return &i.Nodes }, slimNode),
		typed(NetworkPolicies, net.WithKind("NetworkPolicy"), func(i *Inventory) *[]*networkingv1.NetworkPolicy { return &i.NetworkPolicies }, nil),
		typed(Services, core.WithKind("Service"), func(i *Inventory) *[]*corev1.Service { return &i.Services }, nil),
		typed(Ingresses, net.WithKind("Ingress"), func(i *Inventory) *[]*networkingv1.Ingress { return &i.Ingresses }, nil),
		typed(ServiceAccounts, core.WithKind("ServiceAccount"), func(i *Inventory) *[]*corev1.ServiceAccount { return &i.ServiceAccounts }, nil),
		typed(ClusterRoles, rbac.WithKind("ClusterRole"), func(i *Inventory) *[]*rbacv1.ClusterRole { return &i.ClusterRoles }, nil),
		typed(ClusterRoleBindings, rbac.WithKind("ClusterRoleBinding"), func(i *Inventory) *[]*rbacv1.ClusterRoleBinding { return &i.ClusterRoleBindings }, nil),
		typed(Roles, rbac.WithKind("Role"), func(i *Inventory) *[]*rbacv1.Role { return &i.Roles }, nil),
		typed(RoleBindings, rbac.WithKind("RoleBinding"), func(i *Inventory) *[]*rbacv1.RoleBinding { return &i.RoleBindings }, nil),
		typed(ConfigMaps, core.WithKind("ConfigMap"), func(i *Inventory) *[]*corev1.ConfigMap { return &i.ConfigMaps }, slimConfigMap),
		metadataOnly(Secrets, core.WithKind("Secret"), func(i *Inventory) *[]*metav1.PartialObjectMetadata { return &i.Secrets }),
		typed(PersistentVolumes, core.WithKind("PersistentVolume"), func(i *Inventory) *[]*corev1.PersistentVolume { return &i.PersistentVolumes }, nil),
		typed(PersistentVolumeClaims, core.WithKind("PersistentVolumeClaim"), func(i *Inventory) *[]*corev1.PersistentVolumeClaim { return &i.PersistentVolumeClaims }, nil),
		typed(StorageClasses, storagev1.SchemeGroupVersion.WithKind("StorageClass"), func(i *Inventory) *[]*storagev1.StorageClass { return &i.StorageClasses }, nil),
		typed(ResourceQuotas, core.WithKind("ResourceQuota"), func(i *Inventory) *[]*corev1.ResourceQuota { return &i.ResourceQuotas }, nil),
		typed(LimitRanges, core.WithKind("LimitRange"), func(i *Inventory) *[]*corev1.LimitRange { return &i.LimitRanges }, nil),
		typed(PodDisruptionBudgets, policyv1.SchemeGroupVersion.WithKind("PodDisruptionBudget"), func(i *Inventory) *[]*policyv1.PodDisruptionBudget { return &i.PodDisruptionBudgets }, nil),
		typed(ValidatingWebhooks, admission.WithKind("ValidatingWebhookConfiguration"), func(i *Inventory) *[]*admissionv1.ValidatingWebhookConfiguration { return &i.ValidatingWebhooks }, nil),
		typed(MutatingWebhooks, admission.WithKind("MutatingWebhookConfiguration"), func(i *Inventory) *[]*admissionv1.MutatingWebhookConfiguration { return &i.MutatingWebhooks }, nil),
		typed(ValidatingAdmissionPolicies, admission.WithKind("ValidatingAdmissionPolicy"), func(i *Inventory) *[]*admissionv1.ValidatingAdmissionPolicy { return &i.ValidatingAdmissionPolicies }, nil),
		typed(ValidatingAdmissionPolicyBindings, admission.WithKind("ValidatingAdmissionPolicyBinding"), func(i *Inventory) *[]*admissionv1.ValidatingAdmissionPolicyBinding {
			return &i.ValidatingAdmissionPolicyBindings
		}, nil),
		metadataOnly(CustomResourceDefinitions, schema.GroupVersionKind{Group: "apiextensions.k8s.io", Version: "v1", Kind: "CustomResourceDefinition"}, func(i *Inventory) *[]*metav1.PartialObjectMetadata { return &i.CustomResourceDefinitions }),
	}
}
