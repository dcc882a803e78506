package main

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

const (
	namespaces  = 100
	perTemplate = 10 // pods of one Deployment
	nodes       = 200
	writers     = 32
)

// fill writes a large cluster straight into the API server: Deployments with
// their ReplicaSets and pods as the controllers would have made them.
func fill(ctx context.Context, kubeconfig string, pods int) error {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return err
	}
	config.QPS = -1
	config.WarningHandlerWithContext = rest.NoWarnings{}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	started := time.Now()
	steps := []struct {
		count int
		make  func(context.Context, kubernetes.Interface, int) error
	}{{namespaces, makeNamespace}, {nodes, makeNode}, {pods / perTemplate, makeDeployment}}
	for _, step := range steps {
		group, ctx := errgroup.WithContext(ctx)
		group.SetLimit(writers)
		for i := range step.count {
			group.Go(func() error { return step.make(ctx, client, i) })
		}
		if err := group.Wait(); err != nil {
			return err
		}
	}
	fmt.Printf("%d pods of %d Deployments in %d namespaces on %d nodes, written in %.0f s\n",
		pods, pods/perTemplate, namespaces, nodes, time.Since(started).Seconds())
	return nil
}

func makeNamespace(ctx context.Context, c kubernetes.Interface, i int) error {
	name := namespaceName(i)
	ns := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"team": fmt.Sprintf("team-%d", i%7)}}}
	if _, err := c.CoreV1().Namespaces().Create(ctx, ns, metav1.CreateOptions{}); err != nil {
		return err
	}
	role := &rbacv1.Role{ObjectMeta: metav1.ObjectMeta{Name: "app"}, Rules: []rbacv1.PolicyRule{{APIGroups: []string{""}, Resources: []string{"secrets"}, Verbs: []string{"get", "list"}}}}
	if _, err := c.RbacV1().Roles(name).Create(ctx, role, metav1.CreateOptions{}); err != nil {
		return err
	}
	binding := &rbacv1.RoleBinding{ObjectMeta: metav1.ObjectMeta{Name: "app"},
		RoleRef:  rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: "app"},
		Subjects: []rbacv1.Subject{{Kind: "ServiceAccount", Name: "default", Namespace: name}}}
	if _, err := c.RbacV1().RoleBindings(name).Create(ctx, binding, metav1.CreateOptions{}); err != nil {
		return err
	}
	for n := range 5 {
		service := &corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("svc-%d", n)}, Spec: corev1.ServiceSpec{Selector: map[string]string{"app": "x"}, Ports: []corev1.ServicePort{{Port: 80}}}}
		if _, err := c.CoreV1().Services(name).Create(ctx, service, metav1.CreateOptions{}); err != nil {
			return err
		}
		config := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("config-%d", n)}, Data: map[string]string{"app.properties": "log.level=info\nserver.port=8080\n"}}
		if _, err := c.CoreV1().ConfigMaps(name).Create(ctx, config, metav1.CreateOptions{}); err != nil {
			return err
		}
	}
	return nil
}

func makeNode(ctx context.Context, c kubernetes.Interface, i int) error {
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("node-%03d", i)}, Spec: corev1.NodeSpec{Unschedulable: true}}
	node.Status.NodeInfo.KubeletVersion = "v1.36.3"
	_, err := c.CoreV1().Nodes().Create(ctx, node, metav1.CreateOptions{})
	return err
}

// makeDeployment makes the Deployment paused, so that the controllers leave
// it alone, with a ReplicaSet and its pods.
func makeDeployment(ctx context.Context, c kubernetes.Interface, i int) error {
	ns, name, replicas := namespaceName(i%namespaces), fmt.Sprintf("app-%04d", i), int32(perTemplate)
	labels := map[string]string{"app": name}
	template := corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: labels}, Spec: podSpec(i)}
	d := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: appsv1.DeploymentSpec{Replicas: &replicas, Paused: true, Selector: &metav1.LabelSelector{MatchLabels: labels}, Template: template}}
	d, err := c.AppsV1().Deployments(ns).Create(ctx, d, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	rs := &appsv1.ReplicaSet{ObjectMeta: metav1.ObjectMeta{Name: name + "-5d4c8b7f9", Labels: labels, OwnerReferences: []metav1.OwnerReference{*metav1.NewControllerRef(d, appsv1.SchemeGroupVersion.WithKind("Deployment"))}},
		Spec: appsv1.ReplicaSetSpec{Replicas: &replicas, Selector: d.Spec.Selector, Template: template}}
	rs, err = c.AppsV1().ReplicaSets(ns).Create(ctx, rs, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	for p := range perTemplate {
		pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("%s-%05d", rs.Name, p), Labels: labels, OwnerReferences: []metav1.OwnerReference{*metav1.NewControllerRef(rs, appsv1.SchemeGroupVersion.WithKind("ReplicaSet"))}}, Spec: podSpec(i)}
		pod.Spec.NodeName = fmt.Sprintf("node-%03d", (i+p)%nodes)
		if _, err := c.CoreV1().Pods(ns).Create(ctx, pod, metav1.CreateOptions{}); err != nil {
			return err
		}
	}
	return nil
}

// podSpec is a pod of three containers; every seventh is privileged.
func podSpec(i int) corev1.PodSpec {
	privileged := i%7 == 0
	var env []corev1.EnvVar
	for n := range 12 {
		env = append(env, corev1.EnvVar{Name: fmt.Sprintf("SETTING_%d", n), Value: fmt.Sprintf("https://service-%d.example.com/path", n)})
	}
	spec := corev1.PodSpec{}
	for _, name := range []string{"app", "proxy", "metrics"} {
		spec.Containers = append(spec.Containers, corev1.Container{
			Name: name, Image: "registry.example.com/team/" + name + ":1.2.3", Env: env,
			Ports:           []corev1.ContainerPort{{ContainerPort: 8080}},
			Resources:       corev1.ResourceRequirements{Limits: corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("128Mi")}},
			SecurityContext: &corev1.SecurityContext{Privileged: &privileged},
			ReadinessProbe:  &corev1.Probe{ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: "/ready", Port: intstr.FromInt32(8080)}}},
		})
	}
	return spec
}

func namespaceName(i int) string { return fmt.Sprintf("bench-%03d", i) }
