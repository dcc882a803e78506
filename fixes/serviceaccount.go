package fixes

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/kube"
)

// defaultServiceAccount makes an account for the workload alone and has it use
// that.
func defaultServiceAccount() Recipe {
	return Recipe{Check: "pod/default-serviceaccount", Plan: func(s Situation) (Plan, error) {
		template, err := templateOf(s.Live)
		if err != nil {
			return Plan{}, err
		}
		namespace := s.Live.GetNamespace()
		account := createdByKiln("v1", "ServiceAccount", namespace, freeAccountName(s.Inventory, namespace, s.Live.GetName()))
		use := applyTo(s.Live)
		path := append(slices.Clone(template.path), "serviceAccountName")
		if err := unstructured.SetNestedField(use.Apply.Object, account.GetName(), path...); err != nil {
			return Plan{}, fmt.Errorf("planning for %s: %w", kube.RefOf(s.Live), err)
		}
		return Plan{
			Title:   fmt.Sprintf("Create ServiceAccount %s for %s/%s", account.GetName(), s.Live.GetKind(), s.Live.GetName()),
			Changes: []Change{{Target: kube.RefOf(account), Mechanism: Create, Apply: account}, use},
			Notes: []string{
				"Rights and image pull secrets of the default account don't come along: bind the new one to what the program needs.",
				"The token is still mounted; pod/automount-token keeps it out.",
			},
		}, nil
	}}
}

// freeAccountName is name, or name-2 and so on where that is taken.
func freeAccountName(inv *kube.Inventory, namespace, name string) string {
	free := name
	for n := 2; slices.ContainsFunc(inv.ServiceAccounts, func(a *corev1.ServiceAccount) bool {
		return a.Namespace == namespace && a.Name == free
	}); n++ {
		free = fmt.Sprintf("%s-%d", name, n)
	}
	return free
}
