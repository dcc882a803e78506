package api

import (
	"fmt"
	"slices"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/flags"
)

func flagAdmissionPlugins() scanners.Check {
	return flagCheck{
		id: "api/flag-admission-plugins", title: "An admission plugin that protects the cluster is off",
		severity: scanners.High, references: []string{"CIS 1.2.10", "CIS 1.2.12", "CIS 1.2.13", "CIS 1.2.14", "C-0122", "C-0125", "C-0126", "C-0127", "KCV0011", "KCV0014", "KCV0015", "KCV0016"},
		faults: admissionFaults,
	}.check()
}

// admissionFaults looks at plugins that are on by default, and may have been
// turned off, and at the one that has to be turned on.
func admissionFaults(inv *kube.Inventory) []fault {
	enabled := flags.Of(inv, "enable-admission-plugins").List()
	disabled := flags.Of(inv, "disable-admission-plugins").List()
	var faults []fault
	if slices.Contains(enabled, "AlwaysAdmit") {
		faults = append(faults, fault{key: "AlwaysAdmit", message: "names AlwaysAdmit in --enable-admission-plugins: remove it"})
	}
	if !slices.Contains(enabled, "NodeRestriction") {
		faults = append(faults, fault{key: "NodeRestriction", message: "lets each kubelet change any node and pod: add NodeRestriction to --enable-admission-plugins"})
	}
	for _, plugin := range []string{"ServiceAccount", "NamespaceLifecycle", "PodSecurity", "ValidatingAdmissionPolicy", "MutatingAdmissionPolicy", "ValidatingAdmissionWebhook", "MutatingAdmissionWebhook"} {
		if slices.Contains(disabled, plugin) {
			faults = append(faults, fault{key: plugin, message: fmt.Sprintf("turns the admission plugin %s off: remove it from --disable-admission-plugins", plugin)})
		}
	}
	return faults
}
