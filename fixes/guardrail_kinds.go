package fixes

import (
	admissionv1 "k8s.io/api/admissionregistration/v1"

	"kiln/kube"
)

// guardedKinds are the kinds of objects that a rule judges, and what their
// expressions may use.
type guardedKinds struct {
	rules     []guardedResources
	variables []admissionv1.Variable
	// same is true of an update that leaves what is judged as it was. Objects
	// from before the guardrail can still be scaled, labelled and rolled back.
	same string
	// ofUsers leaves out what the control plane writes for itself.
	ofUsers bool
	// reads are where an inventory has the objects.
	reads   []kube.Resource
	objects func(*kube.Inventory) []guardedObject
}

// guardedObject is an object as the rule sees it. It is named as people know
// it: pods by what makes them.
type guardedObject struct {
	ref kube.Ref
	kube.Object
}

// guardedResources are resources of one API group.
type guardedResources struct {
	group, version string
	names          []string
}

// annotations is a variable, since an object may have none.
func annotations() admissionv1.Variable {
	return variable("annotations", `object.metadata.?annotations.orValue({})`)
}

func variable(name, expression string) admissionv1.Variable {
	return admissionv1.Variable{Name: name, Expression: expression}
}

// workloads are pods, and everything that has a template for them. dyn() keeps
// the API server from checking the expressions against each kind's own schema.
func workloads() guardedKinds {
	return guardedKinds{
		rules: []guardedResources{
			{group: "", version: "v1", names: []string{"pods", "pods/ephemeralcontainers", "replicationcontrollers"}},
			{group: "apps", version: "v1", names: []string{"deployments", "statefulsets", "daemonsets", "replicasets"}},
			{group: "batch", version: "v1", names: []string{"jobs", "cronjobs"}},
		},
		variables: podVariables(`object.kind == "Pod" ? dyn(object) : object.kind == "CronJob" ? dyn(object).spec.jobTemplate.spec.template : dyn(object).spec.template`),
		same: `object.kind == "Pod" ? dyn(object).spec == dyn(oldObject).spec
: object.kind == "CronJob" ? dyn(object).spec.jobTemplate == dyn(oldObject).spec.jobTemplate : dyn(object).spec.template == dyn(oldObject).spec.template`,
		reads: kube.WorkloadResources(),
		objects: func(inv *kube.Inventory) []guardedObject {
			var all []guardedObject
			for _, w := range inv.Workloads {
				if !w.EphemeralOnly {
					all = append(all, guardedObject{w.Ref(), templateObject(w)})
				}
			}
			return all
		},
	}
}

// pods are the pods alone, for what only they show. Of those that a controller
// makes, its template tells.
func pods() guardedKinds {
	return guardedKinds{
		rules:     []guardedResources{{group: "", version: "v1", names: []string{"pods"}}},
		variables: podVariables(`dyn(object)`),
		same:      `object.spec == oldObject.spec`,
		reads:     kube.WorkloadResources(),
		objects: func(inv *kube.Inventory) []guardedObject {
			var all []guardedObject
			for _, w := range inv.Workloads {
				if !w.EphemeralOnly {
					all = append(all, guardedObject{w.Ref(), podObject(w, inv.LimitRanges)})
				}
			}
			return all
		},
	}
}

// podVariables are what rules about pods use, given where the template is.
func podVariables(template string) []admissionv1.Variable {
	return []admissionv1.Variable{
		variable("template", template),
		variable("pod", `variables.template.spec`),
		variable("fixedContainers", `variables.pod.containers + variables.pod.?initContainers.orValue([])`),
		variable("containers", `variables.fixedContainers + variables.pod.?ephemeralContainers.orValue([])`),
		variable("contexts", `[variables.pod.?securityContext.orValue({})] + variables.containers.map(c, c.?securityContext.orValue({}))`),
		variable("volumes", `variables.pod.?volumes.orValue([])`),
		variable("podAnnotations", `variables.template.?metadata.?annotations.orValue({})`),
	}
}

func services() guardedKinds {
	return guardedKinds{
		rules:     []guardedResources{{group: "", version: "v1", names: []string{"services"}}},
		variables: []admissionv1.Variable{annotations()},
		same:      `object.spec == oldObject.spec && object.metadata.?annotations == oldObject.metadata.?annotations`,
		reads:     []kube.Resource{kube.Services},
		objects:   func(inv *kube.Inventory) []guardedObject { return objectsOf(inv.Services) },
	}
}

func ingresses() guardedKinds {
	return guardedKinds{
		rules:     []guardedResources{{group: "networking.k8s.io", version: "v1", names: []string{"ingresses"}}},
		variables: []admissionv1.Variable{annotations()},
		same:      `object.spec == oldObject.spec && object.metadata.?annotations == oldObject.metadata.?annotations`,
		reads:     []kube.Resource{kube.Ingresses},
		objects:   func(inv *kube.Inventory) []guardedObject { return objectsOf(inv.Ingresses) },
	}
}

func secrets() guardedKinds {
	return guardedKinds{
		rules: []guardedResources{{group: "", version: "v1", names: []string{"secrets"}}},
		same:  `object.?type == oldObject.?type`,
		reads: []kube.Resource{kube.Secrets},
		objects: func(inv *kube.Inventory) []guardedObject {
			var all []guardedObject
			for _, secret := range inv.Secrets {
				all = append(all, guardedObject{kube.RefOf(secret), secretObject(secret)})
			}
			return all
		},
	}
}

const rbacGroup = "rbac.authorization.k8s.io"

func roles() guardedKinds {
	return guardedKinds{
		rules:     []guardedResources{{group: rbacGroup, version: "v1", names: []string{"roles", "clusterroles"}}},
		variables: []admissionv1.Variable{variable("rules", `dyn(object).?rules.orValue([])`)},
		same:      `dyn(object).?rules == dyn(oldObject).?rules`,
		ofUsers:   true,
		reads:     []kube.Resource{kube.Roles, kube.ClusterRoles},
		objects: func(inv *kube.Inventory) []guardedObject {
			return append(objectsOf(inv.ClusterRoles), objectsOf(inv.Roles)...)
		},
	}
}

func bindings() guardedKinds {
	return guardedKinds{
		rules:     []guardedResources{{group: rbacGroup, version: "v1", names: []string{"rolebindings", "clusterrolebindings"}}},
		variables: []admissionv1.Variable{variable("subjects", `dyn(object).?subjects.orValue([])`)},
		same:      `dyn(object).?subjects == dyn(oldObject).?subjects`,
		ofUsers:   true,
		reads:     []kube.Resource{kube.RoleBindings, kube.ClusterRoleBindings},
		objects: func(inv *kube.Inventory) []guardedObject {
			return append(objectsOf(inv.ClusterRoleBindings), objectsOf(inv.RoleBindings)...)
		},
	}
}

func rolesAndBindings() guardedKinds {
	both, other := roles(), bindings()
	both.rules = append(both.rules, other.rules...)
	both.variables = append(both.variables, other.variables...)
	both.reads = append(both.reads, other.reads...)
	both.same += " && " + other.same
	ofRoles := both.objects
	both.objects = func(inv *kube.Inventory) []guardedObject { return append(ofRoles(inv), other.objects(inv)...) }
	// A role has no roleRef in its schema.
	both.variables = append(both.variables, variable("roleRef", `dyn(object).?roleRef.orValue({})`))
	return both
}

func objectsOf[T kube.Object](list []T) []guardedObject {
	all := make([]guardedObject, len(list))
	for i, obj := range list {
		all[i] = guardedObject{kube.RefOf(obj), obj}
	}
	return all
}
