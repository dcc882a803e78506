package data

import (
	"strings"
	"testing"
	"time"

	"kiln/scanners"
	"kiln/scanners/installed"
	"kiln/scanners/scantest"
)

const withVelero = `
{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: db}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: velero}, spec: {template: {spec: {containers: [{name: v, image: 'velero/velero:v1'}]}}}}
`

func nightly(created, spec, phase string) string {
	return "---\n{apiVersion: velero.io/v1, kind: Schedule, metadata: {name: nightly, namespace: velero, creationTimestamp: " + created + "}, spec: {" + spec + "}, status: {phase: " + phase + "}}\n"
}

func backup(name, schedule, phase, ended string) string {
	return "---\n{apiVersion: velero.io/v1, kind: Backup, metadata: {name: " + name + ", namespace: velero, labels: {velero.io/schedule-name: " + schedule + "}}, status: {phase: " + phase + ", completionTimestamp: \"" + ended + "\"}}\n"
}

func TestVeleroSchedules(t *testing.T) {
	const old, daily = "2026-01-01T00:00:00Z", `schedule: "5 2 * * *"`
	const yesterday, lastWeek = "2026-11-20T02:30:00Z", "2026-11-14T12:00:00Z"
	schedule := nightly(old, daily, "Enabled")
	none, late := []string{"Cluster/cluster |  | velero"}, []string{"Schedule/nightly in velero | status"}
	scantest.Judge(t, noBackup(installed.Embedded()), []scantest.Verdict{
		{Name: "no schedule", Objects: withVelero, Want: none},
		{Name: "one that is paused", Objects: withVelero + nightly(old, daily+", paused: true", "Enabled"), Want: none},
		{Name: "a success last night", Objects: withVelero + schedule + backup("a", "nightly", "Completed", yesterday)},
		{Name: "failures since a week", Objects: withVelero + schedule + backup("a", "nightly", "Completed", lastWeek) + backup("b", "nightly", "PartiallyFailed", yesterday), Want: late},
		{Name: "only failures", Objects: withVelero + schedule + backup("a", "nightly", "Failed", yesterday), Want: late},
		{Name: "another schedule's success", Objects: withVelero + schedule + backup("a", "other", "Completed", yesterday), Want: late},
		{Name: "weekly, a week ago", Objects: withVelero + nightly(old, `schedule: "5 2 * * 6"`, "Enabled") + backup("a", "nightly", "Completed", lastWeek)},
		{Name: "made this morning", Objects: withVelero + nightly("2026-11-21T08:00:00Z", daily, "Enabled")},
		{Name: "refused", Objects: withVelero + nightly("2026-11-21T08:00:00Z", daily, "FailedValidation"), Want: late},
		{Name: "manifests have no past", Files: true, Objects: withVelero + nightly(old, daily, "New")},
		{Name: "manifests without a schedule", Files: true, Objects: withVelero, Unknown: "no schedule"},
	})
	if got := noBackup(installed.Embedded()).Find(scantest.Unread(t, withVelero)); got.Unknown == "" {
		t.Errorf("schedules that could not be read: %+v", got)
	}
	for _, f := range scanners.Evaluate([]scanners.Check{noBackup(installed.Embedded())}, scantest.Cluster(t, withVelero+schedule+backup("a", "nightly", "Completed", lastWeek)))[0].Findings {
		if !strings.HasSuffix(f.Message, "its last success is of 2026-11-14") {
			t.Errorf("message: %s", f.Message)
		}
	}
}

func TestPatienceFollowsTheSchedule(t *testing.T) {
	const day = 24 * time.Hour
	for cron, want := range map[string]time.Duration{
		"5 2 * * *":                       2 * day,
		"0 */6 * * *":                     2 * day,
		"CRON_TZ=Europe/Berlin 5 2 * * *": 2 * day,
		"0 3 * * 0":                       8 * day,
		"@weekly":                         8 * day,
		"0 3 1 * *":                       32 * day,
		"@every 72h":                      4 * day,
		"@yearly":                         367 * day,
		"":                                2 * day,
	} {
		if got := patience(cron); got != want {
			t.Errorf("%q: %s, want %s", cron, got, want)
		}
	}
}

func TestSharedSecretStores(t *testing.T) {
	store := func(kind, conditions string) string {
		return "{apiVersion: external-secrets.io/v1beta1, kind: " + kind + ", metadata: {name: vault}, spec: {provider: {vault: {server: 'https://vault'}}" + conditions + "}}\n"
	}
	open := []string{"ClusterSecretStore/vault | spec.conditions"}
	scantest.Judge(t, sharedSecretStore(), []scantest.Verdict{
		{Name: "no conditions", Objects: store("ClusterSecretStore", ""), Want: open},
		{Name: "two namespaces", Objects: store("ClusterSecretStore", ", conditions: [{namespaces: [shop, payments]}]")},
		{Name: "by label", Objects: store("ClusterSecretStore", ", conditions: [{namespaceSelector: {matchLabels: {team: shop}}}]")},
		{Name: "any label", Objects: store("ClusterSecretStore", ", conditions: [{namespaces: [shop]}, {namespaceSelector: {}}]"), Want: open},
		{Name: "any name", Objects: store("ClusterSecretStore", ", conditions: [{namespaceRegexes: ['.*']}]"), Want: open},
		{Name: "some names", Objects: store("ClusterSecretStore", ", conditions: [{namespaceRegexes: ['^shop-.*']}]")},
		{Name: "a namespace's own", Objects: strings.Replace(store("SecretStore", ""), "name: vault", "name: vault, namespace: shop", 1)},
	})
}

func TestStoresThatLogInAlike(t *testing.T) {
	store := func(namespace, provider string) string {
		return "---\n{apiVersion: external-secrets.io/v1, kind: SecretStore, metadata: {name: vault, namespace: " + namespace + "}, spec: {provider: " + provider + "}}\n"
	}
	role := func(name string) string {
		return "{vault: {server: 'https://vault.example', path: kv, auth: {kubernetes: {mountPath: kubernetes, role: " + name + ", serviceAccountRef: {name: vault}}}}}"
	}
	const token = "{vault: {server: 'https://vault.example', path: kv, auth: {tokenSecretRef: {name: token, key: token}}}}"
	both := []string{"SecretStore/vault in payments | spec.provider", "SecretStore/vault in shop | spec.provider"}
	scantest.Judge(t, sharedSecretStore(), []scantest.Verdict{
		{Name: "one role for two namespaces", Objects: store("payments", role("all")) + store("shop", role("all")), Want: both},
		{Name: "a role for each", Objects: store("payments", role("payments")) + store("shop", role("shop"))},
		{Name: "two stores in one namespace", Objects: store("shop", role("shop")) + strings.Replace(store("shop", role("shop")), "name: vault, n", "name: other, n", 1)},
		{Name: "credentials of a Secret each", Objects: store("payments", token) + store("shop", token)},
		{Name: "for tests", Objects: store("payments", "{fake: {data: []}}") + store("shop", "{fake: {data: []}}")},
		{Name: "the node's own identity", Objects: store("payments", "{aws: {service: SecretsManager, region: eu-west-1}}") + store("shop", "{aws: {service: SecretsManager, region: eu-west-1}}"), Want: both},
	})
}
