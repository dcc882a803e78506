package fixes

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"kiln/kube"
)

// asDeployment makes a Deployment of a bare pod: what the API server has added
// is left out.
const asDeployment = `{apiVersion: "apps/v1", kind: "Deployment", metadata: {name: .metadata.name, namespace: .metadata.namespace}, ` +
	`spec: {replicas: 1, selector: {matchLabels: {"app.kubernetes.io/name": .metadata.name}}, template: {` +
	`metadata: {labels: ((.metadata.labels // {}) + {"app.kubernetes.io/name": .metadata.name})}, ` +
	`spec: (.spec | del(.nodeName, .serviceAccount, .restartPolicy, .ephemeralContainers) ` +
	`| .volumes |= ((. // []) | map(select(.name | startswith("kube-api-access-") | not))) ` +
	`| .containers |= map(.volumeMounts |= ((. // []) | map(select(.name | startswith("kube-api-access-") | not)))))}}}`

func (g *guide) adopt() {
	g.say("If nobody needs it any more, keep a copy and delete it:")
	g.run("kubectl get %s -o yaml > %s", g.target(), g.file(".yaml"))
	g.run("kubectl delete %s", g.target())
	g.say("If it should run on, let a Deployment have it; look at what comes out before you apply it:")
	deployment := fileFor(kube.Ref{Kind: "Deployment", Name: g.finding.Object.Name}, ".json")
	g.run("kubectl create --dry-run=client -f %s -o json | jq %s > %s", g.file(".yaml"), asDeployment, deployment)
	g.run("kubectl apply --dry-run=server -f %s", deployment)
	g.run("kubectl apply -f %s", deployment)
}

// recreateWith edits the saved copy of an object that can't be changed while
// it exists; false for all others.
func (g *guide) recreateWith(what string) bool {
	if templatePath(g.finding.Object.Kind) != nil {
		return false
	}
	g.say("It can't be changed while it exists. Edit %s in the copy (%s), then let it take the old one's place:", g.finding.Path, what)
	g.run("${EDITOR:-vi} %s", g.file(".yaml"))
	g.run("kubectl replace --force -f %s", g.file(".yaml"))
	return true
}

// replacePod lets the pod's controller make a new one.
func (g *guide) replacePod() {
	ref := g.finding.Object
	for _, pod := range g.inv.Pods {
		if kube.RefOf(pod) == ref && metav1.GetControllerOf(pod) != nil {
			g.say("Its controller starts a new one, without the debug container:")
			g.run("kubectl delete %s", g.target())
			return
		}
	}
	g.say("Nothing else would start it again, so make it anew from a copy of itself:")
	g.run("kubectl get %s -o json | jq %s > %s", g.target(), "del(.spec.ephemeralContainers, .status)", g.file(".json"))
	g.run("kubectl replace --force -f %s", g.file(".json"))
}
