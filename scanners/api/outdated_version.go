package api

import (
	"fmt"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/releases"
)

func outdatedVersion() scanners.Check {
	return scanners.Check{
		ID: "api/outdated-version", Layer: scanners.API, Severity: scanners.High,
		Title:      "The API server's release gets no more security fixes",
		References: []string{"NSA"},
		Fix:        scanners.Manual,
		Needs:      []kube.Resource{kube.ServerVersion},
		Find:       findOutdated,
	}
}

func findOutdated(inv *kube.Inventory) scanners.Result {
	status, err := releases.Of(inv.Source.Version, inv.TakenAt)
	switch {
	case err != nil:
		return scanners.Unknown("the API server's version can't be read: " + err.Error())
	case status.Support == releases.NotKnown:
		return scanners.Unknown(fmt.Sprintf("Kubernetes %s is newer than this kiln knows of", status.Minor))
	case status.Support == releases.Supported:
		return scanners.Result{}
	}
	return scanners.Found([]scanners.Hit{{
		Object: scanners.APIServer(inv), Path: "gitVersion",
		Message: fmt.Sprintf("runs %s; the project's support of %s %s", inv.Source.Version, status.Minor, status.Ended()),
	}})
}
