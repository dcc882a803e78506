package kubetest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"path/filepath"
	"testing"
	"time"

	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
)

// writeIdentity writes a kubeconfig with a new client certificate. Its context
// is named like the admin's.
func (c *Testbed) writeIdentity(t testing.TB, name string, groups []string, namespace string) string {
	t.Helper()
	certificate, key, err := c.signClient(pkix.Name{CommonName: name, Organization: groups})
	if err != nil {
		t.Fatalf("making a certificate for %s: %v", name, err)
	}
	config, err := clientcmd.LoadFromFile(c.Kubeconfig())
	if err != nil {
		t.Fatalf("reading the admin's kubeconfig: %v", err)
	}
	config.AuthInfos = map[string]*api.AuthInfo{name: {ClientCertificateData: certificate, ClientKeyData: key}}
	context := config.Contexts[config.CurrentContext]
	context.AuthInfo, context.Namespace = name, namespace
	path := filepath.Join(t.TempDir(), "kubeconfig")
	if err := clientcmd.WriteToFile(*config, path); err != nil {
		t.Fatalf("writing the kubeconfig of %s: %v", name, err)
	}
	return path
}

// signClient issues a client certificate from the cluster's authority, and
// returns it and its key in PEM.
func (c *Testbed) signClient(subject pkix.Name) (certificate, key []byte, err error) {
	ca, err := tls.LoadX509KeyPair(filepath.Join(c.dir, "pki", "ca.crt"), filepath.Join(c.dir, "pki", "ca.key"))
	if err != nil {
		return nil, nil, fmt.Errorf("reading the cluster's CA: %w", err)
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, nil, fmt.Errorf("choosing a serial number: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber: serial,
		Subject:      subject,
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(24 * time.Hour),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("generating a key: %w", err)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, ca.Leaf, private.Public(), ca.PrivateKey)
	if err != nil {
		return nil, nil, fmt.Errorf("signing: %w", err)
	}
	key, err = encodeKey(private)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), key, err
}

func encodeKey(key crypto.PrivateKey) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("encoding a key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}
