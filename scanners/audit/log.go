package audit

import (
	"fmt"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/flags"
)

func auditDisabled() scanners.Check {
	return scanners.Check{
		ID: "audit/audit-disabled", Layer: scanners.Audit, Severity: scanners.High,
		Title:      "The API server writes no audit log",
		References: []string{"CIS 1.2.16", "CIS 3.2.1", "C-0067", "C-0130", "C-0160", "NSA", "KCV0019"},
		Fix:        scanners.Manual,
		Needs:      []kube.Resource{kube.APIServerFlags},
		Find:       findAuditDisabled,
	}
}

func findAuditDisabled(inv *kube.Inventory) scanners.Result {
	policy := flags.Of(inv, "audit-policy-file").Set
	var message string
	switch {
	case !policy && !recorded(inv):
		message = "keeps no audit log: --audit-policy-file and --audit-log-path are not set"
	case !policy:
		message = "has a place for the audit log and no --audit-policy-file, so nothing is logged"
	case !recorded(inv):
		message = "has an audit policy and nowhere to write to: set --audit-log-path or --audit-webhook-config-file"
	default:
		return scanners.Result{}
	}
	return scanners.Found([]scanners.Hit{{Object: scanners.APIServer(inv), Path: flags.Path, Message: message}})
}

// recorded says that audit events have somewhere to go.
func recorded(inv *kube.Inventory) bool {
	return flags.Of(inv, "audit-log-path").Set || flags.Of(inv, "audit-webhook-config-file").Set
}

func auditRotation() scanners.Check {
	return scanners.Check{
		ID: "audit/audit-rotation", Layer: scanners.Audit, Severity: scanners.Low,
		Title:      "The audit log is kept for too short a time, or without an end",
		References: []string{"CIS 1.2.17", "CIS 1.2.18", "CIS 1.2.19", "C-0131", "C-0132", "C-0133", "KCV0020", "KCV0021", "KCV0022"},
		Fix:        scanners.Manual,
		Needs:      []kube.Resource{kube.APIServerFlags},
		Hints:      []kube.Resource{kube.ServerVersion},
		Find:       findRotation,
	}
}

// rotatesItself is the release since which a log file has limits by itself: 366
// days, and 100 old files of 100 MB.
const rotatesItself = "1.36"

// findRotation judges the log file alone: a webhook's receiver, and the
// container log where the path is "-", have their own rotation.
func findRotation(inv *kube.Inventory) scanners.Result {
	path := flags.Of(inv, "audit-log-path")
	if !path.Set || path.Text == "-" {
		return scanners.Result{}
	}
	byDefault := scanners.AtLeast(inv.Source.Version, rotatesItself)
	var hits []scanners.Hit
	for _, limit := range []struct {
		flag  string
		least int
		unit  string
	}{
		{"audit-log-maxage", 30, "days"},
		{"audit-log-maxbackup", 10, "old files"},
		{"audit-log-maxsize", 100, "megabytes a file"},
	} {
		flag := flags.Of(inv, limit.flag)
		value := flag.Int()
		if value >= limit.least || !flag.Set && byDefault {
			continue
		}
		message := fmt.Sprintf("--%s is %d, which is less than %d %s", limit.flag, value, limit.least, limit.unit)
		switch {
		case !flag.Set:
			message = fmt.Sprintf("--%s is not set: %d %s are asked for", limit.flag, limit.least, limit.unit)
		case value == 0:
			message = fmt.Sprintf("--%s is 0, which sets no limit: %d %s are asked for", limit.flag, limit.least, limit.unit)
		}
		hits = append(hits, scanners.Hit{Object: scanners.APIServer(inv), Path: flags.Path, Key: limit.flag, Message: message})
	}
	return scanners.Found(hits)
}

func auditPolicyGaps() scanners.Check {
	return scanners.Check{
		ID: "audit/audit-policy-gaps", Layer: scanners.Audit, Severity: scanners.Medium,
		Title:      "The audit policy leaves out what matters",
		References: []string{"CIS 3.2.2", "C-0161"},
		Fix:        scanners.Manual,
		// A policy among manifests can be judged without the flags.
		Reads: []kube.Resource{kube.APIServerFlags},
		Find:  findPolicyGaps,
	}
}

// findPolicyGaps judges the rules where they are among the manifests. Of a
// cluster it sees what the flags tell; the rules are in a file on the control
// plane's disk.
func findPolicyGaps(inv *kube.Inventory) scanners.Result {
	if files := inv.Custom[kube.AuditPolicyFiles]; len(files) > 0 {
		var hits []scanners.Hit
		for _, file := range files {
			hits = append(hits, policyGaps(file)...)
		}
		return scanners.Found(hits)
	}
	policy := flags.Of(inv, "audit-policy-file")
	if !policy.Set {
		return scanners.Unknown("there is no audit policy to judge (see audit/audit-disabled)")
	}
	result := scanners.Unknown(fmt.Sprintf("the rules in %s can't be read through the API: look at the file on the control plane", kube.Clean(policy.Text)))
	if flags.Of(inv, "audit-log-truncate-enabled").Bool(false) {
		result.Hits = []scanners.Hit{{
			Object: scanners.APIServer(inv), Path: flags.Path, Key: "audit-log-truncate-enabled", Severity: scanners.Info,
			Message: "--audit-log-truncate-enabled cuts large events: their request and response bodies are dropped",
		}}
	}
	return result
}
