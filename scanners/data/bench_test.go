package data

import (
	"fmt"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"kiln/kube"
)

// BenchmarkSecretInConfigMap reads 2,000 ConfigMaps of a configuration file
// of about two kilobytes each.
func BenchmarkSecretInConfigMap(b *testing.B) {
	text := strings.Repeat("server:\n  port: 8080\n  address: 0.0.0.0\n  log-level: info\n  upstream: http://api.shop.svc:8080/v1\n  retries: 3\n", 16) + "  password: hunter2\n"
	inv := &kube.Inventory{}
	for i := range 2000 {
		cm := &corev1.ConfigMap{Data: map[string]string{"app.yaml": text, "mode": "fast"}}
		cm.Name = fmt.Sprint("c", i)
		inv.ConfigMaps = append(inv.ConfigMaps, cm)
	}
	check := secretInConfigMap()
	b.ReportAllocs()
	for b.Loop() {
		if n := len(check.Find(inv).Hits); n != 2000 {
			b.Fatalf("%d hits", n)
		}
	}
}
