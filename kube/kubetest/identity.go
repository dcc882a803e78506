package kubetest

import (
	"context"
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Identity creates a user with a client certificate and returns the path of its
// kubeconfig. The rules hold in the whole cluster, by a ClusterRole and a
// ClusterRoleBinding that live as long as the test; without rules the user has
// the rights of its groups only. Tests that run at the same time must not share
// a name, or they share rights.
func (c *Testbed) Identity(t testing.TB, name string, groups []string, rules ...rbacv1.PolicyRule) string {
	t.Helper()
	kubeconfig := c.writeIdentity(t, name, groups, "")
	if len(rules) > 0 {
		c.bind(t, name, c.clusterRole(t, rules))
		waitUntilAnswered(t, kubeconfig, "", rules, true)
	}
	return kubeconfig
}

// IdentityIn is Identity with rules that hold in one namespace, by a RoleBinding
// to a ClusterRole. The kubeconfig's context is in that namespace.
func (c *Testbed) IdentityIn(t testing.TB, namespace, name string, groups []string, rules ...rbacv1.PolicyRule) string {
	t.Helper()
	kubeconfig := c.writeIdentity(t, name, groups, namespace)
	if len(rules) > 0 {
		c.bindIn(t, namespace, name, c.clusterRole(t, rules))
		waitUntilAnswered(t, kubeconfig, namespace, rules, true)
	}
	return kubeconfig
}

// clusterRole creates a ClusterRole and refers to it.
func (c *Testbed) clusterRole(t testing.TB, rules []rbacv1.PolicyRule) rbacv1.RoleRef {
	t.Helper()
	roles := c.client.RbacV1().ClusterRoles()
	role, err := roles.Create(t.Context(), &rbacv1.ClusterRole{ObjectMeta: generated(), Rules: rules}, metav1.CreateOptions{})
	if err != nil {
		t.Fatalf("creating a ClusterRole: %v", err)
	}
	afterwards(t, "deleting a ClusterRole", func(ctx context.Context) error {
		return roles.Delete(ctx, role.Name, metav1.DeleteOptions{})
	})
	return rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: role.Name}
}

func (c *Testbed) bind(t testing.TB, user string, role rbacv1.RoleRef) {
	t.Helper()
	bindings := c.client.RbacV1().ClusterRoleBindings()
	binding, err := bindings.Create(t.Context(),
		&rbacv1.ClusterRoleBinding{ObjectMeta: generated(), RoleRef: role, Subjects: subjects(user)}, metav1.CreateOptions{})
	if err != nil {
		t.Fatalf("binding a ClusterRole to %s: %v", user, err)
	}
	afterwards(t, "deleting a ClusterRoleBinding", func(ctx context.Context) error {
		return bindings.Delete(ctx, binding.Name, metav1.DeleteOptions{})
	})
}

func (c *Testbed) bindIn(t testing.TB, namespace, user string, role rbacv1.RoleRef) {
	t.Helper()
	bindings := c.client.RbacV1().RoleBindings(namespace)
	binding, err := bindings.Create(t.Context(),
		&rbacv1.RoleBinding{ObjectMeta: generated(), RoleRef: role, Subjects: subjects(user)}, metav1.CreateOptions{})
	if err != nil {
		t.Fatalf("binding a ClusterRole to %s in %s: %v", user, namespace, err)
	}
	afterwards(t, "deleting a RoleBinding", func(ctx context.Context) error {
		return bindings.Delete(ctx, binding.Name, metav1.DeleteOptions{})
	})
}

// generated is the metadata of an object whose name nobody needs to know.
func generated() metav1.ObjectMeta { return metav1.ObjectMeta{GenerateName: "kubetest-"} }

func subjects(user string) []rbacv1.Subject {
	return []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.UserKind, Name: user}}
}
