package fixes

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kiln/fixes/manifest"
	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/catalogue"
)

// folder is a folder of manifests under test.
type folder struct {
	*testing.T
	dir string
}

func newFolder(t *testing.T, files map[string]string) folder {
	t.Helper()
	f := folder{t, t.TempDir()}
	for name, text := range files {
		path := f.path(name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o640); err != nil {
			t.Fatal(err)
		}
	}
	return f
}

func (f folder) path(name string) string { return filepath.Join(f.dir, name) }

func (f folder) text(name string) string {
	f.Helper()
	text, err := os.ReadFile(f.path(name))
	if err != nil {
		f.Fatal(err)
	}
	return string(text)
}

// fix plans and takes.
func (f *Files) fix(finding scanners.Finding) (Plan, error) {
	plan, err := f.Plan(finding, nil)
	if err == nil {
		err = f.Take(&plan)
	}
	return plan, err
}

// scan lists the findings of some checks, or of all.
func (f folder) scan(checks ...string) ([]scanners.Finding, *Files) {
	f.Helper()
	inv, _, err := kube.ReadManifests(kube.ManifestOptions{Paths: []string{f.dir}})
	if err != nil {
		f.Fatal(err)
	}
	files, err := OpenFiles(inv, nil, "")
	if err != nil {
		f.Fatal(err)
	}
	var findings []scanners.Finding
	for _, result := range scanners.Evaluate(catalogue.Checks(), inv) {
		if len(checks) == 0 || slices.Contains(checks, result.Check.ID) {
			findings = append(findings, result.Findings...)
		}
	}
	return findings, files
}

// fix fixes all findings of the checks, and writes.
func (f folder) fix(checks ...string) []Plan {
	f.Helper()
	findings, files := f.scan(checks...)
	if len(findings) == 0 {
		f.Fatalf("no finding of %v", checks)
	}
	var plans []Plan
	for _, finding := range findings {
		plan, err := files.fix(finding)
		if err != nil {
			f.Fatalf("%s on %s: %v", finding.Check, finding.Object, err)
		}
		plans = append(plans, plan)
	}
	edits, err := files.Edits()
	if err != nil {
		f.Fatal(err)
	}
	for _, edit := range edits {
		if err := edit.Write(); err != nil {
			f.Fatal(err)
		}
	}
	if left, _ := f.scan(checks...); len(left) > 0 {
		f.Errorf("after the fix: %+v", left)
	}
	return plans
}

const web = `# the shop's front
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web   # reached by everybody
  namespace: shop
spec:
  template:
    spec:
      containers:
      # the server
      - name: web
        image: "example.test/web:1.2.3"
        ports:
        - containerPort: 80
          hostPort: 8080
        securityContext:
          privileged: true # TODO since 2019
        env:
        - name: DB_PASSWORD
          value: correct-horse-battery
      - {name: log, image: example.test/log:1, securityContext: {privileged: true}}
---
# left alone:   even   its spaces
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
`

func TestFilesKeepWhatIsNotFixed(t *testing.T) {
	f := newFolder(t, map[string]string{"web.yaml": web})
	f.fix("pod/privileged")
	want := strings.Replace(web, "privileged: true #", "privileged: false #", 1)
	want = strings.Replace(want, "{privileged: true}", "{privileged: false}", 1)
	if got := f.text("web.yaml"); got != want {
		t.Errorf("the file is\n%s", got)
	}
	info, err := os.Stat(f.path("web.yaml"))
	if err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("its mode is %v, %v", info.Mode(), err)
	}
}

// Ports are told apart by their protocol, too, which manifests leave out.
func TestFilesFixPortsWithoutProtocol(t *testing.T) {
	f := newFolder(t, map[string]string{"web.yaml": web})
	f.fix("pod/host-port")
	if got := f.text("web.yaml"); got != strings.Replace(web, "hostPort: 8080", "hostPort: 0", 1) {
		t.Errorf("the file is\n%s", got)
	}
}

func TestFilesMoveSecretsToAFileOfTheirOwn(t *testing.T) {
	f := newFolder(t, map[string]string{"web.yaml": web})
	plans := f.fix("data/secret-in-env-literal")
	want := strings.Replace(web, "          value: correct-horse-battery\n",
		"          valueFrom:\n            secretKeyRef:\n              name: web-web-env\n              key: DB_PASSWORD\n", 1)
	if got := f.text("web.yaml"); got != want {
		t.Errorf("the file is\n%s", got)
	}
	if got := f.text("secret-web-web-env.yaml"); !strings.Contains(got, "Y29ycmVjdC1ob3JzZS1iYXR0ZXJ5") || !strings.Contains(got, "namespace: shop") {
		t.Errorf("the secret's file is\n%s", got)
	}
	info, err := os.Stat(f.path("secret-web-web-env.yaml"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("its mode is %v, %v", info.Mode(), err)
	}
	if notes := strings.Join(plans[0].Notes, " "); !strings.Contains(notes, "keep it out of version control") {
		t.Errorf("the notes are %s", notes)
	}
}

func TestFilesDiffsMaskSecrets(t *testing.T) {
	f := newFolder(t, map[string]string{"web.yaml": strings.TrimSuffix(web, "\n")})
	findings, files := f.scan("data/secret-in-env-literal", "pod/privileged")
	for _, finding := range findings {
		if _, err := files.fix(finding); err != nil {
			t.Fatal(err)
		}
	}
	edits, err := files.Edits()
	if err != nil {
		t.Fatal(err)
	}
	all := ""
	for _, edit := range edits {
		patch, masked := edit.Patch()
		if !masked {
			t.Errorf("%s has no masked value", edit.Name)
		}
		all += edit.Unified() + patch
	}
	if strings.Contains(all, "correct-horse") || strings.Contains(all, "Y29ycmVj") {
		t.Errorf("the diff shows the value:\n%s", all)
	}
	for _, line := range []string{"-          value: <masked 1>\n", "+  DB_PASSWORD: <masked 1>\n", "+++ b/", "--- /dev/null\n"} {
		if !strings.Contains(all, line) {
			t.Errorf("no %q in the diff:\n%s", line, all)
		}
	}
}

func TestFilesCreateBehindTheObject(t *testing.T) {
	const namespace = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: shop}\nspec: {containers: [{name: c, image: i}]}\n"
	f := newFolder(t, map[string]string{"ns.yaml": namespace})
	f.fix("network/no-default-deny-ingress")
	if got := f.text("ns.yaml"); !strings.HasPrefix(got, namespace+"---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n") {
		t.Errorf("the file is\n%s", got)
	}
}

// Everything that can be fixed is, in one go; the second run finds nothing to
// do, and no comment is lost.
func TestFilesFixEverything(t *testing.T) {
	f := newFolder(t, map[string]string{
		"web.yaml": web, "pod.json": `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":{"hostPID":true,"containers":[{"name":"c","image":"i:1"}]}}`,
		"list.yaml": "apiVersion: v1\nkind: List\nitems:\n- apiVersion: batch/v1\n  kind: Job\n  metadata: {name: j}\n  spec:\n    template:\n      spec:\n        restartPolicy: Never\n        containers:\n        - name: c # the only one\n          image: i:1\n",
		"crlf.yaml": strings.ReplaceAll(strings.ReplaceAll(web, "name: web   #", "name: crlf #"), "\n", "\r\n"),
	})
	for round := 1; ; round++ {
		findings, files := f.scan()
		fixed := 0
		for _, finding := range findings {
			_, err := files.fix(finding)
			switch {
			case err == nil:
				fixed++
			case !errors.Is(err, ErrManual) && !errors.Is(err, ErrNothingToDo):
				t.Errorf("%s on %s: %v", finding.Check, finding.Object, err)
			}
		}
		edits, err := files.Edits()
		if err != nil {
			t.Fatal(err)
		}
		for _, edit := range edits {
			if err := edit.Write(); err != nil {
				t.Fatal(err)
			}
		}
		t.Logf("round %d: %d findings, %d fixed, %d files", round, len(findings), fixed, len(edits))
		if len(edits) == 0 {
			break
		}
		if round == 4 {
			t.Fatal("there is always something to change")
		}
	}
	for name, comments := range map[string][]string{
		"web.yaml": {"# the shop's front", "# reached by everybody", "# the server", "# TODO since 2019", "# left alone:   even   its spaces"}, "list.yaml": {"# the only one"},
	} {
		for _, comment := range comments {
			if !strings.Contains(f.text(name), comment) {
				t.Errorf("%s lost %q:\n%s", name, comment, f.text(name))
			}
		}
	}
	if text := f.text("crlf.yaml"); strings.Count(text, "\n") != strings.Count(text, "\r\n") {
		t.Errorf("line ends are mixed: %q", text)
	}
	if text := f.text("pod.json"); strings.Contains(text, "\n") {
		t.Errorf("one line became several: %s", text)
	}
}

func TestFilesThatAreNotTheSource(t *testing.T) {
	const patch = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\nspec: {template: {spec: {containers: [{name: web, securityContext: {privileged: true}}]}}}\n"
	f := newFolder(t, map[string]string{
		"base/web.yaml":              web,
		"base/kustomization.yaml":    "resources: [web.yaml]\n",
		"prod/web.yaml":              patch,
		"prod/kustomization.yaml":    "resources: [../base]\npatches:\n- path: web.yaml\n",
		"chart/Chart.yaml":           "name: chart\n",
		"chart/templates/web.yaml":   strings.ReplaceAll(patch, "name: web,", "name: release, labels: {release: \"{{ .Release.Name }}\"},"),
		"chart/templates/plain.yaml": strings.ReplaceAll(patch, "name: web,", "name: plain,"),
		"unsafe/shared.yaml":         strings.ReplaceAll(patch, "{privileged: true}}]", "&sc {privileged: true}}, {name: b, securityContext: *sc}]"),
		"old/patch.yaml":             patch, "old/kustomization.yaml": "bases: [../base]\npatchesStrategicMerge: [patch.yaml]\n",
		"elsewhere/kustomization.yaml": "resources: [../base/web.yaml]\n",
	})
	findings, files := f.scan("pod/privileged")
	got := map[string]string{}
	for _, finding := range findings {
		name, _ := filepath.Rel(f.dir, finding.Source.File)
		_, err := files.fix(finding)
		if err != nil {
			got[name] = err.Error()
		} else if got[name] == "" {
			got[name] = "ok"
		}
		if manual := (*ManualError)(nil); errors.As(err, &manual) && !strings.Contains(manual.Steps, "privileged: false") {
			t.Errorf("the steps for %s are %s", name, manual.Steps)
		}
		var refusal *manifest.Refusal
		if name == "unsafe/shared.yaml" && !errors.As(err, &refusal) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, want := range map[string]string{
		"base/web.yaml": "ok", "chart/templates/plain.yaml": "ok",
		"prod/web.yaml":            "prod/kustomization.yaml, not the whole object; the object itself is in " + f.path("base/web.yaml"),
		"chart/templates/web.yaml": "template of the Helm chart chart: set the value in " + f.path("chart/values.yaml"),
		"old/patch.yaml":           "the object itself is in " + f.path("base/web.yaml"),
		"unsafe/shared.yaml":       "sc",
	} {
		if !strings.Contains(got[name], want) {
			t.Errorf("%s: %q, want %q", name, got[name], want)
		}
	}
}

func TestSecondFixIsNothing(t *testing.T) {
	f := newFolder(t, map[string]string{"web.yaml": web})
	findings, files := f.scan("pod/privileged")
	if _, err := files.fix(findings[0]); err != nil {
		t.Fatal(err)
	}
	if _, err := files.fix(findings[0]); !errors.Is(err, ErrNothingToDo) {
		t.Errorf("the second time: %v", err)
	}
}
