package tui

import (
	"slices"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/kube"
	"kiln/scanners"
)

// lessonScenes are pictures of what teaches: lessons, and the guided path in
// each of its stages.
func lessonScenes() []scene {
	return []scene{
		{"lesson", "staging", func(_ *testing.T, a *App) { a.runCommand("learn privileged") }},
		{"path", "staging", func(_ *testing.T, a *App) {
			a.runCommand("learn path")
			a.path.Done["node"] = []string{string(readIt)}
			a.path.Done["api/cluster-admin"] = []string{string(readIt), string(findIt)}
			path := a.top().(*pathView)
			path.list()
			path.toNext(0)
		}},
		{"path-reset", "staging", func(_ *testing.T, a *App) { a.runCommand("learn path reset") }},
		{"path-introduction", "staging", func(_ *testing.T, a *App) { openPathStop(a, "pod", readIt) }},
		{"path-read", "staging", func(_ *testing.T, a *App) { openPathStop(a, "pod/privileged", readIt) }},
		{"path-find", "staging", func(_ *testing.T, a *App) {
			v := openPathStop(a, "pod/privileged", findIt)
			v.answer("svc/front")
			v.version++
		}},
		{"path-found", "staging", func(_ *testing.T, a *App) {
			v := openPathStop(a, "pod/privileged", findIt)
			v.answer("deploy/checkout -n shop")
			a.cancelTasks(nil)
		}},
		{"path-fixed", "staging", func(_ *testing.T, a *App) {
			v := openPathStop(a, "pod/privileged", fixIt)
			v.found = &scanners.Finding{ID: "fixed meanwhile"}
			v.said = "That's one."
		}},
		{"path-trial", "staging", func(_ *testing.T, a *App) { openPathStop(a, "pod/privileged", keepOut) }},
		{"path-let-in", "staging", func(_ *testing.T, a *App) {
			v := openPathStop(a, "pod/privileged", keepOut)
			v.bad = &unstructured.Unstructured{Object: map[string]any{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": map[string]any{"namespace": "shop", "name": "checkout"}}}
			v.attempts = []attempt{{what: "Deployment/checkout-copy in shop"}, {what: "Pod/checkout-copy in shop", problem: "the server didn't answer in time"}}
		}},
		{"path-refused", "staging", func(_ *testing.T, a *App) {
			openPathStop(a, "pod/privileged", keepOut).attempts = []attempt{
				{what: "Deployment/checkout-copy in shop", warnings: []string{"would violate PodSecurity \"baseline:latest\""}},
				{what: "Pod/checkout-copy in shop", refusal: &kube.Refusal{By: "PodSecurity", Name: "baseline:latest", Says: "privileged (container \"api\")"}},
			}
		}},
	}
}

// openPathStop shows the page of a check, or a layer, on the path, at a step.
func openPathStop(a *App, key string, step pathStep) *pathStopView {
	a.path = newPathProgress()
	v := pathStopOf(a, key)
	v.step = step
	v.enter()
	a.push(v)
	return v
}

// pathStopOf is the page of a check on the path.
func pathStopOf(a *App, key string) *pathStopView {
	stops := pathStops(a.snapshot, a.path, a.guardedChecks())
	i := slices.IndexFunc(stops, func(p pathStop) bool { return p.key() == key })
	return newPathStopView(a, stops[i])
}
