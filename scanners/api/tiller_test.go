package api

import (
	"testing"

	"kiln/scanners/scantest"
)

func TestTiller(t *testing.T) {
	workload := func(image string) string {
		return "{apiVersion: apps/v1, kind: Deployment, metadata: {name: d, namespace: kube-system}, spec: {template: {spec: {containers: [{name: c, image: '" + image + "'}]}}}}"
	}
	service := func(name, selector string) string {
		return "{apiVersion: v1, kind: Service, metadata: {name: " + name + ", namespace: kube-system}, spec: {selector: {" + selector + "}, ports: [{port: 44134}]}}"
	}
	at := []string{"Deployment/d in kube-system | spec.template.spec.containers[0].image"}
	scantest.Judge(t, tiller(), []scantest.Verdict{
		{Name: "Helm's own", Objects: workload("gcr.io/kubernetes-helm/tiller:v2.16.1"), Want: at},
		{Name: "a copy, by digest", Objects: workload("registry.example:5000/mirror/tiller@sha256:aaaa"), Want: at},
		{Name: "another with such a name", Objects: workload("registry.example/tools/tiller-ui:1")},
		{Name: "the service", Objects: service("tiller-deploy", "app: helm, name: tiller"), Want: []string{"Service/tiller-deploy in kube-system | spec.selector"}},
		{Name: "another service", Objects: service("farm", "app: helm")},
	})
}
