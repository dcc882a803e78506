package fixes

import (
	"fmt"
	"strings"
)

// imageManuals are about where an image comes from, and which one it is.
func imageManuals() []manual {
	return []manual{
		{"pod/image-latest", "which version it should be is yours to say", (*guide).pinVersion},
		{"pod/registry", "an image has to be in the other registry before a pod can use it", (*guide).copyImage},
	}
}

// image is that of the finding's container, as it is written.
func (g *guide) image() string {
	for _, w := range g.inv.Workloads {
		if w.Ref() != g.finding.Object {
			continue
		}
		for _, c := range w.Containers() {
			if c.Name == g.finding.Container {
				return c.Image
			}
		}
	}
	return ""
}

// setImage is kubectl set image for the finding's container: pods take it, too.
func (g *guide) setImage(image string) {
	g.run("kubectl set image %s %s", g.target(), g.finding.Container+"="+image)
}

func (g *guide) pinVersion() {
	image := g.image()
	if image == "" {
		g.run("kubectl edit %s", g.target())
		return
	}
	repository := strings.TrimSuffix(image, ":latest")
	g.say("The versions there are:")
	g.run("crane ls %s", repository)
	digests := runningDigests(g.inv, g.finding.Object, g.finding.Container)
	g.keepCopy()
	if len(digests) == 1 {
		g.say("First of all, hold on to what runs now; a version's tag with its digest is better to read:")
		g.setImage(repository + "@" + digests[0])
		return
	}
	g.say("First of all, hold on to what the tag means today; a version's tag with its digest is better to read:")
	g.run("kubectl set image %s %s\"$(crane digest %s)\"", g.target(), g.finding.Container+"="+repository+"@", image)
}

// copyImage brings the image to the registry that most others come from.
func (g *guide) copyImage() {
	image := g.image()
	registry := g.usualRegistry(registryOf(image))
	if image == "" || registry == "" {
		g.say("No other workload shows which registry is allowed; it stands in kiln's configuration. Copy the image there and use it:")
		g.run("kubectl edit %s", g.target())
		return
	}
	path := image
	if first, rest, found := strings.Cut(image, "/"); found && registryOf(image) == first {
		path = rest
	}
	g.say("Copy the image to %s, which most others come from, where it can be scanned and is there to stay:", registry)
	g.run("crane copy %s %s", image, registry+"/"+path)
	g.keepCopy()
	g.setImage(registry + "/" + path)
	g.say("The namespace may need credentials to pull from there (imagePullSecrets).")
	g.run("kubectl get pods -n %s", g.finding.Object.Namespace)
}

// registryOf is the host that an image comes from.
func registryOf(image string) string {
	first, _, found := strings.Cut(image, "/")
	if !found || !strings.ContainsAny(first, ".:") && first != "localhost" {
		return "docker.io"
	}
	return first
}

// usualRegistry is the one that most images of the cluster come from, but for
// one.
func (g *guide) usualRegistry(except string) string {
	counts := map[string]int{}
	for _, w := range g.inv.Workloads {
		for _, c := range w.Containers() {
			if from := registryOf(c.Image); from != except && !strings.HasSuffix(from, "k8s.io") {
				counts[from]++
			}
		}
	}
	usual := ""
	for registry, n := range counts {
		if n > counts[usual] || n == counts[usual] && registry < usual {
			usual = registry
		}
	}
	return usual
}

// importManuals are about what other tools have found.
func importManuals() []manual {
	return []manual{
		{"import/kube-bench", "kube-bench's advice is for the files of a node", (*guide).askKubeBench},
		{"import/policy-report", "the rule is the policy's: its author knows how to comply", (*guide).brokenRule},
		{"import/trivy", "what Trivy reports is in the image, or in a setting that it names", (*guide).trivyReport},
	}
}

func (g *guide) askKubeBench() {
	target, number, _ := strings.Cut(g.finding.Key, " ")
	g.say("On the machine that it was run on, as root; what is to be done stands under Remediations:")
	g.run("kube-bench run --targets %s --check %s", target, number)
	g.say("Once that is done, import its results anew:")
	g.run("kube-bench run --targets %s --json > kube-bench.json", target)
	g.run("kiln scan --import kube-bench.json --check import/kube-bench")
}

func (g *guide) brokenRule() {
	policy, _, _ := strings.Cut(g.finding.Key, "/")
	g.say("What the rule wants:")
	g.run("kubectl get clusterpolicies,policies,validatingpolicies -A -o json | jq %s", fmt.Sprintf(`.items[] | select(.metadata.name == %q) | .spec`, policy))
	g.say("What the object says; change it where it is kept, or here:")
	g.run("kubectl get %s -o yaml", g.target())
	g.run("kubectl edit %s", g.target())
}

func (g *guide) trivyReport() {
	ref := g.finding.Object
	labels := fmt.Sprintf("trivy-operator.resource.kind=%s,trivy-operator.resource.name=%s", ref.Kind, ref.Name)
	where := raw(inNamespace(ref))
	g.say("The whole report, with the versions that mend it:")
	g.run("kubectl get vulnerabilityreports,configauditreports,exposedsecretreports%s -l %s -o yaml", where, labels)
	if image := g.image(); image != "" {
		g.say("For what is in the image: build or pull one with the fixed versions, look at it, and use it:")
		g.run("trivy image --severity HIGH,CRITICAL --ignore-unfixed %s", image)
		g.run("kubectl edit %s", g.target())
		return
	}
	g.say("For a setting, change it where it is kept, or here:")
	g.run("kubectl edit %s", g.target())
}
