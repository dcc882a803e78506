package kube

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"unicode/utf16"
)

const (
	service = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n"
	another = "apiVersion: v1\nkind: Service\nmetadata: {name: two}\n"
)

// inUTF16 is text as editors of Windows may save it.
func inUTF16(text string, order binary.AppendByteOrder) string {
	bytes := order.AppendUint16(nil, 0xfeff)
	for _, unit := range utf16.Encode([]rune(text)) {
		bytes = order.AppendUint16(bytes, unit)
	}
	return string(bytes)
}

// TestOddFilesLoseNothing: what is in a file is read, or it is said where not.
func TestOddFilesLoseNothing(t *testing.T) {
	two := service + "---\n" + another
	asJSON := `{"apiVersion":"v1","kind":"Service","metadata":{"name":"web"}}`
	deep := strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000)
	bomb := "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c < 'k'; c++ {
		bomb += fmt.Sprintf("%c: &%c [%s*%c]\n", c, c, strings.Repeat(fmt.Sprintf("*%c,", c-1), 9), c-1)
	}
	tests := []struct {
		name, text string
		services   int
		problems   []string // parts of them
		lost       bool
	}{
		{"lines of Windows", strings.ReplaceAll(two, "\n", "\r\n"), 2, nil, false},
		{"a byte order mark", "\ufeff" + two, 2, nil, false},
		{"UTF-16", inUTF16(two, binary.LittleEndian), 2, nil, false},
		{"UTF-16, the other way round", inUTF16(two, binary.BigEndian), 2, nil, false},
		{"JSON", asJSON, 1, nil, false},
		{"JSON in lines", asJSON + "\n" + strings.Replace(asJSON, "web", "two", 1) + "\n", 2, nil, false},
		{"JSON in lines, one of them broken", asJSON + "\n{\"apiVersion\": [\n", 1, []string{"more follows the first object"}, true},
		{"a document without its separator", service + "...\n" + another, 1, []string{"-:4: more follows the first object"}, true},
		{"an end of document", service + "...\n", 1, nil, false},
		{"a comment after JSON", asJSON + "\n# done\n", 1, nil, false},
		{"a list with strange items", "apiVersion: v1\nkind: List\nitems:\n- null\n- 3\n- {kind: Service}\n- {apiVersion: v1, kind: Service, metadata: {name: web}}\n", 1, []string{"-:4:", "-:5:", "-:6:"}, true},
		{"an array", "[" + asJSON + "]", 0, []string{"not a Kubernetes object"}, true},
		{"a tab", "apiVersion: v1\nkind: Service\nmetadata:\n\tname: web\n", 0, []string{"-:4: ", "begins with a tab"}, true},
		{"a template", "metadata:\n  name: {{ .Release.Name }}-web\n{{- if .Values.x }}\n", 0, []string{"looks like a template"}, true},
		{"a template that is YAML all the same", strings.Replace(service, "web", `"{{ .Release.Name }}"`, 1), 0, []string{"is a template"}, true},
		{"braces that are text", "apiVersion: v1\nkind: Service\nmetadata: {name: web, annotations: {alert: '{{ $labels.pod }}'}}\n", 1, nil, false},
		{"zero bytes", "apiVersion: v1\x00\n", 0, []string{"-:1: not valid"}, true},
		{"aliases that explode", bomb + service, 0, []string{"excessive aliasing"}, true},
		{"brackets without end", "apiVersion: v1\nkind: Service\nspec: " + deep + "\n", 0, []string{"max depth"}, true},
		{"a version that never was", strings.Replace(service, "v1", "v7", 1), 1, []string{"there is no version v7 of Service, it is read as v1"}, false},
		{"a kind of somebody else's", "apiVersion: example.com/v1\nkind: Service\nmetadata: {name: x}\nspec: {template: {spec: {domain: {}}}}\n", 0, nil, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inv, problems := read(t, tt.text)
			if len(inv.Services) != tt.services {
				t.Errorf("%d services, want %d", len(inv.Services), tt.services)
			}
			var told strings.Builder
			lost := false
			for _, p := range problems {
				fmt.Fprintln(&told, p)
				lost = lost || p.Lost
			}
			for _, want := range tt.problems {
				if !strings.Contains(told.String(), want) {
					t.Errorf("problems:\n%swant %q", told.String(), want)
				}
			}
			if tt.problems == nil && len(problems) > 0 {
				t.Errorf("problems:\n%s", told.String())
			}
			if _, gap := inv.Gap(Services); gap != tt.lost || lost != tt.lost {
				t.Errorf("lost: %v, gap: %v, want %v", lost, gap, tt.lost)
			}
		})
	}
}

// TestPodTemplatesOfOtherKinds: Rollouts and the like are workloads, whoever
// defines them.
func TestPodTemplatesOfOtherKinds(t *testing.T) {
	object := func(apiVersion, kind, spec string) string {
		return "---\napiVersion: " + apiVersion + "\nkind: " + kind + "\nmetadata: {name: " + strings.ToLower(kind) + "}\nspec: " + spec + "\n"
	}
	inv, problems := read(t, object("argoproj.io/v1alpha1", "Rollout", `{template: {metadata: {labels: {app: web}}, spec: {hostPID: true, containers: [{name: c, image: nginx}]}}}`)+
		object("serving.knative.dev/v1", "Service", `{template: {spec: {containers: [{image: nginx}]}}}`)+
		object("kubevirt.io/v1", "VirtualMachine", `{template: {spec: {domain: {}, volumes: [{name: d, containerDisk: {image: x}}]}}}`)+
		object("argoproj.io/v1alpha1", "Workflow", `{templates: [{container: {image: x}}]}`)+
		object("example.com/v1", "Broken", `{template: {spec: {containers: [{name: 7}]}}}`))
	var got []string
	for _, w := range inv.Workloads {
		got = append(got, fmt.Sprintf("%s %d %v", w.Ref(), len(w.Containers()), w.Spec.HostPID))
	}
	if want := []string{"Rollout/rollout in ns 1 true", "Service/service in ns 1 false"}; !slices.Equal(got, want) {
		t.Errorf("workloads %q, want %q", got, want)
	}
	if len(problems) != 1 || !problems[0].Lost || !strings.Contains(problems[0].String(), "Broken") {
		t.Errorf("problems: %v", problems)
	}
	origin, _ := inv.Origin(inv.Workloads[0].Object)
	if line := origin.LineOf("spec.template.spec.hostPID"); line != 5 {
		t.Errorf("the field is in line %d, want 5", line)
	}
}

func TestFoldersWithLinksAndPipes(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	// As a ConfigMap's volume looks.
	write("volume/..2026/web.yaml", service)
	links := map[string]string{"volume/..data": "..2026", "volume/web.yaml": "..data/web.yaml", "volume/gone.yaml": "nowhere.yaml", "volume/loop": ".", "link": "volume"}
	for name, to := range links {
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "volume/pipe.yaml"), 0o644); err != nil {
		t.Fatal(err)
	}
	write("kustomize/kustomization.yaml", "resources: [web.yaml]\n")
	write("kustomize/web.yaml", service)
	for path, want := range map[string][]string{
		"volume":                       {"gone.yaml: not a file", "loop: a link to a folder isn't followed", "pipe.yaml: not a file"},
		"link":                         {"gone.yaml: not a file", "loop: a link to a folder isn't followed", "pipe.yaml: not a file"},
		"kustomize":                    nil,
		"kustomize/kustomization.yaml": {"scan what it builds"},
	} {
		inv, problems, err := ReadManifests(ManifestOptions{Paths: []string{filepath.Join(dir, path)}})
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		if len(problems) != len(want) {
			t.Errorf("%s: problems %v", path, problems)
		}
		for i, p := range problems {
			if i < len(want) && !strings.Contains(p.String(), want[i]) {
				t.Errorf("%s: %q, want %q", path, p, want[i])
			}
		}
		if !strings.HasSuffix(path, "kustomization.yaml") && len(inv.Services) != 1 {
			t.Errorf("%s: %d services", path, len(inv.Services))
		}
	}
	if _, _, err := ReadManifests(ManifestOptions{Paths: []string{"-", "-"}, Stdin: strings.NewReader(service)}); err == nil || !strings.Contains(err.Error(), "named twice") {
		t.Errorf("standard input twice: %v", err)
	}
}
