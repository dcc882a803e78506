package main

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"kiln/kube"
)

// namespace is what -n says; empty means all. As in kubectl, -A wins.
func (a *app) namespace() string {
	if a.allNamespaces {
		return ""
	}
	return *a.flags.Namespace
}

// checkNamespace refuses a namespace that doesn't exist: it would look as if
// nothing were wrong there. Who may not list namespaces has to know.
func (a *app) checkNamespace(inv *kube.Inventory) error {
	name := a.namespace()
	if _, unread := inv.Gap(kube.Namespaces); name == "" || unread {
		return nil
	}
	if slices.ContainsFunc(inv.Namespaces, func(ns *corev1.Namespace) bool { return ns.Name == name }) {
		return nil
	}
	return fmt.Errorf("there is no namespace %q: kubectl get namespaces lists those there are", name)
}

func inNamespace(namespace string) string {
	if namespace == "" {
		return ""
	}
	return " in namespace " + namespace
}
