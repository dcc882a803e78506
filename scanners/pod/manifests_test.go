package pod

import (
	"testing"

	"kiln/scanners"
	"kiln/scanners/scantest"
)

// pod, deployment and cronJob are manifests around a pod's spec in flow style.
func pod(spec string) string {
	return "{apiVersion: v1, kind: Pod, metadata: {name: web}, spec: " + spec + "}\n---\n"
}

func deployment(spec string) string {
	return "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {template: {spec: " + spec + "}}}\n---\n"
}

func cronJob(spec string) string {
	return "{apiVersion: batch/v1, kind: CronJob, metadata: {name: web}, spec: {jobTemplate: {spec: {template: {spec: " + spec + "}}}}}\n---\n"
}

// none are no findings.
var none []string

// is says in one line what a check finds in some manifests.
func is(name, manifests string, want []string) scantest.Case {
	return scantest.Case{Name: name, Manifests: manifests, Want: want}
}

func run(t *testing.T, check scanners.Check, cases ...scantest.Case) {
	t.Helper()
	scantest.Run(t, check, cases)
}
