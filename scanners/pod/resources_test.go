package pod

import (
	"testing"

	"kiln/scanners"
)

// limitRange gives the containers of a namespace what the item says.
func limitRange(namespace, item string) string {
	return "{apiVersion: v1, kind: LimitRange, metadata: {name: defaults, namespace: " + namespace + "}, spec: {limits: [" + item + "]}}\n---\n"
}

func TestResources(t *testing.T) {
	bare := pod(`{containers: [{name: a}]}`)
	for _, r := range []struct {
		check                                scanners.Check
		field, message                       string
		ownLimit, ownRequest, podLimit, rang bool
	}{
		{check: cpuLimit(), field: "limits.cpu", message: "has no cpu limit", ownLimit: true, podLimit: true},
		{check: memoryLimit(), field: "limits.memory", message: "has no memory limit", ownLimit: true, podLimit: true},
		{check: cpuRequest(), field: "requests.cpu", message: "has no cpu request", ownLimit: true, ownRequest: true, podLimit: true, rang: true},
		{check: memoryRequest(), field: "requests.memory", message: "has no memory request", ownLimit: true, ownRequest: true, podLimit: true, rang: true},
	} {
		missing := []string{"spec.containers[0].resources." + r.field + `: container "a" ` + r.message}
		unless := func(covered bool) []string {
			if covered {
				return none
			}
			return missing
		}
		const both = "{cpu: 1, memory: 1Gi}"
		run(t, r.check,
			is("nothing set", bare, missing),
			is("own limits, which are requests too", pod(`{containers: [{name: a, resources: {limits: `+both+`}}]}`), unless(r.ownLimit)),
			is("own requests", pod(`{containers: [{name: a, resources: {requests: `+both+`}}]}`), unless(r.ownRequest)),
			is("limits of the whole pod", pod(`{resources: {limits: `+both+`}, containers: [{name: a}]}`), unless(r.podLimit)),
			is("defaults of the namespace", limitRange("default", "{type: Container, default: "+both+"}")+bare, none),
			is("default requests alone", limitRange("default", "{type: Container, defaultRequest: "+both+"}")+bare, unless(r.rang)),
			is("a maximum is a default", limitRange("default", "{type: Container, max: "+both+"}")+bare, none),
			is("a minimum is a default request", limitRange("default", "{type: Container, min: "+both+"}")+bare, unless(r.rang)),
			is("a maximum for pods is none", limitRange("default", "{type: Pod, max: "+both+"}")+bare, missing),
			is("defaults of another namespace", limitRange("other", "{type: Container, default: "+both+"}")+bare, missing),
			is("ephemeral containers can't have any", pod(`{containers: [{name: a, resources: {limits: `+both+`}}], ephemeralContainers: [{name: b}]}`), none),
		)
	}
}
