package api

import (
	"testing"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/scantest"
)

// apiServer sets flags as /flagz tells them.
func apiServer(pairs map[string]string) func(*kube.Inventory) {
	return func(inv *kube.Inventory) { inv.APIServer = kube.APIServer{From: "/flagz", Flags: pairs} }
}

type pairs = map[string]string

func TestFlags(t *testing.T) {
	const at = "APIServer/kube-apiserver | spec.containers[0].command"
	bad := []string{at}
	for _, tt := range []struct {
		check   scanners.Check
		name    string
		flags   pairs
		want    []string
		unknown string
	}{
		{flagProfiling(), "default", pairs{}, bad, ""},
		{flagProfiling(), "off", pairs{"profiling": "false"}, nil, ""},
		{flagTokenAuthFile(), "set", pairs{"token-auth-file": "/etc/tokens.csv"}, bad, ""},
		{flagTokenAuthFile(), "empty in flagz", pairs{"token-auth-file": ""}, nil, ""},
		{flagAuthorizationMode(), "good", pairs{"authorization-mode": "[Node,RBAC]"}, nil, ""},
		{flagAuthorizationMode(), "good in a static pod", pairs{"authorization-mode": "Node,RBAC,Webhook"}, nil, ""},
		{flagAuthorizationMode(), "default", pairs{}, []string{at + " | AlwaysAllow"}, ""},
		{flagAuthorizationMode(), "open at the end", pairs{"authorization-mode": "RBAC,AlwaysAllow"}, []string{at + " | AlwaysAllow"}, ""},
		{flagAuthorizationMode(), "no Node", pairs{"authorization-mode": "RBAC"}, []string{at + " | Node | medium"}, ""},
		{flagAuthorizationMode(), "a file", pairs{"authorization-config": "/etc/authz.yaml"}, nil, "--authorization-config"},
		{flagAdmissionPlugins(), "good", pairs{"enable-admission-plugins": "[NodeRestriction]", "disable-admission-plugins": "[]"}, nil, ""},
		{flagAdmissionPlugins(), "default", pairs{}, []string{at + " | NodeRestriction"}, ""},
		{flagAdmissionPlugins(), "bad", pairs{"enable-admission-plugins": "AlwaysAdmit,NodeRestriction", "disable-admission-plugins": "PodSecurity,MutatingAdmissionPolicy,DefaultTolerationSeconds"}, []string{at + " | AlwaysAdmit", at + " | PodSecurity", at + " | MutatingAdmissionPolicy"}, ""},
		{flagKubeletCertificateAuthority(), "default", pairs{}, bad, ""},
		{flagKubeletCertificateAuthority(), "set", pairs{"kubelet-certificate-authority": "/ca.crt"}, nil, ""},
		{flagKubeletClientCertificate(), "half", pairs{"kubelet-client-certificate": "/c.crt"}, bad, ""},
		{flagKubeletClientCertificate(), "whole", pairs{"kubelet-client-certificate": "/c.crt", "kubelet-client-key": "/c.key"}, nil, ""},
		{flagServiceAccountLookup(), "default", pairs{}, nil, ""},
		{flagServiceAccountLookup(), "off", pairs{"service-account-lookup": "false"}, bad, ""},
		{flagServiceAccountExtendTokenExpiration(), "default", pairs{}, bad, ""},
		{flagServiceAccountExtendTokenExpiration(), "off", pairs{"service-account-extend-token-expiration": "false"}, nil, ""},
		{flagTLSCipherSuites(), "default", pairs{"tls-cipher-suites": "[]", "tls-min-version": ""}, nil, ""},
		{flagTLSCipherSuites(), "good", pairs{"tls-cipher-suites": "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "tls-min-version": "VersionTLS13"}, nil, ""},
		{flagTLSCipherSuites(), "weak", pairs{"tls-cipher-suites": "TLS_RSA_WITH_RC4_128_SHA,TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "tls-min-version": "VersionTLS10"},
			[]string{at + " | tls-min-version", at + " | TLS_RSA_WITH_RC4_128_SHA"}, ""},
		{flagTokenAuthFile(), "passwords", pairs{"basic-auth-file": "/etc/users.csv"}, []string{at + " | basic-auth-file"}, ""},
		{flagKubeletCertificateAuthority(), "no TLS", pairs{"kubelet-certificate-authority": "/ca.crt", "kubelet-https": "false"}, []string{at + " | kubelet-https | high"}, ""},
		{flagInsecurePort(), "default", pairs{}, nil, ""},
		{flagInsecurePort(), "closed", pairs{"insecure-port": "0", "secure-port": "6443"}, nil, ""},
		{flagInsecurePort(), "open", pairs{"insecure-port": "8080", "insecure-bind-address": "0.0.0.0"}, []string{at + " | insecure-port", at + " | insecure-bind-address"}, ""},
		{flagInsecurePort(), "no TLS", pairs{"secure-port": "0"}, []string{at + " | secure-port"}, ""},
		{flagServiceAccountKeyFile(), "default", pairs{}, bad, ""},
		{flagServiceAccountKeyFile(), "a file", pairs{"service-account-key-file": "[/sa.pub]"}, nil, ""},
		{flagServiceAccountKeyFile(), "a signer elsewhere", pairs{"service-account-signing-endpoint": "/run/signer.sock"}, nil, ""},
		{flagServingCertificate(), "half", pairs{"tls-cert-file": "/tls.crt"}, bad, ""},
		{flagServingCertificate(), "whole", pairs{"tls-cert-file": "/tls.crt", "tls-private-key-file": "/tls.key"}, nil, ""},
		{flagClientCA(), "default", pairs{}, bad, ""},
		{flagClientCA(), "set", pairs{"client-ca-file": "/ca.crt"}, nil, ""},
		{flagEtcdCertificates(), "in the clear, which is another check's", pairs{"etcd-servers": "[http://127.0.0.1:2379]"}, nil, ""},
		{flagEtcdCertificates(), "none", pairs{"etcd-servers": "https://10.0.0.1:2379"}, []string{at + " | etcd-certfile", at + " | etcd-cafile | medium"}, ""},
		{flagEtcdCertificates(), "all", pairs{"etcd-servers": "https://10.0.0.1:2379", "etcd-certfile": "/e.crt", "etcd-keyfile": "/e.key", "etcd-cafile": "/e-ca.crt"}, nil, ""},
		{flagExternalIPs(), "default", pairs{"enable-admission-plugins": "NodeRestriction"}, bad, ""},
		{flagExternalIPs(), "denied", pairs{"enable-admission-plugins": "[NodeRestriction,DenyServiceExternalIPs]"}, nil, ""},
		{flagAlwaysPullImages(), "kubelets see to it", pairs{}, nil, ""},
		{flagEventRateLimit(), "default", pairs{}, nil, ""},
		{flagEventRateLimit(), "none", pairs{"enable-priority-and-fairness": "false"}, bad, ""},
		{flagEventRateLimit(), "the plugin", pairs{"enable-priority-and-fairness": "false", "enable-admission-plugins": "EventRateLimit"}, nil, ""},
		{flagRequestTimeout(), "default", pairs{"request-timeout": "1m0s"}, nil, ""},
		{flagRequestTimeout(), "not in a static pod", pairs{}, nil, ""},
		{flagRequestTimeout(), "long", pairs{"request-timeout": "1h0m0s"}, bad, ""},
		{flagRequestTimeout(), "none", pairs{"request-timeout": "0s"}, bad, ""},
		{anonymousAccess(), "default", pairs{}, bad, ""},
		{anonymousAccess(), "off", pairs{"anonymous-auth": "false"}, nil, ""},
		{anonymousAccess(), "a file", pairs{"authentication-config": "/etc/authn.yaml"}, nil, "--authentication-config"},
	} {
		scantest.Judge(t, tt.check, []scantest.Verdict{{
			Name: tt.name, Objects: shop, Change: apiServer(tt.flags), Want: tt.want, Unknown: tt.unknown,
		}})
	}
}

func TestImagesOfOthersOnOldReleases(t *testing.T) {
	old := func(given pairs) func(*kube.Inventory) {
		return func(inv *kube.Inventory) {
			apiServer(given)(inv)
			inv.Source.Version = "v1.34.2-eks-1"
		}
	}
	scantest.Judge(t, flagAlwaysPullImages(), []scantest.Verdict{
		{Name: "no plugin", Objects: shop, Change: old(pairs{}), Want: []string{"APIServer/kube-apiserver | spec.containers[0].command"}},
		{Name: "the plugin", Objects: shop, Change: old(pairs{"enable-admission-plugins": "AlwaysPullImages"})},
	})
}

const staticPod = `
apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver, namespace: kube-system}
spec:
  containers:
  - name: kube-apiserver
    image: registry.k8s.io/kube-apiserver:v1.36.3
    command:
    - kube-apiserver
    - --authorization-mode=Node,RBAC
    - --profiling=true
`

func TestAStaticPodInManifestsIsPointedAt(t *testing.T) {
	inv := scantest.Files(t, staticPod)
	results := scanners.Evaluate([]scanners.Check{flagProfiling(), flagAuthorizationMode()}, inv)
	findings := results[0].Findings
	if len(findings) != 1 || findings[0].Object.Kind != "Pod" || findings[0].Source == nil || findings[0].Source.Line < 9 {
		t.Errorf("findings: %+v", findings)
	}
	if results[1].Status != scanners.Pass {
		t.Errorf("authorization: %s", results[1].Status)
	}
}

func TestFlagsThatNobodyShowsAreUnknown(t *testing.T) {
	for _, result := range scanners.Evaluate(Checks(scanners.DefaultConfig()), scantest.Files(t, shop)) {
		if len(result.Check.Needs) == 1 && result.Check.Needs[0] == kube.APIServerFlags && result.Status != scanners.NotKnown {
			t.Errorf("%s: %s", result.Check.ID, result.Status)
		}
	}
}
