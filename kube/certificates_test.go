package kube_test

import (
	"testing"
	"time"

	"kiln/kube"
	"kiln/kube/kubetest"
)

func TestCertificatesOfTheConnection(t *testing.T) {
	cluster := connect(t, kubetest.Cluster(t).Kubeconfig())
	inv, err := kube.Collect(t.Context(), cluster, kube.CollectOptions{Only: []kube.Resource{kube.TLSCertificates}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if gap, ok := inv.Gap(kube.TLSCertificates); ok || !inv.Settled(kube.TLSCertificates) {
		t.Fatalf("gap: %+v", gap)
	}
	server := inv.Certificates.Server
	if server == nil || server.Subject == "" || server.NotAfter.Before(time.Now()) {
		t.Errorf("server: %+v", server)
	}
	t.Logf("server %+v, client %+v", server, inv.Certificates.Client)
}
