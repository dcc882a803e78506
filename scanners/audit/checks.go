// Package audit holds the checks of the audit layer: whether what happens in
// the cluster is recorded, kept and looked at.
package audit

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
		auditDisabled(),
		auditRotation(),
		auditPolicyGaps(),
		noLogShipping(tools),
		noRuntimeDetection(tools),
		noMetrics(tools),
		noFlowLogs(tools),
		eventsShortLived(),
	})
}
