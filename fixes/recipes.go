package fixes

import "slices"

// Recipes lists what kiln can fix, in the order of the layers.
func Recipes() []Recipe {
	return slices.Concat(accessRecipes(), []Recipe{
		psaMissing(),
		noQuota(),
		noLimitRange(),

		noPolicy(),
		defaultDenyIngress(),
		defaultDenyEgress(),
		allowAll(),
		danglingPolicy(),
		metadataEgress(),
		nodePort(),
		publicLoadBalancer(),
		externalIPs(),
		ingressNoTLS(),
		ingressWildcard(),
		exposedDashboard(),

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
		noOwnerLabel(),

		secretInEnvLiteral(),
		secretInConfigMap(),
		secretEnvRef(),
		sensitiveLabel(),
		legacyTokenSecret(),
		volumeReclaimDelete(),
	})
}

// accessRecipes are those for roles and their bindings.
func accessRecipes() []Recipe {
	return append([]Recipe{
		clusterAdmin(),
		systemMasters(),
		anonymousBinding(),
		authenticatedBinding(),
		defaultAccountRights(),
		takeoverPath(),
		rbacWildcard(),
		rbacDangling(),
	}, rights()...)
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
