package kube

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const shop = `# the shop
apiVersion: v1
kind: Namespace
metadata:
  name: shop
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  template:
    spec:
      containers:
      - name: web
        image: nginx:1.29
        securityContext:
          privileged: yes
---
# nothing but a comment
---
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Service
  metadata: {name: web}
- apiVersion: v1
  kind: Secret
  metadata: {name: key}
  stringData: {password: hunter2}
`

// read reads text as one file named shop.yaml.
func read(t *testing.T, text string) (*Inventory, []Problem) {
	t.Helper()
	inv, problems, err := ReadManifests(ManifestOptions{Paths: []string{"-"}, Stdin: strings.NewReader(text), Namespace: "ns"})
	if err != nil {
		t.Fatal(err)
	}
	return inv, problems
}

func TestManifestsBecomeAnInventory(t *testing.T) {
	inv, problems := read(t, shop)
	if len(problems) != 0 {
		t.Fatalf("problems: %v", problems)
	}
	if got := inv.Objects(); got != 4 {
		t.Errorf("objects = %d, want 4", got)
	}
	if len(inv.Workloads) != 1 || inv.Workloads[0].Ref().String() != "Deployment/web in shop" {
		t.Fatalf("workloads = %v", inv.Workloads)
	}
	web := inv.Workloads[0]
	if p := web.Spec.Containers[0].SecurityContext.Privileged; p == nil || !*p {
		t.Error("privileged: yes must be read as the API server reads it: true")
	}
	origin, ok := inv.Origin(web.Object)
	if !ok || origin.Line != 7 {
		t.Errorf("the Deployment begins at line %d, want 7", origin.Line)
	}
	if got := origin.LineOf("spec.template.spec.containers[0].securityContext.privileged"); got != 19 {
		t.Errorf("privileged is at line %d, want 19", got)
	}
	if got := origin.LineOf("spec.template.spec.containers[0].resources.limits"); got != 16 {
		t.Errorf("a missing field is at its nearest parent's line, got %d, want 16", got)
	}
	if got := inv.Services[0].Namespace; got != "ns" {
		t.Errorf("the service is in namespace %q, want the default one", got)
	}
	if origin, _ := inv.Origin(inv.Services[0]); origin.Line != 26 {
		t.Errorf("the list's service begins at line %d, want 26", origin.Line)
	}
	if origin, _ := inv.Origin(inv.Secrets[0]); origin.Line != 29 {
		t.Errorf("the list's secret begins at line %d, want 29", origin.Line)
	}
	if gap, ok := inv.Gap(APIServerFlags); !ok || gap.Remedy != "scan the cluster" {
		t.Errorf("manifests can't show flags, but the gap is %+v", gap)
	}
}

func TestBadManifestsAreNamedAndTheRestIsRead(t *testing.T) {
	const good = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n"
	tests := []struct {
		name, text, want string
		line             int
		lost             bool
		services         int
	}{
		{"syntax", good + "---\nkind: [\n---\n" + good, "not valid YAML or JSON", 5, true, 2},
		{"template", good + "---\nkind: {{ .Values.kind }}\n", "helm template", 4, true, 1},
		{"duplicate key", "apiVersion: v1\nkind: Service\nmetadata:\n  name: a\n  name: b\n", "given twice", 5, false, 1},
		{"unknown field", good + "spec: {typ: NodePort}\n", `unknown field "spec.typ"`, 1, false, 1},
		{"wrong type", good + "---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: 7\n", "not a valid Service", 5, true, 1},
		{"no kind", "hello: world\n", "no apiVersion and kind", 1, true, 0},
		{"a number", "7\n", "no apiVersion and kind", 1, true, 0},
		{"binary", "\x00\x01\x02", "not valid YAML", 1, true, 0},
		{"not UTF-8", "apiVersion: v1\nkind: \xff\xfe\n", "not valid YAML", 1, true, 0},
		{"escape sequences", "\"\\e]0;owned\\a\": [\n", "not valid", 1, true, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inv, problems := read(t, tt.text)
			if len(problems) != 1 {
				t.Fatalf("problems: %v, want one", problems)
			}
			p := problems[0]
			if !strings.Contains(p.Message, tt.want) || p.Line != tt.line || p.Lost != tt.lost {
				t.Errorf("problem = %+v, want %q at line %d, lost %v", p, tt.want, tt.line, tt.lost)
			}
			if len(inv.Services) != tt.services {
				t.Errorf("%d services were read, want %d", len(inv.Services), tt.services)
			}
			if _, gap := inv.Gap(Services); gap != tt.lost {
				t.Errorf("a gap for services: %v, want %v", gap, tt.lost)
			}
		})
	}
}

func TestPathsOfManifests(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("a/web.yaml", shop)
	write("a/values.yaml", "replicas: 3\n") // a folder may hold other YAML too
	write("a/notes.txt", "not a manifest")
	write("a/.git/config.yaml", "kind: [")
	write("json/pod.json", `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":{"containers":[]}}`)

	inv, problems, err := ReadManifests(ManifestOptions{Paths: []string{dir}})
	if err != nil || len(problems) != 0 {
		t.Fatalf("err %v, problems %v", err, problems)
	}
	if len(inv.Source.Files) != 3 || len(inv.Deployments) != 1 || len(inv.Pods) != 1 {
		t.Errorf("read %v: %d deployments, %d pods", inv.Source.Files, len(inv.Deployments), len(inv.Pods))
	}
	for _, path := range []string{filepath.Join(dir, "missing.yaml"), filepath.Join(dir, "a", ".git", "none")} {
		if _, _, err := ReadManifests(ManifestOptions{Paths: []string{path}}); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("reading %s: %v, want an error that names it", path, err)
		}
	}
	write("empty/readme.md", "")
	if _, _, err := ReadManifests(ManifestOptions{Paths: []string{filepath.Join(dir, "empty")}}); err == nil {
		t.Error("a folder without manifests must not scan clean")
	}
}

// What holds nothing must not scan clean: whatever was to write it has failed.
func TestNothingToReadIsAnError(t *testing.T) {
	dir := t.TempDir()
	files := map[string]string{
		"empty.yaml": "", "blank.yaml": " \n\n", "comments.yaml": "# none\n---\n# yet\n", "null.json": "null\n",
		"list.yaml": "apiVersion: v1\nkind: List\nitems: []\n", "folder/values.yaml": "replicas: 3\n", "folder/empty.yaml": "",
	}
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"empty.yaml", "blank.yaml", "comments.yaml", "null.json", "list.yaml", "folder"} {
		path := filepath.Join(dir, name)
		if _, _, err := ReadManifests(ManifestOptions{Paths: []string{path}}); err == nil || !strings.Contains(err.Error(), "no Kubernetes object in "+path) {
			t.Errorf("%s: %v", name, err)
		}
	}
	path := filepath.Join(dir, "comments.yaml")
	inv, problems, err := ReadManifests(ManifestOptions{Paths: []string{path, "-"}, Stdin: strings.NewReader(service)})
	if err != nil || len(inv.Services) != 1 || len(problems) != 1 || problems[0].Lost || problems[0].File != path {
		t.Errorf("beside another file: %v, problems %v", err, problems)
	}
	if _, problems, err := ReadManifests(ManifestOptions{Paths: []string{"-"}, Stdin: strings.NewReader("kind: [")}); err != nil || len(problems) != 1 {
		t.Errorf("a broken file: %v, problems %v", err, problems)
	}
}

func TestOlderAPIVersionsAreReadAsTheCurrentOne(t *testing.T) {
	inv, problems := read(t, `
apiVersion: extensions/v1beta1
kind: Deployment
metadata: {name: old}
spec: {template: {spec: {hostNetwork: true, containers: [{name: c, image: i}]}}}
---
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: not-ours}
spec: {template: {}}
`)
	if len(problems) != 0 || len(inv.Workloads) != 1 || !inv.Workloads[0].Spec.HostNetwork {
		t.Errorf("problems %v, workloads %d", problems, len(inv.Workloads))
	}
	if len(inv.Services) != 0 {
		t.Error("another project's Service is not the core one")
	}
}

func TestAKindOfTheWrongGroupIsReadAndNamed(t *testing.T) {
	inv, problems := read(t, "apiVersion: v1\nkind: Deployment\nmetadata: {name: web}\n---\napiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: other}\n")
	if len(inv.Deployments) != 1 || len(inv.Services) != 0 {
		t.Errorf("%d Deployments and %d Services were read, want the Deployment alone", len(inv.Deployments), len(inv.Services))
	}
	if len(problems) != 1 || problems[0].Lost || !strings.Contains(problems[0].Message, "v1 has no Deployment, apps/v1 has") {
		t.Errorf("problems: %v", problems)
	}
}

func TestMetadataIsEnoughOfSomeKinds(t *testing.T) {
	inv, problems := read(t, `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: backups.velero.io}
spec: {group: velero.io}
`)
	if len(problems) != 0 || len(inv.CustomResourceDefinitions) != 1 {
		t.Fatalf("problems %v, %d definitions", problems, len(inv.CustomResourceDefinitions))
	}
	if origin, ok := inv.Origin(inv.CustomResourceDefinitions[0]); !ok || origin.Line != 2 {
		t.Errorf("origin = %v, %v", origin.Line, ok)
	}
}

func TestControlPlaneFlagsFromAStaticPod(t *testing.T) {
	inv, _ := read(t, `
apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver, namespace: kube-system}
spec:
  containers:
  - name: kube-apiserver
    command: [/usr/local/bin/kube-apiserver, --anonymous-auth=false, --audit-log-path, /var/log/a, --profiling]
`)
	flags := inv.APIServer.Flags
	if flags["anonymous-auth"] != "false" || flags["audit-log-path"] != "/var/log/a" || flags["profiling"] != "true" {
		t.Errorf("flags = %v", flags)
	}
	if _, gap := inv.Gap(APIServerFlags); gap {
		t.Error("the flags are known now")
	}
}

func FuzzManifests(f *testing.F) {
	f.Add(shop)
	f.Add("kind: List\nitems: 7\n")
	f.Add("--- {apiVersion: v1, kind: PodList, items: [{}]}\n")
	f.Add("a: &a [*a]\n")
	f.Fuzz(func(t *testing.T, text string) {
		inv, problems, err := ReadManifests(ManifestOptions{Paths: []string{"-"}, Stdin: strings.NewReader(text)})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range problems {
			if p.Message == "" || p.Line < 0 || strings.ContainsAny(p.Message, "\x1b\n") {
				t.Errorf("problem %q", p)
			}
		}
		for _, w := range inv.Workloads {
			w.Containers()
		}
	})
}
