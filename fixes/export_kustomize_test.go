package fixes

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/catalogue"
)

// exportable has something of everything that patches do: set, add to a list,
// take out of one, replace, and take a field away.
const exportable = `securityContext: {privileged: true, capabilities: {add: [SYS_ADMIN, NET_ADMIN]}},
  env: [{name: DB_PASSWORD, value: ` + literal + `}, {name: OTHER, value: "1"}],
  ports: [{containerPort: 80, hostPort: 18080}, {containerPort: 80, protocol: UDP}],
  volumeMounts: [{name: host, mountPath: /host}]`

// An exported folder, built by kustomize on the manifest, is what the preview
// has shown.
func TestKustomizeMakesThePreviewOfTheExport(t *testing.T) {
	for check, key := range map[string]string{
		"pod/privileged": "", "pod/capabilities-added": "NET_ADMIN", "pod/host-port": "18080/TCP", "pod/host-path-writable": "/host", "pod/host-path": "host",
		"pod/writable-rootfs": "", "pod/run-as-root": "", "pod/memory-limit": "", "pod/default-serviceaccount": "", "data/secret-in-env-literal": "DB_PASSWORD",
	} {
		t.Run(strings.ReplaceAll(check, "/", "-"), func(t *testing.T) {
			b := newBench(t)
			b.testbed.Apply(t, workload("Deployment", "", "volumes: [{name: host, hostPath: {path: /etc, type: Directory}}],", exportable), b.namespace)
			finding := onWorkload(check, "Deployment", "api", "", key)
			finding.Object.Namespace = b.namespace
			b.exportedIsPreviewed(finding)
		})
	}
	t.Run("a subject of a binding", func(t *testing.T) {
		b := newBench(t)
		b.testbed.Apply(t, `{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: open}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view},
			subjects: [{kind: User, name: alice, apiGroup: rbac.authorization.k8s.io}, {kind: User, name: "system:anonymous", apiGroup: rbac.authorization.k8s.io}]}`, b.namespace)
		for _, result := range scanners.Evaluate(catalogue.Checks(), b.inventory()) {
			if result.Check.ID == "api/anonymous-binding" && len(result.Findings) == 1 {
				b.exportedIsPreviewed(result.Findings[0])
				return
			}
		}
		t.Fatal("no such finding")
	})
}

func (b *bench) exportedIsPreviewed(finding scanners.Finding) {
	b.Helper()
	var answers Answers
	if finding.Check == "pod/host-path" {
		answers = Answers{howQuestion: howEmptyDir}
	}
	plan, err := b.fixer.Plan(b.Context(), finding, b.inventory(), answers)
	if err != nil {
		b.Fatal(err)
	}
	preview, err := b.fixer.Preview(b.Context(), plan)
	if err != nil {
		b.Fatal(err)
	}
	dir := filepath.Join(b.TempDir(), "fix")
	files, err := ExportTo(dir, []Preview{preview})
	if err != nil {
		b.Fatal(err)
	}
	if len(files) != len(preview.Targets)+2 {
		b.Errorf("the files are %v", files)
	}
	built := b.build(dir, finding.Object)
	for _, target := range preview.Targets {
		got := built[target.Change.Target]
		if got == nil {
			b.Errorf("kustomize made no %s of %v", target.Change.Target, built)
			continue
		}
		if target.Change.Target.Kind == "Secret" {
			continue // it has a placeholder
		}
		// Kustomize puts what a patch names first in a list: the order is its own.
		differences, err := kube.CompareFields(b.stored(got, target), target.after)
		if err != nil {
			b.Fatal(err)
		}
		if len(differences) > 0 {
			b.Errorf("kustomize made of %s something else: %+v\nfrom\n%s", target.Change.Target, differences, b.exportText(dir))
		}
	}
}

// build runs kustomize on the live object as a manifest, with the folder as a
// component.
func (b *bench) build(dir string, ref kube.Ref) map[kube.Ref]*unstructured.Unstructured {
	b.Helper()
	base, err := yaml.Marshal(kube.Essence(b.read(ref)).Object)
	if err != nil {
		b.Fatal(err)
	}
	overlay := filepath.Join(filepath.Dir(dir), "overlay")
	b.writeFile(filepath.Join(overlay, "base.yaml"), string(base))
	b.writeFile(filepath.Join(overlay, "kustomization.yaml"), "resources: [base.yaml]\ncomponents: [../fix]\n")
	resources, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), overlay)
	if err != nil {
		b.Fatalf("kustomize: %v\n%s", err, b.exportText(dir))
	}
	built := map[kube.Ref]*unstructured.Unstructured{}
	for _, resource := range resources.Resources() {
		fields, err := resource.Map()
		if err != nil {
			b.Fatal(err)
		}
		object := &unstructured.Unstructured{Object: fields}
		built[kube.RefOf(object)] = object
	}
	return built
}

// stored is what the API server would make of a manifest.
func (b *bench) stored(object *unstructured.Unstructured, target TargetPreview) *unstructured.Unstructured {
	b.Helper()
	ref := target.Change.Target
	gvk := object.GroupVersionKind()
	mapping, err := b.cluster.Mapper.RESTMapping(gvk.GroupKind(), gvk.Version)
	if err != nil {
		b.Fatal(err)
	}
	resource := b.cluster.Dynamic.Resource(mapping.Resource).Namespace(ref.Namespace)
	var after *unstructured.Unstructured
	if target.Change.Mechanism == Create {
		after, err = resource.Create(b.Context(), object, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
	} else {
		after, err = resource.Update(b.Context(), object, metav1.UpdateOptions{DryRun: []string{metav1.DryRunAll}})
	}
	if err != nil {
		b.Fatalf("the API server refuses what kustomize made: %v", err)
	}
	return after
}

func (b *bench) writeFile(path, text string) {
	b.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
}

func (b *bench) exportText(dir string) string {
	files, _ := filepath.Glob(filepath.Join(dir, "*.yaml"))
	var all []string
	for _, file := range files {
		text, _ := os.ReadFile(file)
		all = append(all, string(text))
	}
	return strings.Join(all, "---\n")
}

func TestExportedGuideNamesTheOwner(t *testing.T) {
	b := newBench(t)
	finding := b.privilegedDeployment()
	for _, test := range []struct{ name, metadata, want string }{
		{"helm", `{"annotations":{"meta.helm.sh/release-name":"shop","meta.helm.sh/release-namespace":"apps"}}`, "helm get values shop -n apps --all"},
		{"flux", `{"labels":{"kustomize.toolkit.fluxcd.io/name":"infra","kustomize.toolkit.fluxcd.io/namespace":"flux-system"}}`, "kustomizations.kustomize.toolkit.fluxcd.io infra -n flux-system"},
		{"argo", `{"annotations":{"argocd.argoproj.io/tracking-id":"store:apps/Deployment:ns/api"}}`, "argocd app diff store"},
	} {
		b.patchAs(test.name, finding.Object, `{"metadata":`+test.metadata+`}`)
		dir := filepath.Join(t.TempDir(), "fix")
		if _, err := ExportTo(dir, []Preview{b.preview(finding)}); err != nil {
			t.Fatal(err)
		}
		guide, err := os.ReadFile(filepath.Join(dir, "README.md"))
		if err != nil || !strings.Contains(string(guide), test.want) || !strings.Contains(string(guide), "patches:\n    - path: 01-deployment-api.yaml") {
			t.Errorf("%s: no %q in\n%s", test.name, test.want, guide)
		}
		if test.name == "helm" && !strings.Contains(string(guide), "containerSecurityContext") {
			t.Errorf("no hint at the values in\n%s", guide)
		}
		if _, err := ExportTo(dir, []Preview{b.preview(finding)}); err == nil || !strings.Contains(err.Error(), "not empty") {
			t.Errorf("a folder with something in it: %v", err)
		}
	}
}

// Two patches of one list would undo each other.
func TestExportRefusesPatchesThatOverlap(t *testing.T) {
	b := newBench(t)
	b.testbed.Apply(t, workload("Deployment", "", "volumes: [{name: host, emptyDir: {}}],", exportable), b.namespace)
	var previews []Preview
	for _, key := range []string{"NET_ADMIN", "SYS_ADMIN"} {
		finding := onWorkload("pod/capabilities-added", "Deployment", "api", "", key)
		finding.Object.Namespace = b.namespace
		previews = append(previews, b.preview(finding))
	}
	if _, err := ExportTo(filepath.Join(t.TempDir(), "fix"), previews); err == nil || !strings.Contains(err.Error(), "capabilities.add") {
		t.Errorf("got %v", err)
	}
}
