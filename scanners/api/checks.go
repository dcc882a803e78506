// Package api holds the checks of the API layer: who may do what, what the
// API server admits, and how it is set up.
package api

import (
	"embed"

	"kiln/scanners"
)

//go:embed *.md
var lessons embed.FS

// Checks are all checks of the layer.
func Checks() []scanners.Check {
	return scanners.WithLessons(lessons, []scanners.Check{
		clusterAdmin(),
		systemMasters(),
		anonymousBinding(),
		authenticatedBinding(),
		rbacWildcard(),
		rbacSecrets(),
		rbacExec(),
		rbacEscalate(),
		psaMissing(),
		outdatedVersion(),
	})
}
