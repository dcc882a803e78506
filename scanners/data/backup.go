package data

import (
	"fmt"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/installed"
)

func noBackup(tools installed.Table) scanners.Check {
	return scanners.Check{
		ID: "data/no-backup", Layer: scanners.Data, Severity: scanners.Medium,
		Title:      "Nothing in the cluster makes backups, or they fail",
		References: []string{"Kubernetes docs"},
		Fix:        scanners.Manual,
		Needs:      append(installed.Resources(), kube.PersistentVolumeClaims),
		Hints:      []kube.Resource{kube.VeleroSchedules, kube.VeleroBackups},
		Find:       func(inv *kube.Inventory) scanners.Result { return findNoBackup(tools, inv) },
	}
}

func findNoBackup(tools installed.Table, inv *kube.Inventory) scanners.Result {
	if len(inv.PersistentVolumeClaims) == 0 && !inv.FromFiles() {
		return scanners.Found(nil)
	}
	if found := tools.Find(inv, installed.Backup); len(found) == 1 && found[0].Name == "Velero" {
		return judgeVelero(inv)
	}
	return missing(tools, inv, installed.Backup, "keeps data on volumes, and runs nothing that kiln recognises and that makes backups")
}

// judgeVelero asks for a schedule, and that each has made a backup of late.
func judgeVelero(inv *kube.Inventory) scanners.Result {
	for _, r := range []kube.Resource{kube.VeleroSchedules, kube.VeleroBackups} {
		if gap, ok := inv.Gap(r); ok {
			return scanners.Unknown("Velero is installed, but whether it makes backups could not be read: " + gap.Reason)
		}
	}
	latest := latestBackups(inv)
	var hits []scanners.Hit
	running := 0
	for _, schedule := range inv.Custom[kube.VeleroSchedules] {
		if paused, _, _ := unstructured.NestedBool(schedule.Object, "spec", "paused"); paused {
			continue
		}
		running++
		if fault := scheduleFault(inv, schedule, latest); fault != "" {
			hits = append(hits, scanners.Hit{Object: schedule, Path: "status", Message: fault})
		}
	}
	switch {
	case running > 0:
		return scanners.Found(hits)
	case inv.FromFiles():
		return scanners.Unknown("the manifests install Velero, and hold no schedule for it")
	}
	return scanners.Found([]scanners.Hit{{
		Object: scanners.Cluster(), Key: "velero", Message: "keeps data on volumes and runs Velero, which has no schedule that isn't paused",
	}})
}

// scheduleFault says what is wrong with a schedule, as far as its status and
// its backups show. Manifests have no past.
func scheduleFault(inv *kube.Inventory, schedule *unstructured.Unstructured, latest map[string]time.Time) string {
	if phase, _, _ := unstructured.NestedString(schedule.Object, "status", "phase"); phase == "FailedValidation" {
		return "Velero refuses this schedule (FailedValidation), so it makes no backups"
	}
	if inv.FromFiles() {
		return ""
	}
	cron, _, _ := unstructured.NestedString(schedule.Object, "spec", "schedule")
	deadline := inv.TakenAt.Add(-patience(cron))
	last, succeeded := latest[schedule.GetNamespace()+"/"+schedule.GetName()]
	switch {
	case schedule.GetCreationTimestamp().After(deadline), last.After(deadline):
		return ""
	case !succeeded:
		return fmt.Sprintf("runs at %q, and none of its backups that are left has succeeded", kube.Clean(cron))
	}
	return fmt.Sprintf("runs at %q, and its last success is of %s", kube.Clean(cron), last.UTC().Format(time.DateOnly))
}

// latestBackups is when each schedule's last successful backup ended, by the
// schedule's namespace/name.
func latestBackups(inv *kube.Inventory) map[string]time.Time {
	latest := map[string]time.Time{}
	for _, backup := range inv.Custom[kube.VeleroBackups] {
		phase, _, _ := unstructured.NestedString(backup.Object, "status", "phase")
		text, _, _ := unstructured.NestedString(backup.Object, "status", "completionTimestamp")
		var ended metav1.Time
		if phase != "Completed" || ended.UnmarshalQueryParameter(text) != nil {
			continue
		}
		key := backup.GetNamespace() + "/" + backup.GetLabels()["velero.io/schedule-name"]
		if ended.After(latest[key]) {
			latest[key] = ended.Time
		}
	}
	return latest
}

// patience is how long a schedule may go without a success: its period as far
// as the cron expression tells it at a glance, and a day for a failed run.
func patience(cron string) time.Duration {
	const day = 24 * time.Hour
	if every, ok := strings.CutPrefix(cron, "@every "); ok {
		if period, err := time.ParseDuration(every); err == nil {
			return period + day
		}
	}
	cron = strings.TrimSpace(cron)
	if strings.HasPrefix(cron, "CRON_TZ=") || strings.HasPrefix(cron, "TZ=") {
		_, cron, _ = strings.Cut(cron, " ")
	}
	fields := strings.Fields(cron)
	switch {
	case cron == "@yearly", cron == "@annually", len(fields) == 5 && fields[3] != "*":
		return 367 * day
	case cron == "@monthly", len(fields) == 5 && fields[2] != "*":
		return 32 * day
	case cron == "@weekly", len(fields) == 5 && fields[4] != "*":
		return 8 * day
	}
	return 2 * day
}
