package api

import (
	"slices"
	"strings"
	"testing"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/scantest"
)

// component is a static pod of the control plane, as kubeadm labels it.
func component(program string, given ...string) string {
	return "apiVersion: v1\nkind: Pod\nmetadata: {name: " + program + "-n1, namespace: kube-system, labels: {component: " + program + ", tier: control-plane}}\n" +
		"spec: {containers: [{name: c, image: x, command: ['" + strings.Join(append([]string{program}, given...), "', '") + "']}]}\n"
}

func controllerFlag(t *testing.T, id string) scanners.Check {
	t.Helper()
	all := controllerFlags()
	at := slices.IndexFunc(all, func(c scanners.Check) bool { return c.ID == id })
	if at < 0 {
		t.Fatalf("there is no check %s", id)
	}
	return all[at]
}

func TestFlagsOfTheControllerManagerAndTheScheduler(t *testing.T) {
	for _, tt := range []struct {
		id, program, good, bad string
		byDefault              bool // the default is at fault too
	}{
		{"api/flag-controller-manager-credentials", controllerManager, "--use-service-account-credentials", "--use-service-account-credentials=false", true},
		{"api/flag-controller-manager-service-account-key", controllerManager, "--service-account-private-key-file=/sa.key", "--service-account-private-key-file=", true},
		{"api/flag-controller-manager-root-ca", controllerManager, "--root-ca-file=/ca.crt", "--root-ca-file=", true},
		{"api/flag-controller-manager-kubelet-certificates", controllerManager, "--feature-gates=RotateKubeletServerCertificate=true", "--feature-gates=A=true,RotateKubeletServerCertificate=false", false},
		{"api/flag-controller-manager-pod-gc", controllerManager, "--terminated-pod-gc-threshold=10", "--terminated-pod-gc-threshold=0", true},
		{"api/flag-controller-manager-profiling", controllerManager, "--profiling=false", "--profiling=true", true},
		{"api/flag-controller-manager-bind-address", controllerManager, "--bind-address=127.0.0.1", "--bind-address=0.0.0.0", true},
		{"api/flag-scheduler-profiling", scheduler, "--profiling=false", "--profiling", true},
		{"api/flag-scheduler-bind-address", scheduler, "--address=127.0.0.1", "--bind-address=::", true},
	} {
		at := []string{"Component/" + tt.program + " | spec.containers[0].command"}
		var byDefault []string
		if tt.byDefault {
			byDefault = at
		}
		scantest.Judge(t, controllerFlag(t, tt.id), []scantest.Verdict{
			{Name: "good", Objects: component(tt.program, tt.good)},
			{Name: "bad", Objects: component(tt.program, tt.bad), Want: at},
			{Name: "default", Objects: component(tt.program), Want: byDefault},
			{Name: "not there", Objects: shop, Unknown: "no pod in kube-system runs " + tt.program},
			{Name: "of somebody else", Objects: strings.ReplaceAll(component(tt.program, tt.bad), "kube-system", "shop"), Unknown: "no pod in kube-system runs " + tt.program},
		})
	}
}

func TestAManagedControlPlaneHidesItsControllers(t *testing.T) {
	scantest.Judge(t, controllerFlag(t, "api/flag-scheduler-profiling"), []scantest.Verdict{{
		Name: "GKE", Objects: shop, Unknown: "ask your provider",
		Change: func(inv *kube.Inventory) { inv.Source.Version = "v1.36.1-gke.100" },
	}})
}

func TestFlagsInAScript(t *testing.T) {
	pod := `
apiVersion: v1
kind: Pod
metadata: {name: kube-scheduler}
spec:
  containers:
  - name: c
    image: x
    command: [/bin/sh, -c, "exec /usr/local/bin/kube-scheduler --profiling=false --bind-address='127.0.0.1' 1>>/var/log/s.log 2>&1"]
`
	for _, id := range []string{"api/flag-scheduler-profiling", "api/flag-scheduler-bind-address"} {
		scantest.Judge(t, controllerFlag(t, id), []scantest.Verdict{{Name: "a script in a manifest", Objects: pod, Files: true}})
	}
}
