package fixes

import "slices"

// Recipes lists what kiln can fix, in the order of the layers.
func Recipes() []Recipe {
	return []Recipe{
		psaMissing(),
		clusterAdmin(),
		anonymousBinding(),

		noPolicy(),
		defaultDenyIngress(),
		defaultDenyEgress(),
		nodePort(),

		privileged(),
		privilegeEscalation(),
		capabilitiesAdded(),
		capabilitySysAdmin(),
		capabilityNetRaw(),
		capabilitiesNotDropped(),
		seccomp(),
		seccompUnconfined(),
		hostNetwork(),
		hostPID(),
		hostIPC(),
		hostPort(),
		hostProbes(),
		hostUsers(),
		hostPath(),
		hostPathWritable(),
		shareProcessNamespace(),
		procMount(),
		sysctls(),
		appArmor(),
		seLinux(),
		runAsRoot(),
		writableRootfs(),
		automountToken(),
		defaultServiceAccount(),
		rootGroup(),
		imagePullPolicy(),
		imageDigest(),
		cpuLimit(),
		cpuRequest(),
		memoryLimit(),
		memoryRequest(),

		secretInEnvLiteral(),
	}
}

// recipeFor finds the recipe for a check.
func recipeFor(check string) (Recipe, bool) {
	recipes := Recipes()
	i := slices.IndexFunc(recipes, func(r Recipe) bool { return r.Check == check })
	if i < 0 {
		return Recipe{}, false
	}
	return recipes[i], true
}
