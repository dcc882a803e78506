package main

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"os"
)

// auditPolicy records who did what to which object, but no bodies: they may
// hold secrets.
const auditPolicy = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: None
  nonResourceURLs: [/healthz*, /livez*, /readyz*, /version]
- level: None
  resources:
  - group: coordination.k8s.io
    resources: [leases]
- level: Metadata
`

// encryptionFormat takes a base64 key of 32 bytes.
const encryptionFormat = `apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
- resources: [secrets]
  providers:
  - secretbox:
      keys:
      - name: testbed
        secret: %s
  - identity: {}
`

// admissionFormat takes the level to enforce. The system's own namespace is
// exempt, as it must be where the control plane runs as pods.
const admissionFormat = `apiVersion: apiserver.config.k8s.io/v1
kind: AdmissionConfiguration
plugins:
- name: PodSecurity
  configuration:
    apiVersion: pod-security.admission.config.k8s.io/v1
    kind: PodSecurityConfiguration
    defaults:
      enforce: %s
      enforce-version: latest
      audit: restricted
      audit-version: latest
      warn: restricted
      warn-version: latest
    exemptions:
      namespaces: [kube-system]
`

// writeConfigs writes the configuration files that the API server's flags name.
func (c cluster) writeConfigs() error {
	files := map[string]string{}
	if c.audit {
		files["audit-policy.yaml"] = auditPolicy
	}
	if c.encryption {
		key := make([]byte, 32)
		rand.Read(key) // never fails
		files["encryption.yaml"] = fmt.Sprintf(encryptionFormat, base64.StdEncoding.EncodeToString(key))
	}
	if podSecurityLevels[c.podSecurity] {
		files["admission.yaml"] = fmt.Sprintf(admissionFormat, c.podSecurity)
	}
	for name, content := range files {
		if err := os.WriteFile(c.path(name), []byte(content), 0o600); err != nil {
			return fmt.Errorf("configuring the API server: %w", err)
		}
	}
	return nil
}

// admissionFile is the AdmissionConfiguration: ours for a level, else the
// user's own.
func (c cluster) admissionFile() string {
	if podSecurityLevels[c.podSecurity] {
		return c.path("admission.yaml")
	}
	return c.podSecurity
}
