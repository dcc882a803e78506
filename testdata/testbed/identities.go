package main

import "crypto/x509/pkix"

// writeIdentities writes the key pair of every component, the admin's, and the
// one that signs ServiceAccount tokens.
func writeIdentities(ca *authority, address string) error {
	identities := []struct {
		name    string
		subject pkix.Name
		serves  []string
	}{
		{"etcd", pkix.Name{CommonName: "etcd"}, []string{address}},
		{"apiserver", pkix.Name{CommonName: "kube-apiserver"}, []string{
			address, "127.0.0.1", "localhost", serviceIP,
			"kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local",
		}},
		{"apiserver-etcd-client", pkix.Name{CommonName: "kube-apiserver-etcd-client"}, nil},
		{"apiserver-kubelet-client", masters("kube-apiserver-kubelet-client"), nil},
		{"front-proxy-client", pkix.Name{CommonName: "front-proxy-client"}, nil},
		{"controller-manager", pkix.Name{CommonName: "system:kube-controller-manager"}, []string{address}},
		{"scheduler", pkix.Name{CommonName: "system:kube-scheduler"}, []string{address}},
		{"admin", masters("kubernetes-admin"), nil},
		{"reaper", masters("testbed-reaper"), nil},
		{"service-account", pkix.Name{CommonName: "service-accounts"}, nil},
	}
	for _, i := range identities {
		if err := ca.issue(i.name, i.subject, i.serves...); err != nil {
			return err
		}
	}
	return nil
}

// masters is a member of the group that RBAC can't restrict.
func masters(name string) pkix.Name {
	return pkix.Name{CommonName: name, Organization: []string{"system:masters"}}
}
