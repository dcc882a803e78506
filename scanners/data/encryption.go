package data

import (
	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/flags"
)

func encryptionAtRest() scanners.Check {
	return scanners.Check{
		ID: "data/encryption-at-rest", Layer: scanners.Data, Severity: scanners.High,
		Title:      "Secrets lie in etcd in the clear",
		References: []string{"CIS 1.2.27", "CIS 1.2.28", "NSA", "C-0066", "C-0141", "C-0142"},
		Fix:        scanners.Manual,
		Needs:      []kube.Resource{kube.APIServerFlags},
		Find: func(inv *kube.Inventory) scanners.Result {
			if len(inv.APIServer.Flags) == 0 {
				return scanners.Unknown("no flags of kube-apiserver are visible")
			}
			if flags.Of(inv, "encryption-provider-config").Set {
				return scanners.Found(nil)
			}
			return scanners.Found([]scanners.Hit{{
				Object:  scanners.APIServer(inv),
				Path:    flags.Path,
				Key:     "encryption-provider-config",
				Message: "kube-apiserver has no --encryption-provider-config, so Secrets lie in etcd in the clear",
			}})
		},
	}
}
