package api

import (
	"fmt"
	"slices"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/flags"
)

func flagAuthorizationMode() scanners.Check {
	return flagCheck{
		id: "api/flag-authorization-mode", title: "The API server's authorization is open or lacks Node and RBAC",
		severity: scanners.Critical, references: []string{"CIS 1.2.6", "CIS 1.2.7", "CIS 1.2.8", "C-0088", "C-0118", "C-0119", "C-0120", "KCV0007", "KCV0008", "KCV0009"},
		file: "authorization-config", faults: authorizationFaults,
	}.check()
}

const alwaysAllow = "AlwaysAllow"

func authorizationFaults(inv *kube.Inventory) []fault {
	modes := flags.Of(inv, "authorization-mode").List()
	if len(modes) == 0 || slices.Contains(modes, alwaysAllow) {
		return []fault{{key: alwaysAllow, message: "allows every request of everybody: set --authorization-mode=Node,RBAC"}}
	}
	var faults []fault
	for _, mode := range []string{"Node", "RBAC"} {
		if !slices.Contains(modes, mode) {
			faults = append(faults, fault{mode, fmt.Sprintf("lacks the authorizer %s: set --authorization-mode=Node,RBAC", mode), scanners.Medium})
		}
	}
	return faults
}
