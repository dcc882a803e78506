package fixes

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"kiln/scanners/releases"
)

// apiManuals are what the API server's admission, versions and addresses ask
// for, beyond its flags.
func apiManuals() []manual {
	return []manual{
		{"api/no-policy-engine", "which rules your cluster should keep is yours to say", (*guide).policyEngine},
		{"api/webhook-fail-open", "a webhook that is down and fails closed stops every new pod: that is for its owner to decide", (*guide).failClosed},
		{"api/outdated-version", "an upgrade is done where the control plane runs", (*guide).upgradeControlPlane},
		{"api/public-endpoint", "a firewall stands outside of the cluster", (*guide).closeEndpoint},
		{"api/certificates", "certificates are renewed where the key of their authority is", (*guide).renewCertificates},
		{"api/tiller", "its releases have to be taken over by Helm 3 first", (*guide).withoutTiller},
		{"api/deprecated-api", "the manifest has to change where it is kept, or it is applied as before", (*guide).newVersion},
	}
}

func (g *guide) policyEngine() {
	g.say("Kyverno, with the Pod Security rules that report at first and refuse nothing:")
	g.run("helm repo add kyverno https://kyverno.github.io/kyverno/")
	g.run("helm upgrade --install kyverno kyverno/kyverno -n kyverno --create-namespace")
	g.run("helm upgrade --install kyverno-policies kyverno/kyverno-policies -n kyverno --set podSecurityStandard=baseline --set validationFailureAction=Audit")
	g.say("See what they would refuse; kiln scan shows it, too:")
	g.run("kubectl get policyreports -A")
	g.say("Once that is mended, let them refuse:")
	g.run("helm upgrade kyverno-policies kyverno/kyverno-policies -n kyverno --reuse-values --set validationFailureAction=Enforce")
}

// failClosed sees first that the webhook answers.
func (g *guide) failClosed() {
	hook, _, ok := upTo(g.finding.Path, "webhooks")
	if !ok {
		g.run("kubectl edit %s", g.target())
		return
	}
	if namespace, service := g.webhookService(); service != "" {
		g.say("See first that it has more than one endpoint, or one node's end stops every new pod:")
		g.run("kubectl get endpointslices -n %s -l %s", namespace, "kubernetes.io/service-name="+service)
	}
	g.keepCopy()
	g.say("Let it fail closed:")
	g.patch(g.finding.Object,
		PatchOperation{Op: "test", Path: pointer(append(hook, "name")...), Value: g.finding.Key},
		PatchOperation{Op: "replace", Path: pointer(append(hook, "failurePolicy")...), Value: "Fail"})
	g.say("A new pod is still admitted, as the API server says without making one:")
	g.run("kubectl run admission-try --image=registry.k8s.io/pause:3.10 --restart=Never --dry-run=server")
}

// webhookService is the service behind the finding's webhook.
func (g *guide) webhookService() (namespace, name string) {
	for _, config := range g.inv.ValidatingWebhooks {
		for _, w := range config.Webhooks {
			if config.Name == g.finding.Object.Name && w.Name == g.finding.Key && w.ClientConfig.Service != nil {
				return w.ClientConfig.Service.Namespace, w.ClientConfig.Service.Name
			}
		}
	}
	for _, config := range g.inv.MutatingWebhooks {
		for _, w := range config.Webhooks {
			if config.Name == g.finding.Object.Name && w.Name == g.finding.Key && w.ClientConfig.Service != nil {
				return w.ClientConfig.Service.Namespace, w.ClientConfig.Service.Name
			}
		}
	}
	return "", ""
}

// upgradeControlPlane goes one minor release up: none may be left out.
func (g *guide) upgradeControlPlane() {
	var major, minor int
	if _, err := fmt.Sscanf(minorOf(g.inv.Source.Version), "%d.%d", &major, &minor); err != nil {
		g.run("kubeadm upgrade plan")
		return
	}
	next := fmt.Sprintf("%d.%d", major, minor+1)
	g.say("From %s one minor release after the other, %s first, up to %s. Look for APIs that go away, and have a backup of etcd:", g.inv.Source.Version, next, releases.Newest())
	g.run("kiln scan --check api/deprecated-api -A")
	g.say("On a control-plane node%s, as root:", g.controlPlane())
	g.run(`version="$(curl -sSL %s)"`, raw("https://dl.k8s.io/release/stable-"+next+".txt"))
	g.run("curl -sSLo /root/kubeadm \"https://dl.k8s.io/release/$version/bin/linux/$(dpkg --print-architecture)/kubeadm\"")
	g.run("chmod 755 /root/kubeadm")
	g.run("/root/kubeadm upgrade plan \"$version\"")
	g.run("/root/kubeadm upgrade apply \"$version\"")
	g.say("On the other control-plane nodes, with the same file:")
	g.run("/root/kubeadm upgrade node")
	g.say("Then the kubelets, node by node, until nothing is left of:")
	g.run("kiln scan --check node/kubelet-skew")
}

// closeEndpoint lets in the nodes, and whoever is logged in.
func (g *guide) closeEndpoint() {
	g.say("Managed clusters: switch the public endpoint off, or give it the networks that may connect, in the cluster's settings.")
	g.say("Your own: on each control-plane node%s, as root; keep the session open until a second one works:", g.controlPlane())
	g.run(`ufw allow from "${SSH_CLIENT%%%% *}" to any port 22 proto tcp`)
	g.run(`ufw allow from "${SSH_CLIENT%%%% *}" to any port 6443 proto tcp`)
	for _, n := range g.inv.Nodes {
		for _, address := range n.Status.Addresses {
			if address.Type == corev1.NodeInternalIP {
				g.run("ufw allow from %s", address.Address)
			}
		}
		for _, pods := range n.Spec.PodCIDRs {
			g.run("ufw allow from %s", pods)
		}
	}
	g.run("ufw default deny incoming")
	g.run("ufw enable")
	g.say("From anywhere else, see that it doesn't answer any more:")
	g.run("curl -k -m 5 %s", strings.TrimSuffix(g.inv.Source.Server, "/")+"/version")
}

func (g *guide) renewCertificates() {
	if g.finding.Key == "client" {
		g.say("The kubeconfig that you use has it. On a control-plane node%s, as root, for the admin's of kubeadm:", g.controlPlane())
		g.run("kubeadm certs check-expiration")
		g.run("kubeadm certs renew admin.conf")
		g.say("Take /etc/kubernetes/admin.conf over from there. Where somebody else signs your certificate, ask for a new one, and look when this one ends:")
		g.run("kubectl config view --raw --minify -o jsonpath='{.users[0].user.client-certificate-data}' | base64 -d | openssl x509 -noout -subject -enddate")
		return
	}
	g.say("On each control-plane node%s, as root:", g.controlPlane())
	g.run("kubeadm certs check-expiration")
	g.run("kubeadm certs renew apiserver")
	g.say("It is read at the next start: take the manifest away for half a minute.")
	g.run("mv /etc/kubernetes/manifests/kube-apiserver.yaml /root/")
	g.run("sleep 30")
	g.run("mv /root/kube-apiserver.yaml /etc/kubernetes/manifests/")
	g.run("until kubectl get --raw /readyz; do sleep 2; done")
}

// newVersion rewrites what kubectl has applied; others write their own.
func (g *guide) newVersion() {
	ref := g.finding.Object
	for _, old := range g.inv.OldVersions {
		if old.APIVersion+old.Writer != g.finding.Key || old.Object.GetName() != ref.Name || old.Object.GetNamespace() != ref.Namespace {
			continue
		}
		replacement, _, _ := strings.Cut(old.Replacement, " ") // the kind stands behind it
		switch {
		case replacement == "":
			g.say("Nothing replaces %s: what it is for has to be done in another way. See what it holds:", old.APIVersion)
			g.run("kubectl get %s -o yaml", g.target())
		case old.Writer == "kubectl apply":
			g.say("Take what was applied last, write it in the new version, and apply it; then change it where it is kept:")
			g.run("kubectl apply view-last-applied %s -o yaml > %s", g.target(), g.file(".yaml"))
			g.run("sed -i %s %s", "s#^apiVersion: "+old.APIVersion+"$#apiVersion: "+replacement+"#", g.file(".yaml"))
			g.run("kubectl apply --dry-run=server -f %s", g.file(".yaml"))
			g.run("kubectl apply -f %s", g.file(".yaml"))
		default:
			g.say("%s writes it as %s: upgrade it to a release that writes %s. Who else writes it:", old.Writer, old.APIVersion, replacement)
			g.run("kubectl get %s --show-managed-fields -o yaml", g.target())
		}
		return
	}
	g.run("kubectl get %s -o yaml", g.target())
}

// withoutTiller hands its releases to Helm 3, which needs no server.
func (g *guide) withoutTiller() {
	g.say("Which releases it keeps; each becomes one of Helm 3's, which changes nothing that runs:")
	g.run("helm plugin install https://github.com/helm/helm-2to3")
	g.run("kubectl get configmaps -n %s -l OWNER=TILLER -o jsonpath=%s", g.finding.Object.Namespace, `{range .items[*]}{.metadata.labels.NAME}{"\n"}{end}`)
	g.run("for release in $(kubectl get configmaps -n %s -l OWNER=TILLER -o jsonpath=%s | sort -u); do helm 2to3 convert \"$release\" --tiller-ns %s; done",
		g.finding.Object.Namespace, `{range .items[*]}{.metadata.labels.NAME}{"\n"}{end}`, g.finding.Object.Namespace)
	g.say("Once helm list -A shows them all, delete it:")
	g.keepCopy()
	g.run("kubectl delete %s", g.target())
}
