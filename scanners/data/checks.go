// Package data holds the checks of the data layer: secrets in the wrong
// place, and how they and the volumes are kept.
package data

import (
	"embed"

	"kiln/scanners"
)

//go:embed *.md
var lessons embed.FS

// Introduction tells what the layer is about, in Markdown.
func Introduction() string { return scanners.LayerIntroduction(lessons) }

// Checks are all checks of the layer.
func Checks(cfg scanners.Config) []scanners.Check {
	tools := cfg.AllTools()
	return scanners.WithLessons(lessons, []scanners.Check{
		secretInEnvLiteral(),
		secretInConfigMap(),
		secretEnvRef(),
		sensitiveLabel(),
		legacyTokenSecret(),
		secretReaders(),
		unusedSecret(),
		noExternalSecrets(tools),
		sharedSecretStore(),
		encryptionAtRest(),
		etcdTLS(),
		volumeUnencrypted(),
		volumeReclaimDelete(),
		noBackup(tools),
	})
}
