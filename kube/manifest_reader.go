package kube

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	yaml "go.yaml.in/yaml/v3"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/kubernetes/scheme"
	sigsyaml "sigs.k8s.io/yaml"
)

// manifestReader turns documents into the objects of an Inventory.
type manifestReader struct {
	inv       *Inventory
	problems  []Problem
	namespace string
	kinds     map[string]kind
	decoder   runtime.Decoder
}

func newManifestReader(namespace string) *manifestReader {
	r := &manifestReader{
		inv: newInventory(), namespace: namespace, kinds: map[string]kind{},
		decoder: serializer.NewCodecFactory(scheme.Scheme, serializer.EnableStrict).UniversalDeserializer(),
	}
	for _, k := range kinds() {
		r.kinds[k.gvk.Kind] = k
	}
	return r
}

func (r *manifestReader) problem(p Problem) {
	p.Message = Clean(p.Message)
	r.problems = append(r.problems, p)
}

// documents reads all documents of one file.
func (r *manifestReader) documents(file, text string, named bool) {
	for _, d := range splitDocuments(text) {
		r.document(file, d, named)
	}
}

// document is a part of a file, and the number of its first line.
type document struct {
	text string
	line int
}

// splitDocuments cuts at lines that begin with "---", as kubectl does, so that
// a broken document doesn't take the others with it.
func splitDocuments(text string) []document {
	text = strings.TrimPrefix(text, "\ufeff")
	docs := []document{{line: 1}}
	start, line := 0, 1
	for pos := 0; pos < len(text); line++ {
		end := len(text)
		if i := strings.IndexByte(text[pos:], '\n'); i >= 0 {
			end = pos + i + 1
		}
		if isSeparator(text[pos:end]) && pos > start {
			docs[len(docs)-1].text = text[start:pos]
			docs = append(docs, document{line: line})
			start = pos
		}
		pos = end
	}
	docs[len(docs)-1].text = text[start:]
	return docs
}

func isSeparator(line string) bool {
	rest, ok := strings.CutPrefix(line, "---")
	return ok && (rest == "" || strings.ContainsRune(" \t\r\n", rune(rest[0])))
}

// document reads one document: an object, a list of objects, or nothing.
func (r *manifestReader) document(file string, d document, named bool) {
	var root yaml.Node
	err := yaml.Unmarshal([]byte(d.text), &root)
	if err == nil && len(root.Content) == 0 {
		return // only comments
	}
	raw := []byte(nil)
	if err == nil {
		raw, err = toJSON(d.text)
	}
	if dup := (*duplicateKeyError)(nil); errors.As(err, &dup) {
		r.problem(Problem{File: file, Line: d.line + dup.line - 1, Message: dup.Error()})
		err = nil
	}
	if err != nil {
		r.problem(r.syntaxProblem(file, d, err))
		return
	}
	shiftLines(&root, d.line-1)
	r.object(Origin{File: file, Line: root.Content[0].Line, node: root.Content[0]}, raw, named)
}

// toJSON reads YAML as the API server does. A key that occurs twice is an
// error, but the value that wins comes with it.
func toJSON(text string) ([]byte, error) {
	raw, err := sigsyaml.YAMLToJSONStrict([]byte(text))
	if err == nil {
		return raw, nil
	}
	loose, looseErr := sigsyaml.YAMLToJSON([]byte(text))
	if looseErr != nil {
		return nil, err
	}
	return loose, &duplicateKeyError{line: lineIn(err.Error()), text: err.Error()}
}

type duplicateKeyError struct {
	line int
	text string
}

func (e *duplicateKeyError) Error() string {
	text := e.text
	if i := strings.LastIndex(text, "key "); i >= 0 {
		text = strings.TrimSpace(text[i:])
	}
	return text + ": a key is given twice, the last one counts; the API server refuses it"
}

var lineNumber = regexp.MustCompile(`line (\d+)`)

// lineIn finds the line that a YAML error talks of; 1 if it names none.
func lineIn(message string) int {
	if m := lineNumber.FindStringSubmatch(message); m != nil {
		if n, err := strconv.Atoi(m[1]); err == nil {
			return n
		}
	}
	return 1
}

func (r *manifestReader) syntaxProblem(file string, d document, err error) Problem {
	message := strings.TrimPrefix(lineNumber.ReplaceAllString(err.Error(), ""), "yaml: ")
	message = "not valid YAML or JSON: " + strings.TrimLeft(message, ": ")
	if strings.Contains(d.text, "{{") {
		message += " (it looks like a template: render it first, for example with helm template)"
	}
	return Problem{File: file, Line: d.line + lineIn(err.Error()) - 1, Message: message, Lost: true}
}

// shiftLines makes line numbers count from the start of the file.
func shiftLines(n *yaml.Node, by int) {
	n.Line += by
	for _, c := range n.Content {
		shiftLines(c, by)
	}
}

// object takes one decoded document, or each item of a list.
func (r *manifestReader) object(at Origin, raw []byte, named bool) {
	var head struct {
		APIVersion string            `json:"apiVersion"`
		Kind       string            `json:"kind"`
		Items      []json.RawMessage `json:"items"`
	}
	if err := json.Unmarshal(raw, &head); err != nil || head.Kind == "" || head.APIVersion == "" {
		if named {
			r.problem(Problem{File: at.File, Line: at.Line, Message: "not a Kubernetes object: it has no apiVersion and kind", Lost: true})
		}
		return
	}
	if strings.HasSuffix(head.Kind, "List") && head.Items != nil {
		r.items(at, head.Kind, head.APIVersion, head.Items)
		return
	}
	k, ok := r.kinds[head.Kind]
	if !ok || !sameFamily(head.APIVersion, k.gvk) {
		r.inv.objects++ // a kind that no check judges
		return
	}
	r.add(at, k, raw)
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

func withType(raw json.RawMessage, apiVersion, kind string) json.RawMessage {
	var object map[string]any
	if json.Unmarshal(raw, &object) != nil || object == nil || object["kind"] != nil {
		return raw
	}
	object["apiVersion"], object["kind"] = apiVersion, kind
	typed, err := json.Marshal(object)
	if err != nil {
		return raw
	}
	return typed
}

// add decodes an object of a known kind into the Inventory. Older versions of
// an API are read as the current one: what checks look at has the same name in
// both.
func (r *manifestReader) add(at Origin, k kind, raw []byte) {
	decoded, _, err := r.decoder.Decode(raw, &k.gvk, nil)
	if decoded == nil || decoded.GetObjectKind().GroupVersionKind() != k.gvk {
		decoded, _, err = r.decoder.Decode(asCurrent(raw, k.gvk), &k.gvk, nil)
	}
	obj, isObject := decoded.(Object)
	if err != nil && !runtime.IsStrictDecodingError(err) || !isObject {
		r.problem(Problem{File: at.File, Line: at.Line, Message: fmt.Sprintf("not a valid %s: %v", k.gvk.Kind, err), Lost: true})
		return
	}
	if err != nil {
		r.problem(Problem{File: at.File, Line: at.Line, Message: fmt.Sprintf("%s/%s: %v", k.gvk.Kind, obj.GetName(), err)})
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

func asCurrent(raw []byte, gvk schema.GroupVersionKind) []byte {
	var object map[string]any
	if json.Unmarshal(raw, &object) != nil {
		return raw
	}
	object["apiVersion"] = gvk.GroupVersion().String()
	current, err := json.Marshal(object)
	if err != nil {
		return raw
	}
	return current
}

// sameFamily keeps other projects' kinds of the same name apart (a Knative
// Service, a Gateway API's NetworkPolicy) but takes the groups that kinds have
// moved from.
func sameFamily(apiVersion string, gvk schema.GroupVersionKind) bool {
	gv, err := schema.ParseGroupVersion(apiVersion)
	if err != nil {
		return false
	}
	moved := []string{"apps", "batch", "networking.k8s.io", "policy"}
	return gv.Group == gvk.Group || gv.Group == "extensions" && slices.Contains(moved, gvk.Group)
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
	for _, resource := range []Resource{ServerVersion, APIServerFlags, KubeletConfigs} {
		r.inv.settled[resource] = true
		r.inv.gaps[resource] = Gap{resource, "manifests don't show it", "scan the cluster"}
	}
	if server, ok := staticAPIServer(r.inv.Pods); ok {
		r.inv.APIServer = server
		delete(r.inv.gaps, APIServerFlags)
	}
}
