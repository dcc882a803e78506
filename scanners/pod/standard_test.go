package pod

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/policy"
	"sigs.k8s.io/yaml"

	"kiln/kube"
	"kiln/scanners"
)

// agreement says which of the library's rules the checks stand for: the rules
// forbid a pod exactly if one of the checks finds something in it.
type agreement struct {
	rules  []policy.Check
	checks []scanners.Check
}

func agreements() []agreement {
	rules := func(r ...policy.Check) []policy.Check { return r }
	checks := func(c ...scanners.Check) []scanners.Check { return c }
	return []agreement{
		{rules(policy.CheckPrivileged()), checks(privileged())},
		{rules(policy.CheckHostNamespaces()), checks(hostNetwork(), hostPID(), hostIPC())},
		{rules(policy.CheckHostPathVolumes()), checks(hostPath())},
		{rules(policy.CheckHostPorts()), checks(hostPort())},
		{rules(policy.CheckCapabilitiesBaseline()), checks(capabilitiesAdded())},
		{rules(policy.CheckCapabilitiesRestricted()), checks(capabilitiesNotDropped())},
		{rules(policy.CheckAllowPrivilegeEscalation()), checks(privilegeEscalation())},
		{rules(policy.CheckRunAsNonRoot(), policy.CheckRunAsUser()), checks(runAsRoot())},
		{rules(policy.CheckSeccompBaseline()), checks(seccompUnconfined())},
		{rules(policy.CheckSeccompProfileRestricted()), checks(seccomp())},
		{rules(policy.CheckAppArmorProfile()), checks(appArmor())},
		{rules(policy.CheckSELinuxOptions()), checks(seLinux())},
		{rules(policy.CheckProcMountBaseline()), checks(procMount())},
		{rules(policy.CheckSysctls()), checks(sysctls())},
		{rules(policy.CheckRestrictedVolumes()), checks(volumeTypes())},
		{rules(policy.CheckWindowsHostProcess()), checks(hostProcess())},
		{rules(policy.CheckHostProbesAndHostLifecycle()), checks(hostProbes())},
	}
}

func TestChecksAgreeWithTheLibraryOnItsOwnFixtures(t *testing.T) {
	judged := 0
	for version, pods := range libraryFixtures(t) {
		judged += len(pods)
		for _, a := range agreements() {
			compare(t, a, version, pods)
		}
	}
	if judged < 4000 {
		t.Errorf("only %d fixtures were judged", judged)
	}
}

// The fixtures know only init and main containers, so the same ones are told
// again as ephemeral containers.
func TestChecksAgreeWithTheLibraryOnEphemeralContainers(t *testing.T) {
	pods := libraryFixtures(t)["v1.37"]
	for _, w := range pods {
		for _, c := range w.Spec.Containers {
			w.Spec.EphemeralContainers = append(w.Spec.EphemeralContainers,
				corev1.EphemeralContainer{EphemeralContainerCommon: corev1.EphemeralContainerCommon(c)})
		}
		w.Spec.Containers = nil
	}
	for _, a := range agreements() {
		compare(t, a, "v1.37", pods)
	}
}

// compare runs an agreement over the pods of one version of the standards.
func compare(t *testing.T, a agreement, version string, pods []*kube.Workload) {
	t.Helper()
	inv := &kube.Inventory{Workloads: pods, Source: kube.Source{Version: version + ".2"}}
	found := map[kube.Object][]string{}
	for _, c := range a.checks {
		for _, h := range c.Find(inv).Hits {
			found[h.Object] = append(found[h.Object], h.Message)
			// The old seccomp annotations have no field to point at.
			if h.Path == "spec" && !strings.Contains(h.Message, "forbidden annotation") {
				t.Errorf("%s %s: %s found no field for %q", version, h.Object.GetName(), c.ID, h.Message)
			}
		}
	}
	s := standardFor(version, a.rules...)
	for _, w := range pods {
		allowed, why := s.allows(w.Meta, w.Spec)
		if hits := found[w.Object]; allowed != (len(hits) == 0) {
			t.Errorf("%s %s: the library says %q, %s and others say %q", version, w.Object.GetName(), why, a.checks[0].ID, hits)
		}
	}
}

// libraryFixtures reads the pods that the library is tested with, by version
// of the standards. They are part of its module's source.
func libraryFixtures(t *testing.T) map[string][]*kube.Workload {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "k8s.io/pod-security-admission").Output()
	if err != nil {
		t.Fatalf("asking go for the library's folder: %v", err)
	}
	files, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(out)), "test", "testdata", "*", "*", "*", "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Skip("the library's source has no fixtures here")
	}
	byVersion := map[string][]*kube.Workload{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		pod := &corev1.Pod{}
		if err := yaml.UnmarshalStrict(text, pod); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		// As the API server does before it judges.
		for i, v := range pod.Spec.Volumes {
			if v.VolumeSource == (corev1.VolumeSource{}) {
				pod.Spec.Volumes[i].EmptyDir = &corev1.EmptyDirVolumeSource{}
			}
		}
		parts := strings.Split(filepath.ToSlash(file), "/")
		version := parts[len(parts)-3]
		pod.Name = strings.Join(parts[len(parts)-4:], "/")
		w := &kube.Workload{Object: pod, Meta: &pod.ObjectMeta, Spec: &pod.Spec, SpecPath: "spec"}
		byVersion[version] = append(byVersion[version], w)
	}
	return byVersion
}
