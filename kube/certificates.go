package kube

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"time"

	"k8s.io/client-go/rest"
)

// Certificates are those of our own connection.
type Certificates struct {
	// Server is what the API server, or whatever stands before it, serves.
	Server *Certificate
	// Client is the kubeconfig's; nil where we prove by other means who we are.
	Client *Certificate
}

// Certificate is what is worth knowing of one.
type Certificate struct {
	Subject  string
	NotAfter time.Time
}

// readCertificates looks at the certificates on both ends of a connection.
func (c *Cluster) readCertificates(ctx context.Context) (Certificates, error) {
	ctx, cancel := context.WithTimeout(ctx, endpointTimeout)
	defer cancel()
	url, _, err := rest.DefaultServerUrlFor(c.Config)
	if err != nil {
		return Certificates{}, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url.JoinPath("version").String(), nil)
	if err != nil {
		return Certificates{}, err
	}
	response, err := c.http.Do(request)
	if err != nil {
		return Certificates{}, err
	}
	if err := response.Body.Close(); err != nil {
		return Certificates{}, err
	}
	if response.TLS == nil || len(response.TLS.PeerCertificates) == 0 {
		return Certificates{}, errors.New("the connection is not encrypted")
	}
	client, err := clientCertificate(c.Config)
	return Certificates{Server: certificate(response.TLS.PeerCertificates[0]), Client: client}, err
}

// clientCertificate reads the kubeconfig's, if it has one.
func clientCertificate(config *rest.Config) (*Certificate, error) {
	config = rest.CopyConfig(config)
	if err := rest.LoadTLSFiles(config); err != nil {
		return nil, fmt.Errorf("reading the client's certificate: %w", err)
	}
	block, _ := pem.Decode(config.CertData)
	if block == nil {
		return nil, nil
	}
	parsed, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("reading the client's certificate: %w", err)
	}
	return certificate(parsed), nil
}

func certificate(c *x509.Certificate) *Certificate {
	return &Certificate{Subject: Clean(c.Subject.String()), NotAfter: c.NotAfter.UTC()}
}

// settleCertificates makes them part of the Inventory.
func (col *collector) settleCertificates(ctx context.Context) {
	found, err := col.cluster.readCertificates(ctx)
	col.settle(TLSCertificates, batch{store: func(inv *Inventory) { inv.Certificates = found }}, col.gap(TLSCertificates, err))
}
