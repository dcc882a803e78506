// Package pod holds the checks of the pod layer: what pods, and the templates
// of every workload, ask for beyond what they need.
package pod

import (
	"embed"

	"kiln/scanners"
)

//go:embed *.md
var lessons embed.FS

// Checks are all checks of the layer.
func Checks() []scanners.Check {
	return scanners.WithLessons(lessons, []scanners.Check{
		privileged(),
		hostNetwork(),
		hostPID(),
		hostIPC(),
		hostPath(),
		hostPathWritable(),
		hostPort(),
		capabilitiesAdded(),
		capabilitiesNotDropped(),
		capabilitySysAdmin(),
		capabilityNetRaw(),
		privilegeEscalation(),
		runAsRoot(),
		seccomp(),
		seccompUnconfined(),
		writableRootfs(),
		automountToken(),
		defaultServiceAccount(),
		imageLatest(),
		imageDigest(),
		imagePullPolicy(),
		cpuLimit(),
		cpuRequest(),
		memoryLimit(),
		memoryRequest(),
	})
}
