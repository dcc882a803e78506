package tui

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/fields"

	"kiln/kube"
)

// description is what a person wants to know of an object at a glance. Secret
// values are masked.
type description struct {
	ref        kube.Ref
	created    time.Time
	controller string
	owner      kube.Owner
	labels     map[string]string
	// annotations leave out what only tools read.
	annotations map[string]string
	// pod are the settings of the pod template, or of the pod, that matter to
	// hardening; containers are its containers.
	pod        [][2]string
	containers []containerFacts
	conditions [][2]string
	events     []eventFacts
	// eventProblem says why there are no events.
	eventProblem string
}

type containerFacts struct{ kind, name, image, security, state string }

type eventFacts struct {
	at              time.Time
	warning         bool
	reason, message string
	count           int32
}

// describe reads an object and its events.
func (s *Session) describe(ctx context.Context, ref kube.Ref) (description, error) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	live, err := s.cluster.Read(ctx, ref)
	if err != nil {
		return description{}, fmt.Errorf("reading %s: %w", ref, err)
	}
	d := describeObject(ref, live)
	if d.events, err = s.events(ctx, ref); err != nil {
		d.eventProblem = kube.Explain(err)
	}
	return d, nil
}

func describeObject(ref kube.Ref, live *unstructured.Unstructured) description {
	var masker kube.Masker
	obj := masker.Object(live)
	d := description{
		ref: ref, created: obj.GetCreationTimestamp().Time, owner: kube.OwnerOf(live), labels: obj.GetLabels(),
		annotations: maps.Clone(obj.GetAnnotations()),
	}
	delete(d.annotations, corev1.LastAppliedConfigAnnotation)
	if c := metav1.GetControllerOf(obj); c != nil {
		d.controller = c.Kind + "/" + c.Name
	}
	for _, c := range mapsAt(obj.Object, "status", "conditions") {
		text := strings.TrimSpace(fmt.Sprintf("%v %v %v", c["status"], orEmpty(c["reason"]), orEmpty(c["message"])))
		d.conditions = append(d.conditions, [2]string{fmt.Sprint(c["type"]), text})
	}
	d.describePod(obj)
	return d
}

// podSettings are the fields of a pod spec that say what its pods may do.
func podSettings() []string {
	return []string{"serviceAccountName", "automountServiceAccountToken", "hostNetwork", "hostPID", "hostIPC", "nodeName", "runtimeClassName", "securityContext"}
}

func (d *description) describePod(obj *unstructured.Unstructured) {
	spec := podSpecOf(obj)
	if spec == nil {
		return
	}
	for _, field := range podSettings() {
		if value, ok := spec[field]; ok {
			d.pod = append(d.pod, [2]string{field, flow(value)})
		}
	}
	states := map[string]string{}
	for _, list := range []string{"initContainerStatuses", "containerStatuses", "ephemeralContainerStatuses"} {
		for _, status := range mapsAt(obj.Object, "status", list) {
			states[fmt.Sprint(status["name"])] = containerState(status)
		}
	}
	for _, list := range [][2]string{{"initContainers", "init"}, {"containers", ""}, {"ephemeralContainers", "ephemeral"}} {
		for _, c := range mapsAt(spec, list[0]) {
			name := fmt.Sprint(c["name"])
			d.containers = append(d.containers, containerFacts{
				kind: list[1], name: name, image: fmt.Sprint(orEmpty(c["image"])), security: flow(c["securityContext"]), state: states[name],
			})
		}
	}
}

// podSpecOf finds the pod spec in a pod or in what makes pods.
func podSpecOf(obj *unstructured.Unstructured) map[string]any {
	path := map[string][]string{
		"Pod": {"spec"}, "CronJob": {"spec", "jobTemplate", "spec", "template", "spec"},
	}[obj.GetKind()]
	if path == nil {
		path = []string{"spec", "template", "spec"}
	}
	spec, _, _ := unstructured.NestedMap(obj.Object, path...)
	return spec
}

// containerState is "running, 3 restarts" or "waiting: CrashLoopBackOff".
func containerState(status map[string]any) string {
	text := ""
	state, _ := status["state"].(map[string]any)
	for name, detail := range state {
		text = name
		if m, ok := detail.(map[string]any); ok && m["reason"] != nil {
			text += ": " + fmt.Sprint(m["reason"])
		}
	}
	if n, _ := status["restartCount"].(int64); n > 0 {
		text += ", " + plural(int(n), "restart")
	}
	return text
}

// flow writes a value on one line: "drop=[ALL] privileged=false".
func flow(value any) string {
	switch value := value.(type) {
	case nil:
		return ""
	case map[string]any:
		var parts []string
		for _, name := range slices.Sorted(maps.Keys(value)) {
			if inner, ok := value[name].(map[string]any); ok {
				parts = append(parts, name+"("+flow(inner)+")")
			} else {
				parts = append(parts, name+"="+flow(value[name]))
			}
		}
		return strings.Join(parts, " ")
	}
	return fmt.Sprint(value)
}

func orEmpty(value any) any {
	if value == nil {
		return ""
	}
	return value
}

// mapsAt lists the maps in a list of an object; what isn't one is left out.
func mapsAt(obj map[string]any, path ...string) []map[string]any {
	items, _, _ := unstructured.NestedSlice(obj, path...)
	var all []map[string]any
	for _, item := range items {
		if m, ok := item.(map[string]any); ok {
			all = append(all, m)
		}
	}
	return all
}

// keptEvents is how many events of an object are read.
const keptEvents = 100

// events are those about an object, the newest first.
func (s *Session) events(ctx context.Context, ref kube.Ref) ([]eventFacts, error) {
	selector := fields.Set{"involvedObject.kind": ref.Kind, "involvedObject.name": ref.Name}
	list, err := s.cluster.Client.CoreV1().Events(ref.Namespace).List(ctx, metav1.ListOptions{FieldSelector: selector.String(), Limit: keptEvents})
	if err != nil {
		return nil, err
	}
	var masker kube.Masker
	all := make([]eventFacts, 0, len(list.Items))
	for _, e := range list.Items {
		at := cmp.Or(e.LastTimestamp.Time, e.EventTime.Time, e.CreationTimestamp.Time)
		all = append(all, eventFacts{at, e.Type == corev1.EventTypeWarning, e.Reason, masker.Text(e.Message), e.Count})
	}
	slices.SortStableFunc(all, func(a, b eventFacts) int { return b.at.Compare(a.at) })
	return all, nil
}
