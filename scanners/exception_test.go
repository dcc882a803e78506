package scanners

import (
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"kiln/kube"
)

func agent(annotations map[string]string) *appsv1.DaemonSet {
	return &appsv1.DaemonSet{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "DaemonSet"},
		ObjectMeta: metav1.ObjectMeta{Namespace: "platform", Name: "node-agent", Labels: map[string]string{"app": "agent"}, Annotations: annotations},
	}
}

// judge runs a check that finds fault with obj, on 2027-03-01.
func judge(t *testing.T, config string, obj kube.Object) CheckResult {
	t.Helper()
	check := Check{ID: "pod/host-path", Layer: Pod, Severity: High, Find: func(*kube.Inventory) Result {
		return Found([]Hit{{Object: obj, Message: "mounts the node"}})
	}}
	c := DefaultConfig()
	if config != "" {
		var err error
		if c, err = ReadConfig(strings.NewReader("apiVersion: kiln/v1\nkind: Config\n" + config)); err != nil {
			t.Fatal(err)
		}
	}
	checks, err := c.Apply([]Check{check})
	if err != nil {
		t.Fatal(err)
	}
	inv := &kube.Inventory{TakenAt: time.Date(2027, 3, 1, 12, 0, 0, 0, time.UTC)}
	return Evaluate(checks, inv)[0]
}

func TestExceptionsAcceptAndExpire(t *testing.T) {
	in := func(exception string) string { return "exceptions:\n- {" + exception + "}\n" }
	tests := []struct {
		name, config string
		annotation   string
		want         string // accepted, expired or empty
	}{
		{"nobody accepts it", "", "", ""},
		{"by check", in(`check: pod/host-path, reason: metrics`), "", "accepted"},
		{"by pattern, object, namespace and label", in(`check: "pod/host-*", object: "daemonset/node-*", namespace: plat*, labels: "app in (agent)", reason: metrics`), "", "accepted"},
		{"another check's pattern", in(`check: "pod/run-*", reason: metrics`), "", ""},
		{"another object", in(`check: "pod/*", object: Deployment/node-agent, reason: metrics`), "", ""},
		{"another namespace", in(`check: "pod/*", namespace: shop, reason: metrics`), "", ""},
		{"another label", in(`check: "pod/*", labels: app!=agent, reason: metrics`), "", ""},
		{"on its last day", in(`check: "pod/*", reason: metrics, expires: "2027-03-01"`), "", "accepted"},
		{"the day after", in(`check: "pod/*", reason: metrics, expires: "2027-02-27"`), "", "expired"},
		{"by annotation", "", "reads the node's metrics", "accepted"},
		{"by annotation, for a time", "", "until 2027-06-30: reads the node's metrics", "accepted"},
		{"by annotation, expired", "", "until 2026-06-30: reads the node's metrics", "expired"},
		{"a day without a reason accepts nothing", "", "until 2027-06-30:", ""},
		{"not a day accepts nothing", "", "until next summer: metrics", ""},
		{"a day without its colon accepts nothing", "", "until 2027-06-30 reads the node's metrics", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			result := judge(t, tt.config, agent(map[string]string{acceptPrefix + "pod.host-path": tt.annotation}))
			got := ""
			if a := result.Findings[0].Accepted; a.Holds() {
				got = "accepted"
			} else if a != nil {
				got = "expired"
			}
			if got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
			if result.Status != Fail {
				t.Errorf("status = %s: what is accepted isn't passed", result.Status)
			}
		})
	}
}

func TestSeveritiesFromTheConfiguration(t *testing.T) {
	if got := judge(t, "severities: {pod/host-path: info}\n", agent(nil)).Findings[0].Severity; got != Info {
		t.Errorf("severity = %s, want info", got)
	}
	milder := func(inv *kube.Inventory) Result { return Found([]Hit{{Object: inv.Services[0], Severity: Low}}) }
	check := Check{ID: "a/b", Severity: Critical, Find: milder}
	for _, tt := range []struct {
		config Config
		want   Severity
	}{{Config{}, Low}, {Config{Severities: map[string]Severity{"a/b": High}}, High}} {
		checks, err := tt.config.Apply([]Check{check})
		if err != nil {
			t.Fatal(err)
		}
		if got := Evaluate(checks, inventory(t, service))[0].Findings[0].Severity; got != tt.want {
			t.Errorf("severity of a milder case = %s, want %s", got, tt.want)
		}
	}
}

func TestBadConfigurationsAreRefused(t *testing.T) {
	const head = "apiVersion: kiln/v1\nkind: Config\n"
	tests := map[string]string{
		"":                                    "is empty",
		"apiVersion: v2\nkind: Config":        "this kiln reads kiln/v1 Config",
		head + "exception: []\n":              `unknown field "exception"`,
		head + "exceptions: [{reason: r}]\n":  "exceptions[0]: check is missing",
		head + "exceptions: [{check: a/b}]\n": "reason is missing",
		head + "exceptions: [{check: a/b, reason: r, expires: soon}]\n":      `expires is "soon"`,
		head + "exceptions: [{check: a/b, reason: r, object: web}]\n":        "not KIND/NAME",
		head + "exceptions: [{check: a/b, reason: r, labels: \"a in b\"}]\n": "labels:",
		head + "exceptions: [{check: \"a/[\", reason: r}]\n":                 "is no pattern",
		head + "exceptions: [{check: pod/nope, reason: r}]\n":                `no check "pod/nope"`,
		head + "severities: {pod/nope: low}\n":                               "severities[pod/nope]: there is no such check",
		head + "severities: {pod/host-path: worst}\n":                        `unknown severity "worst"`,
		head + "registries: ghcr.io\n":                                       "registries",
	}
	for text, want := range tests {
		c, err := ReadConfig(strings.NewReader(text))
		if err == nil {
			_, err = c.Apply([]Check{{ID: "pod/host-path"}})
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}
