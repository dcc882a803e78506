package api

import (
	"testing"
	"time"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/scantest"
)

func TestCertificatesExpire(t *testing.T) {
	left := func(server, client time.Duration) func(*kube.Inventory) {
		return func(inv *kube.Inventory) {
			inv.Certificates.Server = &kube.Certificate{Subject: "CN=kube-apiserver", NotAfter: scantest.Today.Add(server)}
			if client != 0 {
				inv.Certificates.Client = &kube.Certificate{Subject: "CN=jane", NotAfter: scantest.Today.Add(client)}
			}
		}
	}
	const server, client = "APIServer/kube-apiserver | certificate.notAfter | server", "Cluster/cluster | certificate.notAfter | client"
	scantest.Judge(t, certificates(), []scantest.Verdict{
		{Name: "a year", Objects: shop, Change: left(365*day, 31*day)},
		{Name: "a month", Objects: shop, Change: left(30*day, 365*day), Want: []string{server}},
		{Name: "a week", Objects: shop, Change: left(365*day, 7*day), Want: []string{client + " | high"}},
		{Name: "expired", Objects: shop, Change: left(-day, -day), Want: []string{server + " | high", client + " | high"}},
		{Name: "a token instead", Objects: shop, Change: left(365*day, 0)},
	})
	if got := scanners.Evaluate([]scanners.Check{certificates()}, scantest.Files(t, shop))[0]; got.Status != scanners.NotKnown {
		t.Errorf("manifests: %s", got.Status)
	}
}
