package kube

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/kubernetes/scheme"
)

// manifestReader turns documents into the objects of an Inventory.
type manifestReader struct {
	inv       *Inventory
	problems  []Problem
	namespace string
	kinds     []kind
	decoder   runtime.Decoder
	texts     map[string][]byte
	// bare are the files that were named, and hold no object.
	bare []string
	// templates are the pod templates of kinds that kiln doesn't know.
	templates []*Workload
}

func newManifestReader(namespace string) *manifestReader {
	return &manifestReader{
		inv: newInventory(), namespace: namespace, kinds: slices.Concat(kinds(), customKinds(), configFileKinds()),
		decoder: serializer.NewCodecFactory(scheme.Scheme, serializer.EnableStrict).UniversalDeserializer(),
	}
}

// kind finds the row of what a document says it is.
func (r *manifestReader) kind(apiVersion, name string) (kind, bool) {
	at := slices.IndexFunc(r.kinds, func(k kind) bool { return k.gvk.Kind == name && sameFamily(apiVersion, k.gvk) })
	if at < 0 {
		return kind{}, false
	}
	return r.kinds[at], true
}

// misplaced finds the kind that is meant where a document says that it is of
// the core group, which has no such kind.
func (r *manifestReader) misplaced(at Origin, apiVersion, name string) (kind, bool) {
	i := slices.IndexFunc(r.kinds, func(k kind) bool { return apiVersion == "v1" && !k.custom && k.gvk.Kind == name })
	if i < 0 {
		return kind{}, false
	}
	k := r.kinds[i]
	r.problem(Problem{File: at.File, Line: at.Line, Message: fmt.Sprintf("v1 has no %s, %s has; the API server refuses it", name, k.gvk.GroupVersion())})
	return k, true
}

func (r *manifestReader) problem(p Problem) {
	p.Message = Clean(p.Message)
	r.problems = append(r.problems, p)
}

// object takes one decoded document, or each item of a list.
func (r *manifestReader) object(at Origin, raw []byte, named bool) {
	var head struct {
		APIVersion string            `json:"apiVersion"`
		Kind       string            `json:"kind"`
		Items      []json.RawMessage `json:"items"`
	}
	if err := json.Unmarshal(raw, &head); err != nil || head.Kind == "" || head.APIVersion == "" {
		switch {
		case named && isKustomization(at.File):
			r.problem(kustomization(at))
		case named:
			r.problem(Problem{File: at.File, Line: at.Line, Message: "not a Kubernetes object: it has no apiVersion and kind", Lost: true})
		}
		return
	}
	if strings.HasSuffix(head.Kind, "List") && head.Items != nil {
		r.items(at, head.Kind, head.APIVersion, head.Items)
		return
	}
	r.noteVersion(at, head.APIVersion, head.Kind, raw)
	k, ok := r.kind(head.APIVersion, head.Kind)
	if !ok {
		k, ok = r.misplaced(at, head.APIVersion, head.Kind)
	}
	if !ok {
		r.inv.objects++ // a kind that no check judges
		if named && head.Kind == "Kustomization" {
			r.problem(kustomization(at))
		}
		r.podTemplate(at, raw)
		return
	}
	r.unknownVersion(at, k, head.APIVersion)
	r.add(at, k, raw)
}

// noteVersion remembers an object whose version of the API goes or has gone,
// also one of a kind that is read no further.
func (r *manifestReader) noteVersion(at Origin, apiVersion, kind string, raw []byte) {
	l, ok := lifecycleOf(apiVersion, kind)
	obj := &metav1.PartialObjectMetadata{}
	if !ok || json.Unmarshal(raw, obj) != nil {
		return
	}
	if k, known := r.kind(apiVersion, kind); known && obj.Namespace == "" && !clusterScoped(k.resource) {
		obj.Namespace = r.namespace
	}
	r.inv.origins[obj] = at
	r.inv.OldVersions = append(r.inv.OldVersions, OldVersion{Object: obj, APIVersion: apiVersion, Lifecycle: l})
}

// items reads a List; the items of a typed one (DeploymentList) may leave out
// what they are.
func (r *manifestReader) items(at Origin, listKind, apiVersion string, items []json.RawMessage) {
	_, nodes := child(at.node, "items")
	for i, item := range items {
		origin := Origin{File: at.File, Line: at.Line}
		if element, _ := child(nodes, strconv.Itoa(i)); element != nil {
			origin.Line, origin.node = element.Line, element
		}
		if itemKind := strings.TrimSuffix(listKind, "List"); itemKind != "" {
			item = withType(item, apiVersion, itemKind)
		}
		r.object(origin, item, true)
	}
}

// add decodes an object of a known kind into the Inventory. Older versions of
// an API are read as the current one: what checks look at has the same name in
// both.
func (r *manifestReader) add(at Origin, k kind, raw []byte) {
	decoded, err := r.decode(k, raw)
	obj, isObject := decoded.(Object)
	if err == nil && !isObject {
		err = fmt.Errorf("it was read as a %T", decoded)
	}
	if !isObject || err != nil && !runtime.IsStrictDecodingError(err) {
		r.problem(Problem{File: at.File, Line: at.Line, Message: fmt.Sprintf("not a valid %s: %s", k.gvk.Kind, ExplainDecoding(err)), Lost: true})
		return
	}
	if err != nil {
		r.problem(Problem{File: at.File, Line: at.Line, Message: fmt.Sprintf("%s/%s: %v", k.gvk.Kind, obj.GetName(), err)})
	}
	if r.isTemplate(at, k.gvk.Kind, obj) {
		return
	}
	if obj.GetNamespace() == "" && !clusterScoped(k.resource) {
		obj.SetNamespace(r.namespace)
	}
	r.inv.origins[obj] = at
	r.inv.objects++
	if err := k.add(r.inv, obj); err != nil {
		r.problem(Problem{File: at.File, Line: at.Line, Message: err.Error(), Lost: true})
	}
}

// finish settles everything: manifests show all that they will ever show.
func (r *manifestReader) finish() *Inventory {
	inv := r.inv
	for _, k := range r.kinds {
		inv.settled[k.resource] = true
		if n := r.lost(); n > 0 {
			inv.gaps[k.resource] = Gap{k.resource, fmt.Sprintf("%d document(s) could not be read", n), "mend them"}
		}
	}
	if len(inv.Nodes) == 0 {
		inv.gaps[Nodes] = Gap{Nodes, "the manifests hold no nodes", "scan the cluster"}
	}
	r.controlPlane()
	joinWorkloads(inv)
	inv.Workloads = append(inv.Workloads, r.templates...)
	sortWorkloads(inv.Workloads)
	dropSpokenFor(inv)
	return inv
}

func (r *manifestReader) lost() int {
	n := 0
	for _, p := range r.problems {
		if p.Lost {
			n++
		}
	}
	return n
}

// controlPlane takes the flags from a static pod's manifest where there is one.
func (r *manifestReader) controlPlane() {
	for _, resource := range []Resource{ServerVersion, TLSCertificates, APIServerFlags, KubeletConfigs, NodeProbes} {
		r.inv.settled[resource] = true
		r.inv.gaps[resource] = Gap{resource, "manifests don't show it", "scan the cluster"}
	}
	if server, ok := staticAPIServer(r.inv.Pods); ok {
		r.inv.APIServer = server
		delete(r.inv.gaps, APIServerFlags)
	}
}
