package api

import (
	"strings"
	"testing"

	"kiln/kube"
	"kiln/scanners/scantest"
)

func object(apiVersion, kind string) string {
	return "---\n{apiVersion: " + apiVersion + ", kind: " + kind + ", metadata: {name: x, namespace: shop}}\n"
}

func TestVersionsThatGo(t *testing.T) {
	written := func(by, removed string) func(*kube.Inventory) {
		return func(inv *kube.Inventory) {
			inv.OldVersions = []kube.OldVersion{{Object: inv.Namespaces[0], APIVersion: "example/v1beta1", Writer: by, Lifecycle: kube.Lifecycle{Removed: removed}}}
		}
	}
	at := func(key string) []string { return []string{"Namespace/shop | apiVersion | example/v1beta1" + key} }
	scantest.Judge(t, deprecatedAPI(), []scantest.Verdict{
		{Name: "removed long ago", Files: true, Objects: object("networking.k8s.io/v1beta1", "Ingress"), Want: []string{"Ingress/x in shop | apiVersion | networking.k8s.io/v1beta1 | medium"}},
		{Name: "a kind that is gone as well", Files: true, Objects: object("policy/v1beta1", "PodSecurityPolicy"), Want: []string{"PodSecurityPolicy/x in shop | apiVersion | policy/v1beta1 | medium"}},
		{Name: "the version of today", Files: true, Objects: object("networking.k8s.io/v1", "Ingress")},
		{Name: "still to come", Objects: shop, Change: written("helm", "1.38"), Want: at("helm")},
		{Name: "gone, and written so once", Objects: shop, Change: written("helm", "1.22")},
		{Name: "gone, and still in a repository", Objects: shop, Change: written(lastApply, "1.22"), Want: at(lastApply)},
	})
}

func TestAdviceNamesTheReplacement(t *testing.T) {
	hits := deprecatedAPI().Find(scantest.Files(t, object("extensions/v1beta1", "Ingress"))).Hits
	if len(hits) != 1 || !strings.HasSuffix(hits[0].Message, "which Kubernetes has not served since 1.22: write networking.k8s.io/v1 Ingress") {
		t.Errorf("hits: %+v", hits)
	}
}
