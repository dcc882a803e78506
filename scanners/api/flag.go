package api

import (
	"fmt"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/flags"
)

// flagCheck is a check of flags of kube-apiserver.
type flagCheck struct {
	id, title  string
	severity   scanners.Severity
	references []string
	// file is a flag that names a file which decides instead, unseen.
	file   string
	faults func(*kube.Inventory) []fault
}

// fault is one thing wrong with a flag. The key tells the faults of one check
// apart; the severity is the check's where it is zero.
type fault struct {
	key, message string
	severity     scanners.Severity
}

func (f flagCheck) check() scanners.Check {
	return scanners.Check{
		ID: f.id, Layer: scanners.API, Severity: f.severity, Title: f.title, References: f.references,
		Fix: scanners.Manual, Needs: []kube.Resource{kube.APIServerFlags}, Find: f.find,
	}
}

func (f flagCheck) find(inv *kube.Inventory) scanners.Result {
	if f.file != "" && flags.Of(inv, f.file).Set {
		return scanners.Unknown(fmt.Sprintf("the file of --%s decides, and can't be read through the API", f.file))
	}
	var hits []scanners.Hit
	for _, fault := range f.faults(inv) {
		hits = append(hits, scanners.Hit{
			Object: scanners.APIServer(inv), Path: flags.Path,
			Key: fault.key, Message: fault.message, Severity: fault.severity,
		})
	}
	return scanners.Found(hits)
}

// faultIf is a check's single fault.
func faultIf(bad bool, message string) []fault {
	if !bad {
		return nil
	}
	return []fault{{message: message}}
}
