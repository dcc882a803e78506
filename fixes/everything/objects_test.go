package everything

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"

	"kiln/kube/kubetest"
)

// passing are the kinds that controllers make, change and drop by themselves.
func passing() []string {
	return []string{
		"pods", "replicasets", "controllerrevisions", "events", "endpoints", "endpointslices", "leases", "podtemplates", "componentstatuses",
		"ipaddresses", "apiservices", "flowschemas", "prioritylevelconfigurations", "nodes", "persistentvolumes", "persistentvolumeclaims",
	}
}

// objects are all lasting objects of the cluster, by kind, namespace and name.
func (s *story) objects() map[string]*unstructured.Unstructured {
	s.Helper()
	client, err := discovery.NewDiscoveryClientForConfig(s.cluster.Config)
	if err != nil {
		s.Fatal(err)
	}
	lists, err := client.ServerPreferredResources()
	if err != nil {
		s.Fatal(err)
	}
	objects := map[string]*unstructured.Unstructured{}
	for _, list := range lists {
		group, err := schema.ParseGroupVersion(list.GroupVersion)
		if err != nil {
			s.Fatal(err)
		}
		for _, resource := range list.APIResources {
			if strings.Contains(resource.Name, "/") || !slices.Contains(resource.Verbs, "list") || slices.Contains(passing(), resource.Name) {
				continue
			}
			items, err := s.cluster.Dynamic.Resource(group.WithResource(resource.Name)).List(s.Context(), metav1.ListOptions{})
			if err != nil {
				s.Fatalf("listing %s: %v", resource.Name, err)
			}
			for i := range items.Items {
				object := &items.Items[i]
				objects[strings.Join([]string{resource.Name, object.GetNamespace(), object.GetName()}, " ")] = kubetest.Lasting(object)
			}
		}
	}
	return objects
}

// sameAs compares the cluster with what it was.
func (s *story) sameAs(first map[string]*unstructured.Unstructured) {
	s.Helper()
	now := s.objects()
	for _, name := range slices.Sorted(maps.Keys(first)) {
		switch {
		case now[name] == nil:
			s.Errorf("%s is gone", name)
		case !reflect.DeepEqual(first[name].Object, now[name].Object):
			s.Errorf("%s is not as it was:\nfirst %s\nnow   %s", name, text(first[name]), text(now[name]))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(now)) {
		if first[name] == nil {
			s.Errorf("%s was left behind", name)
		}
	}
}

func text(obj *unstructured.Unstructured) string {
	data, err := json.Marshal(obj.Object)
	if err != nil {
		return err.Error()
	}
	return string(data)
}
