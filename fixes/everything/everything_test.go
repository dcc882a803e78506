// Package everything fixes all that is offered on the demo cluster, and takes
// all of it back. It has a cluster of its own, since it changes all of it.
package everything

import (
	"errors"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"kiln/fixes"
	"kiln/kube"
	"kiln/kube/kubetest"
	"kiln/scanners"
	"kiln/scanners/catalogue"
)

func TestMain(m *testing.M) { os.Exit(kubetest.Run(m)) }

// What a person has to do, or to decide, once all that is offered is done.
const (
	startedElsewhere = "the setting stands where the program is started"
	whichTool        = "which tool it should be is the choice of who runs the cluster"
	machines         = "nodes are machines, which are set up outside of the cluster"
	madeAnew         = "a bare pod or a job has to be made anew, and starts from its beginning"
	whatItIsFor      = "only who knows the program can say what it needs"
	notInTheCluster  = "the cluster doesn't show the answer: a name, a version, an owner, a level that all meet"
)

// forPeople are the checks that still find something on the demo cluster with
// the default answers, by what a person has to decide.
func forPeople() map[string][]string {
	return map[string][]string{
		startedElsewhere: {
			"api/anonymous-access",
			"api/flag-admission-plugins",
			"api/flag-controller-manager-bind-address",
			"api/flag-controller-manager-credentials",
			"api/flag-controller-manager-kubelet-certificates",
			"api/flag-controller-manager-pod-gc",
			"api/flag-controller-manager-profiling",
			"api/flag-controller-manager-root-ca",
			"api/flag-controller-manager-service-account-key",
			"api/flag-external-ips",
			"api/flag-kubelet-certificate-authority",
			"api/flag-profiling",
			"api/flag-scheduler-bind-address",
			"api/flag-scheduler-profiling",
			"api/flag-service-account-extend-token-expiration",
			"audit/audit-disabled",
			"audit/events-short-lived",
			"data/encryption-at-rest",
			"data/etcd-tls",
			"node/kube-proxy-metrics",
		},
		whichTool: {
			"api/no-policy-engine",
			"audit/no-flow-logs",
			"audit/no-log-shipping",
			"audit/no-metrics",
			"audit/no-runtime-detection",
			"data/no-backup",
			"data/no-external-secrets",
			"network/no-mtls",
			"network/not-enforced",
			"node/no-integrity-monitor",
		},
		machines: {
			"node/external-ip",
			"node/no-isolation",
			"node/not-ready-security",
			"node/outdated-kernel",
			"node/outdated-kubelet",
			"node/outdated-runtime",
			"node/unmanaged-os",
		},
		madeAnew: {
			"data/secret-in-env-literal",
			"pod/automount-token",
			"pod/capabilities-not-dropped",
			"pod/capability-net-raw",
			"pod/default-serviceaccount",
			"pod/host-pid",
			"pod/host-port",
			"pod/host-users",
			"pod/naked-pod",
			"pod/privilege-escalation",
			"pod/privileged",
			"pod/run-as-root",
			"pod/seccomp",
			"pod/writable-rootfs",
		},
		whatItIsFor: {
			"data/secret-env-ref",
			"network/ingress-snippets",
			"pod/host-network",
			"pod/host-path",
			"pod/host-process",
			"pod/runtime-socket",
			"pod/sudo-or-sshd",
			"pod/volume-types",
			"pod/windows-selector",
			"import/trivy",
			"import/policy-report",
		},
		notInTheCluster: {
			"api/psa-missing",
			"api/webhook-fail-open",
			"data/unused-secret",
			"data/volume-unencrypted",
			"network/ingress-host-conflict",
			"network/ingress-no-tls",
			"pod/default-namespace",
			"pod/image-digest",
			"pod/image-latest",
			"pod/kube-system-workload",
			"pod/no-owner-label",
		},
	}
}

// decision is why a check is a person's; empty if nobody says so.
func decision(check string) string {
	for why, checks := range forPeople() {
		if slices.Contains(checks, check) {
			return why
		}
	}
	return ""
}

// story is the demo cluster, and who works through it.
type story struct {
	*testing.T
	cluster *kube.Cluster
	fixer   *fixes.Fixer
	applied []fixes.Entry
}

func newStory(t *testing.T) *story {
	t.Helper()
	testbed := kubetest.Cluster(t)
	testbed.Load(t, "../../testdata/clusters/vulnerable")
	cluster, err := kube.NewCluster(testbed.Config(), "demo")
	if err != nil {
		t.Fatal(err)
	}
	journal, err := fixes.OpenJournal(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return &story{T: t, cluster: cluster, fixer: &fixes.Fixer{Cluster: cluster, Journal: journal}}
}

// findings are all that a scan lists, and the inventory that it judged.
func (s *story) findings() ([]scanners.Finding, *kube.Inventory) {
	s.Helper()
	inv, err := kube.Collect(s.Context(), s.cluster, kube.CollectOptions{}, nil)
	if err != nil {
		s.Fatal(err)
	}
	var all []scanners.Finding
	for _, result := range scanners.Evaluate(catalogue.Checks(), inv) {
		for _, f := range result.Findings {
			if !f.System && !f.Accepted.Holds() {
				all = append(all, f)
			}
		}
	}
	return all, inv
}

// fix does what is offered for a finding, with the default answers and every
// word that is asked for.
func (s *story) fix(finding scanners.Finding, inv *kube.Inventory) error {
	plan, err := s.fixer.Plan(s.Context(), finding, inv, nil)
	if err != nil {
		return err
	}
	preview, err := s.fixer.Preview(s.Context(), plan)
	if err != nil {
		return err
	}
	entry, err := s.fixer.Apply(s.Context(), preview, fixes.Options{TakeOver: true, Stopgap: true})
	if err == nil {
		s.applied = append(s.applied, entry)
	}
	return err
}

// everything works through the findings until nothing is left that can be
// fixed: a fix may open the way for another one, and what an earlier one of the
// same round has changed is tried again in the next.
func (s *story) everything() {
	s.Helper()
	const rounds = 8
	for round := range rounds {
		before := len(s.applied)
		found, inv := s.findings()
		refused := map[string]error{}
		for _, finding := range found {
			err := s.fix(finding, inv)
			if err != nil && !errors.Is(err, fixes.ErrManual) && !errors.Is(err, fixes.ErrNothingToDo) {
				refused[finding.Check+" of "+finding.Object.String()] = err
			}
		}
		s.Logf("round %d: %d findings, %d fixes, %d refused", round+1, len(found), len(s.applied)-before, len(refused))
		if len(s.applied) == before {
			for _, what := range slices.Sorted(maps.Keys(refused)) {
				s.Errorf("%s: %v", what, refused[what])
			}
			return
		}
	}
	s.Errorf("after %d rounds there is still something to fix", rounds)
}

func TestFixEverythingAndTakeItBack(t *testing.T) {
	s := newStory(t)
	first := s.objects()
	s.everything()

	s.isLeftToPeople()
	for _, entry := range slices.Backward(s.applied) {
		if _, err := s.fixer.Undo(t.Context(), entry.ID); err != nil {
			t.Errorf("taking back %q: %v", entry.Title, err)
		}
	}
	s.sameAs(first)
}

// isLeftToPeople looks at what is still found: all of it needs a person, who
// is told what to do.
func (s *story) isLeftToPeople() {
	s.Helper()
	left := map[string]bool{}
	found, inv := s.findings()
	for _, f := range found {
		left[f.Check] = true
		var manual *fixes.ManualError
		if _, err := s.fixer.Plan(s.Context(), f, inv, nil); !errors.As(err, &manual) || !strings.Contains(manual.Steps, "\n  ") {
			s.Errorf("%s of %s is left, and nobody is told what to do: %v", f.Check, f.Object, err)
		}
		switch why := decision(f.Check); {
		case why == "":
			s.Errorf("%s still finds %s: %s", f.Check, f.Object, f.Message)
		case why == madeAnew && f.Object.Kind != "Pod" && f.Object.Kind != "Job":
			s.Errorf("%s still finds %s, which can be changed", f.Check, f.Object)
		}
	}
	for _, why := range slices.Sorted(maps.Keys(forPeople())) {
		for _, check := range forPeople()[why] {
			if !left[check] {
				s.Errorf("%s is said to be left, and isn't", check)
			}
		}
	}
}
