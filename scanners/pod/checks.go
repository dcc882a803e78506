// Package pod holds the checks of the pod layer: what pods, and the templates
// of every workload, ask for beyond what they need.
package pod

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
	return scanners.WithLessons(lessons, []scanners.Check{
		privileged(),
		hostNetwork(),
		hostPID(),
		hostIPC(),
		hostPath(),
		hostPathWritable(),
		hostPort(),
		hostProcess(),
		hostProbes(),
		hostUsers(),
		runtimeSocket(),
		capabilitiesAdded(),
		capabilitiesNotDropped(),
		capabilitySysAdmin(),
		capabilityNetRaw(),
		privilegeEscalation(),
		runAsRoot(),
		rootGroup(),
		lowUID(),
		seccomp(),
		seccompUnconfined(),
		appArmor(),
		seLinux(),
		procMount(),
		sysctls(),
		volumeTypes(),
		writableRootfs(),
		shareProcessNamespace(),
		automountToken(),
		defaultServiceAccount(),
		imageLatest(),
		imageDigest(),
		imagePullPolicy(),
		registry(cfg.Registries),
		sudoOrSSHD(),
		cpuLimit(),
		cpuRequest(),
		memoryLimit(),
		memoryRequest(),
		nakedPod(),
		defaultNamespace(),
		kubeSystemWorkload(),
		noOwnerLabel(cfg.OwnerLabels),
		ephemeralLeftBehind(),
		windowsSelector(),
	})
}
