// Package api holds the checks of the API layer: who may do what, what the
// API server admits, and how it is set up.
package api

import (
	"embed"
	"slices"

	"kiln/scanners"
)

//go:embed *.md
var lessons embed.FS

// Introduction tells what the layer is about, in Markdown.
func Introduction() string { return scanners.LayerIntroduction(lessons) }

// Checks are all checks of the layer.
func Checks(cfg scanners.Config) []scanners.Check {
	tools := cfg.AllTools()
	return scanners.WithLessons(lessons, slices.Concat(
		[]scanners.Check{
			clusterAdmin(),
			systemMasters(),
			anonymousBinding(),
			authenticatedBinding(),
			defaultAccountRights(),
			takeoverPath(),
			rbacWildcard(),
			rbacEscalate(),
			rbacImpersonate(),
			rbacCSRApprove(),
			rbacDangling(),
		},
		rights(),
		[]scanners.Check{
			psaMissing(),
			noPolicyEngine(tools),
			webhookFailOpen(),
			noQuota(),
			noLimitRange(),
			outdatedVersion(),
			publicEndpoint(),
			certificates(),
			tiller(),
			deprecatedAPI(),
			authentication(),
			anonymousAccess(),
			flagInsecurePort(),
			flagAuthorizationMode(),
			flagAdmissionPlugins(),
			flagTokenAuthFile(),
			flagKubeletClientCertificate(),
			flagKubeletCertificateAuthority(),
			flagServiceAccountLookup(),
			flagServiceAccountExtendTokenExpiration(),
			flagServiceAccountKeyFile(),
			flagServingCertificate(),
			flagClientCA(),
			flagEtcdCertificates(),
			flagTLSCipherSuites(),
			flagExternalIPs(),
			flagAlwaysPullImages(),
			flagEventRateLimit(),
			flagRequestTimeout(),
			flagProfiling(),
		},
		controllerFlags(),
	))
}
