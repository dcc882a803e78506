package catalogue_test

import (
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/catalogue"
	"kiln/scanners/scantest"
)

// emptied are ways to empty an Inventory of one resource. Kinds that bring
// workloads take theirs with them.
func emptied() map[kube.Resource]func(*kube.Inventory) {
	withoutWorkloads := func(inv *kube.Inventory, kind string) {
		inv.Workloads = slices.DeleteFunc(slices.Clone(inv.Workloads), func(w *kube.Workload) bool { return w.Ref().Kind == kind })
	}
	empty := map[kube.Resource]func(*kube.Inventory){
		kube.Namespaces:             func(i *kube.Inventory) { i.Namespaces = nil },
		kube.Nodes:                  func(i *kube.Inventory) { i.Nodes = nil },
		kube.Pods:                   func(i *kube.Inventory) { i.Pods = nil; withoutWorkloads(i, "Pod") },
		kube.Deployments:            func(i *kube.Inventory) { i.Deployments = nil; withoutWorkloads(i, "Deployment") },
		kube.StatefulSets:           func(i *kube.Inventory) { i.StatefulSets = nil; withoutWorkloads(i, "StatefulSet") },
		kube.DaemonSets:             func(i *kube.Inventory) { i.DaemonSets = nil; withoutWorkloads(i, "DaemonSet") },
		kube.CronJobs:               func(i *kube.Inventory) { i.CronJobs = nil; withoutWorkloads(i, "CronJob") },
		kube.Jobs:                   func(i *kube.Inventory) { i.Jobs = nil; withoutWorkloads(i, "Job") },
		kube.NetworkPolicies:        func(i *kube.Inventory) { i.NetworkPolicies = nil },
		kube.Services:               func(i *kube.Inventory) { i.Services = nil },
		kube.Ingresses:              func(i *kube.Inventory) { i.Ingresses = nil },
		kube.ServiceAccounts:        func(i *kube.Inventory) { i.ServiceAccounts = nil },
		kube.Roles:                  func(i *kube.Inventory) { i.Roles = nil },
		kube.RoleBindings:           func(i *kube.Inventory) { i.RoleBindings = nil },
		kube.ClusterRoles:           func(i *kube.Inventory) { i.ClusterRoles = nil },
		kube.ClusterRoleBindings:    func(i *kube.Inventory) { i.ClusterRoleBindings = nil },
		kube.ConfigMaps:             func(i *kube.Inventory) { i.ConfigMaps = nil },
		kube.Secrets:                func(i *kube.Inventory) { i.Secrets = nil },
		kube.PersistentVolumes:      func(i *kube.Inventory) { i.PersistentVolumes = nil },
		kube.PersistentVolumeClaims: func(i *kube.Inventory) { i.PersistentVolumeClaims = nil },
		kube.ResourceQuotas:         func(i *kube.Inventory) { i.ResourceQuotas = nil },
		kube.LimitRanges:            func(i *kube.Inventory) { i.LimitRanges = nil },
		kube.PodDisruptionBudgets:   func(i *kube.Inventory) { i.PodDisruptionBudgets = nil },
		kube.ValidatingWebhooks:     func(i *kube.Inventory) { i.ValidatingWebhooks = nil },
		kube.MutatingWebhooks:       func(i *kube.Inventory) { i.MutatingWebhooks = nil },
		kube.ReplicaSets:            func(i *kube.Inventory) { i.ReplicaSets = nil; withoutWorkloads(i, "ReplicaSet") },
		kube.ReplicationControllers: func(i *kube.Inventory) {
			i.ReplicationControllers = nil
			withoutWorkloads(i, "ReplicationController")
		},
		kube.StorageClasses:                    func(i *kube.Inventory) { i.StorageClasses = nil },
		kube.CustomResourceDefinitions:         func(i *kube.Inventory) { i.CustomResourceDefinitions = nil },
		kube.ValidatingAdmissionPolicies:       func(i *kube.Inventory) { i.ValidatingAdmissionPolicies = nil },
		kube.ValidatingAdmissionPolicyBindings: func(i *kube.Inventory) { i.ValidatingAdmissionPolicyBindings = nil },
		kube.APIServerFlags:                    func(i *kube.Inventory) { i.APIServer = kube.APIServer{} },
	}
	for _, r := range lookedAt() {
		if _, typed := empty[r]; !typed {
			empty[r] = func(i *kube.Inventory) { i.Custom = maps.Clone(i.Custom); delete(i.Custom, r) }
		}
	}
	return empty
}

// TestChecksSayWhatTheyLookAt changes one resource at a time: judging only the
// checks that say they look at it has to come to what judging all does.
func TestChecksSayWhatTheyLookAt(t *testing.T) {
	for _, cluster := range []string{"vulnerable", "hardened"} {
		read := func() *kube.Inventory {
			inv, _, err := kube.ReadManifests(kube.ManifestOptions{Paths: []string{"../../testdata/clusters/" + cluster}, Now: time.Date(2026, 3, 14, 0, 0, 0, 0, time.UTC)})
			if err != nil {
				t.Fatal(err)
			}
			// Some checks don't judge manifests.
			inv.Source = kube.Source{Context: "test", Server: "https://192.0.2.1:6443", Version: "v1.36.3"}
			return inv
		}
		before := scanners.Evaluate(catalogue.Checks(), read())
		for resource, empty := range emptied() {
			t.Run(cluster+"/"+string(resource), func(t *testing.T) {
				inv := read()
				empty(inv)
				all := scanners.Evaluate(catalogue.Checks(), inv)
				some, _ := scanners.Reevaluate(before, inv, []kube.Resource{resource})
				for i := range all {
					if !reflect.DeepEqual(all[i].Findings, some[i].Findings) || all[i].Status != some[i].Status {
						t.Errorf("%s looks at %s, but doesn't say so", all[i].Check.ID, resource)
					}
				}
			})
		}
	}
}

// TestNothingPassesOfWhichNothingWasRead: an Inventory that is empty because
// nothing could be read is no clean cluster.
func TestNothingPassesOfWhichNothingWasRead(t *testing.T) {
	for _, r := range scanners.Evaluate(catalogue.Checks(), scantest.Unread(t, "")) {
		if r.Status == scanners.Pass || r.Reason == "" && r.Status == scanners.NotKnown {
			t.Errorf("%s: %s, because %q", r.Check.ID, r.Status, r.Reason)
		}
	}
}
