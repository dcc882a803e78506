package main

import "net"

const (
	serviceRange = "10.96.0.0/16"
	serviceIP    = "10.96.0.1" // the Service kubernetes.default
	podRange     = "10.244.0.0/16"
)

// strongCiphers are the TLS 1.2 suites that the CIS benchmark accepts.
const strongCiphers = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256," +
	"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"

// cluster is what the components' flags are made from.
type cluster struct {
	options
	ports *ports
	node  *node // nil without a real one
}

// server is the API server's URL.
func (c cluster) server() string { return "https://" + c.hostPort(c.ports.apiserver) }

// etcd is etcd's URL. The API server speaks plain HTTP to it, which the
// benchmark finds fault with, unless the cluster is hardened.
func (c cluster) etcd() string { return c.etcdScheme() + "://" + c.hostPort(c.ports.etcd) }

func (c cluster) etcdScheme() string {
	if c.hardened {
		return "https"
	}
	return "http"
}

func (c cluster) hostPort(port *reservedPort) string {
	return net.JoinHostPort(c.address, port.String())
}

func (c cluster) pki(file string) string { return c.path("pki", file) }

func (c cluster) etcdFlags() []string {
	peer := c.etcdScheme() + "://" + c.hostPort(c.ports.etcdPeer)
	flags := []string{
		"--name=testbed",
		"--data-dir=" + c.path("etcd"),
		"--listen-client-urls=" + c.etcd(),
		"--advertise-client-urls=" + c.etcd(),
		"--listen-peer-urls=" + peer,
		"--initial-advertise-peer-urls=" + peer,
		"--initial-cluster=testbed=" + peer,
		"--socket-reuse-port",
		"--unsafe-no-fsync", // nothing here needs to survive a power cut
		"--log-level=warn",
	}
	if c.hardened {
		flags = append(flags,
			"--client-cert-auth", "--trusted-ca-file="+c.pki("ca.crt"),
			"--cert-file="+c.pki("etcd.crt"), "--key-file="+c.pki("etcd.key"),
			"--peer-client-cert-auth", "--peer-trusted-ca-file="+c.pki("ca.crt"),
			"--peer-cert-file="+c.pki("etcd.crt"), "--peer-key-file="+c.pki("etcd.key"))
	}
	return flags
}

func (c cluster) apiserverFlags() []string {
	flags := []string{
		"--etcd-servers=" + c.etcd(),
		"--bind-address=" + c.address,
		"--advertise-address=" + c.address,
		"--secure-port=" + c.ports.apiserver.String(),
		"--permit-port-sharing",
		"--endpoint-reconciler-type=none", // refuses loopback addresses
		"--service-cluster-ip-range=" + serviceRange,
		"--authorization-mode=Node,RBAC",
		"--allow-privileged",
		"--client-ca-file=" + c.pki("ca.crt"),
		"--tls-cert-file=" + c.pki("apiserver.crt"),
		"--tls-private-key-file=" + c.pki("apiserver.key"),
		"--service-account-issuer=https://kubernetes.default.svc",
		"--service-account-key-file=" + c.pki("service-account.crt"),
		"--service-account-signing-key-file=" + c.pki("service-account.key"),
		"--requestheader-client-ca-file=" + c.pki("ca.crt"),
		"--requestheader-allowed-names=front-proxy-client", // and no other that the CA signed
		"--requestheader-username-headers=X-Remote-User",
		"--requestheader-group-headers=X-Remote-Group",
		"--requestheader-extra-headers-prefix=X-Remote-Extra-",
		"--proxy-client-cert-file=" + c.pki("front-proxy-client.crt"),
		"--proxy-client-key-file=" + c.pki("front-proxy-client.key"),
		"--kubelet-client-certificate=" + c.pki("apiserver-kubelet-client.crt"),
		"--kubelet-client-key=" + c.pki("apiserver-kubelet-client.key"),
		"--kubelet-preferred-address-types=InternalIP",
	}
	if !c.kubelets {
		// It taints each new Node as not ready, and only the node lifecycle
		// controller, which doesn't run, would take the taint away.
		flags = append(flags, "--disable-admission-plugins=TaintNodesByCondition")
	}
	if c.audit {
		flags = append(flags,
			"--audit-policy-file="+c.path("audit-policy.yaml"),
			"--audit-log-path="+c.path("logs", "audit.log"),
			"--audit-log-maxage=30", "--audit-log-maxbackup=10", "--audit-log-maxsize=100")
	}
	if c.encryption {
		flags = append(flags, "--encryption-provider-config="+c.path("encryption.yaml"))
	}
	if c.podSecurity != "" {
		flags = append(flags, "--admission-control-config-file="+c.admissionFile())
	}
	if c.hardened {
		flags = append(flags,
			"--anonymous-auth=false",
			"--profiling=false",
			"--enable-admission-plugins=NodeRestriction,DenyServiceExternalIPs",
			"--service-account-extend-token-expiration=false",
			"--event-ttl=24h",
			"--kubelet-certificate-authority="+c.pki("ca.crt"),
			"--etcd-cafile="+c.pki("ca.crt"),
			"--etcd-certfile="+c.pki("apiserver-etcd-client.crt"),
			"--etcd-keyfile="+c.pki("apiserver-etcd-client.key"),
			"--tls-min-version=VersionTLS12",
			"--tls-cipher-suites="+strongCiphers)
	}
	return flags
}

func (c cluster) controllerManagerFlags() []string {
	flags := append(c.clientFlags("controller-manager", c.ports.controllerManager),
		"--use-service-account-credentials",          // under RBAC most controllers need it
		"--kube-api-qps=500", "--kube-api-burst=500", // with the defaults, fetching those takes five seconds
		"--root-ca-file="+c.pki("ca.crt"),
		"--service-account-private-key-file="+c.pki("service-account.key"),
		"--cluster-signing-cert-file="+c.pki("ca.crt"),
		"--cluster-signing-key-file="+c.pki("ca.key"),
		"--service-cluster-ip-range="+serviceRange,
		"--cluster-cidr="+podRange,
		"--allocate-node-cidrs")
	switch {
	case c.still:
		flags = append(flags, "--controllers=serviceaccount-controller,serviceaccount-token-controller,root-ca-certificate-publisher-controller")
	case !c.kubelets:
		// Nodes made by hand have no kubelet that renews a lease; it would mark
		// them unreachable and evict their pods.
		flags = append(flags, "--controllers=*,-node-lifecycle-controller")
	}
	if c.hardened {
		flags = append(flags, "--profiling=false", "--terminated-pod-gc-threshold=1000")
	}
	return flags
}

func (c cluster) schedulerFlags() []string {
	flags := c.clientFlags("scheduler", c.ports.scheduler)
	if c.hardened {
		flags = append(flags, "--profiling=false")
	}
	return flags
}

// clientFlags are those that the controller manager and the scheduler share.
func (c cluster) clientFlags(name string, port *reservedPort) []string {
	kubeconfig := c.path(name + ".kubeconfig")
	return []string{
		"--kubeconfig=" + kubeconfig,
		"--authentication-kubeconfig=" + kubeconfig,
		"--authorization-kubeconfig=" + kubeconfig,
		"--client-ca-file=" + c.pki("ca.crt"),
		"--tls-cert-file=" + c.pki(name+".crt"),
		"--tls-private-key-file=" + c.pki(name+".key"),
		"--bind-address=" + c.address,
		"--secure-port=" + port.String(),
		"--permit-port-sharing",
		"--leader-elect=false",
	}
}
