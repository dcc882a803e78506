package network

import (
	"testing"

	"kiln/scanners"
	"kiln/scanners/scantest"
)

// TestIngressChecksDontPassBesideGateways: they judge one of two ways in.
func TestIngressChecksDontPassBesideGateways(t *testing.T) {
	const gateway = "---\n{apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: {name: public, namespace: shop}, spec: {listeners: [{name: http, protocol: HTTP, port: 80}]}}\n"
	const istios = "---\n{apiVersion: networking.istio.io/v1, kind: Gateway, metadata: {name: public, namespace: shop}}\n"
	const good = `rules: [{host: shop.example.com}], tls: [{hosts: [shop.example.com], secretName: t}]`
	checks := map[string]scanners.Check{}
	for _, c := range Checks(scanners.DefaultConfig()) {
		checks[c.ID] = c
	}
	const why = "1 Gateway of the Gateway API"
	for _, id := range []string{"network/ingress-no-tls", "network/ingress-wildcard", "network/ingress-host-conflict", "network/ingress-foreign-host"} {
		scantest.Judge(t, checks[id], []scantest.Verdict{
			{Name: "Ingresses alone", Objects: ingress("", good)},
			{Name: "and a Gateway", Objects: ingress("", good) + gateway, Unknown: why},
			{Name: "a Gateway alone", Objects: gateway, Unknown: why},
			{Name: "a Gateway of Istio's own API", Objects: ingress("", good) + istios},
		})
		if r := scanners.Evaluate([]scanners.Check{checks[id]}, scantest.Unread(t, ingress("", good)))[0]; r.Status != scanners.NotKnown {
			t.Errorf("%s is %s where not all could be read", id, r.Status)
		}
	}
	scantest.Judge(t, checks["network/ingress-no-tls"], []scantest.Verdict{
		{Name: "a finding stays", Objects: ingress("", `rules: [{host: shop.example.com}]`) + gateway, Unknown: why, Want: []string{"Ingress/i in shop | spec.tls | shop.example.com"}},
	})
	scantest.Judge(t, checks["network/ingress-snippets"], []scantest.Verdict{
		{Name: "has no counterpart there", Objects: gateway},
	})
}
