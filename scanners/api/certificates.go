package api

import (
	"fmt"
	"time"

	"kiln/kube"
	"kiln/scanners"
)

const day = 24 * time.Hour

func certificates() scanners.Check {
	return scanners.Check{
		ID: "api/certificates", Layer: scanners.API, Severity: scanners.Medium,
		Title:      "A certificate of the connection to the API server has expired or soon will",
		References: []string{"Kubernetes docs"},
		Fix:        scanners.Manual,
		Needs:      []kube.Resource{kube.TLSCertificates},
		Find: func(inv *kube.Inventory) scanners.Result {
			hits := expiry(inv, scanners.APIServer(inv), "server", "its serving certificate", inv.Certificates.Server)
			return scanners.Found(append(hits,
				expiry(inv, scanners.Cluster(), "client", "the client certificate of your kubeconfig", inv.Certificates.Client)...))
		},
	}
}

// expiry is a hit where less than a month is left: a high one in the last week.
func expiry(inv *kube.Inventory, object kube.Object, key, whose string, c *kube.Certificate) []scanners.Hit {
	if c == nil {
		return nil
	}
	left := c.NotAfter.Sub(inv.TakenAt)
	if left > 30*day {
		return nil
	}
	hit := scanners.Hit{Object: object, Path: "certificate.notAfter", Key: key}
	if left <= 7*day {
		hit.Severity = scanners.High
	}
	verb := "expires"
	if left <= 0 {
		verb = "expired"
	}
	hit.Message = fmt.Sprintf("%s (%s) %s on %s", whose, c.Subject, verb, c.NotAfter.Format(time.DateOnly))
	return []scanners.Hit{hit}
}
