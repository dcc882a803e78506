package fixes

import (
	"fmt"
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"

	"kiln/kube"
	"kiln/scanners/flags"
	"kiln/scanners/rbac"
)

// dataManuals are about how secrets and volumes are kept.
func dataManuals() []manual {
	return []manual{
		{"data/secret-readers", "who from outside should read it is yours to say", (*guide).closeSecret},
		{"data/unused-secret", "what uses a Secret from outside of the cluster can't be seen", (*guide).deleteSecret},
		{"data/shared-secret-store", "which namespaces may use the store is yours to say", (*guide).narrowStore},
		{"data/encryption-at-rest", "the key lies in a file that the API server is started with", (*guide).encryptSecrets},
		{"data/etcd-tls", "etcd's settings stand where it is started, which the API doesn't reach", (*guide).etcdTLS},
		{"data/volume-unencrypted", "a storage class can't be changed, and its volumes have to be made anew", (*guide).encryptedClass},
		{"data/no-backup", "where backups go, and for how long, is yours to say", (*guide).backUp},
	}
}

// closeSecret takes the subjects from outside out of each binding.
func (g *guide) closeSecret() {
	ref := g.finding.Object
	g.say("Take those from outside who don't need it out of the bindings, one command for each:")
	for _, grant := range rbac.GraphOf(g.inv).Grants {
		binding := kube.RefOf(grant.Binding)
		if grant.Namespace != ref.Namespace || grant.Builtin || !fromOutside(grant) || !showsSecret(grant, ref.Name) {
			continue
		}
		at := fmt.Sprintf("/subjects/%d", grant.Index)
		g.patch(binding, PatchOperation{Op: "test", Path: at + "/name", Value: g.subjectName(grant)}, PatchOperation{Op: "remove", Path: at})
	}
	g.say("A second one of the same binding has moved up by one place by then: scan again for each.")
	g.say("Whoever needs this one Secret alone gets a Role for it by name:")
	role := "read-" + ref.Name
	g.run("kubectl create role %s -n %s --verb=get --resource=secrets --resource-name=%s", role, ref.Namespace, ref.Name)
	g.run("kubectl auth can-i get %s -n %s --as=system:serviceaccount:%s:default", "secrets/"+ref.Name, ref.Namespace, raw(quote(ref.Namespace)))
}

// subjectName is the subject's name as the binding writes it.
func (g *guide) subjectName(grant rbac.Grant) string {
	for _, b := range g.inv.RoleBindings {
		if b.Name == grant.Binding.GetName() && b.Namespace == grant.Binding.GetNamespace() && grant.Index < len(b.Subjects) {
			return b.Subjects[grant.Index].Name
		}
	}
	return grant.Subject.Name
}

func fromOutside(grant rbac.Grant) bool {
	everybody := []string{rbac.Authenticated, rbac.Unauthenticated, rbac.AllServiceAccounts, rbac.Anonymous}
	return grant.Subject.Kind == rbacv1.ServiceAccountKind && grant.Subject.Namespace != grant.Namespace || slices.Contains(everybody, grant.Subject.Name)
}

func showsSecret(grant rbac.Grant, name string) bool {
	return slices.ContainsFunc(grant.Rules, func(r rbac.Rule) bool {
		return slices.ContainsFunc([]string{"get", "list", "watch"}, func(verb string) bool {
			return r.Allows(rbac.Access{Verb: verb, Resource: "secrets", Name: name})
		})
	})
}

func (g *guide) deleteSecret() {
	ref := g.finding.Object
	g.say("See who wrote it, and when; somebody outside of the cluster may read it:")
	g.run("kubectl get %s -o jsonpath=%s --show-managed-fields", g.target(), `{.metadata.creationTimestamp}{range .metadata.managedFields[*]}{"\n"}{.manager} {.time}{end}{"\n"}`)
	g.say("Keep a copy where only you can read it, then delete it:")
	g.run("(umask 077; kubectl get %s -o yaml > %s)", g.target(), g.file(".yaml"))
	g.run("kubectl delete %s", g.target())
	g.say("If somebody misses it:")
	g.run("kubectl apply -n %s -f %s", ref.Namespace, g.file(".yaml"))
}

// narrowStore lets in the namespaces that use the store now.
func (g *guide) narrowStore() {
	name := g.finding.Object.Name
	label := "secret-store-" + name
	g.keepCopy()
	g.say("Label the namespaces that use it now:")
	g.run("for ns in $(kubectl get externalsecrets.external-secrets.io -A -o json | jq -r %s | sort -u); do kubectl label namespace \"$ns\" %s --overwrite; done",
		fmt.Sprintf(`.items[] | select(.spec.secretStoreRef.name == %q and .spec.secretStoreRef.kind == "ClusterSecretStore") | .metadata.namespace`, name), label+"=allowed")
	g.say("Take out those that shouldn't, then let in the labelled ones alone:")
	g.run("kubectl get namespaces -l %s", label+"=allowed")
	g.merge(g.finding.Object, map[string]any{"spec": map[string]any{"conditions": []any{
		map[string]any{"namespaceSelector": map[string]any{"matchLabels": map[string]any{label: "allowed"}}},
	}}})
	g.say("A SecretStore in each namespace, with credentials that open its own secrets alone, is better still.")
}

// encryptSecrets puts the key where kubeadm's manifest already mounts a folder.
func (g *guide) encryptSecrets() {
	const file = "/etc/kubernetes/pki/encryption.yaml"
	if provider, managed := kube.ProviderOf(g.inv.Source.Version, g.inv.Nodes); managed {
		g.say("%s keeps etcd: switch its encryption with a key of yours on in its settings, then write all Secrets anew:", provider.Name)
		g.run("kubectl get secrets -A -o json | kubectl replace -f -")
		return
	}
	g.say("On one control-plane node%s, as root, make a key, in a folder that the API server has mounted already (a KMS provider is better still):", g.controlPlane())
	g.run(`printf %s "$(head -c 32 /dev/urandom | base64)" > %s`, `apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n- resources: [secrets]\n  providers:\n  - secretbox:\n      keys:\n      - name: key1\n        secret: %s\n  - identity: {}\n`, file)
	g.run("chmod 600 %s", file)
	g.say("Copy it to the others, and keep it with your backups of etcd: without it they are worth nothing.")
	g.manifestFlags("kube-apiserver", flag{name: "encryption-provider-config", value: file}, flag{name: "encryption-provider-config-automatic-reload", value: "true"})
	g.say("Once all of them run with it, write all Secrets anew, which encrypts them:")
	g.run("until kubectl get --raw /readyz; do sleep 2; done")
	g.run("kubectl get secrets -A -o json | kubectl replace -f -")
	g.run("kiln scan --check data/encryption-at-rest")
}

func (g *guide) etcdTLS() {
	const pki = "/etc/kubernetes/pki/etcd/"
	clients := []flag{{name: "cert-file", value: pki + "server.crt"}, {name: "key-file", value: pki + "server.key"}}
	trusted := []flag{{name: "client-cert-auth", value: "true"}, {name: "trusted-ca-file", value: pki + "ca.crt"}}
	peers := []flag{{name: "peer-cert-file", value: pki + "peer.crt"}, {name: "peer-key-file", value: pki + "peer.key"}}
	trustedPeers := []flag{{name: "peer-client-cert-auth", value: "true"}, {name: "peer-trusted-ca-file", value: pki + "ca.crt"}}
	g.say("On each control-plane node%s, as root, make the certificates that are missing; those that are there stay:", g.controlPlane())
	for _, phase := range []string{"etcd-ca", "etcd-server", "etcd-peer", "apiserver-etcd-client"} {
		g.run("kubeadm init phase certs %s", phase)
	}
	g.say("Keep a backup before etcd is restarted:")
	if g.finding.Object.Kind == "Pod" {
		g.run("kubectl exec %s -- etcdctl snapshot save /var/lib/etcd/before.db", g.target())
	} else {
		g.run("etcdctl snapshot save /root/etcd.db --endpoints=%s", strings.Join(flags.Of(g.inv, "etcd-servers").List(), ","))
	}
	switch g.finding.Key {
	case "etcd-servers":
		g.manifestFlags("etcd", slices.Concat(clients, trusted, []flag{{name: "listen-client-urls", value: strings.Join(g.httpsServers(), ",")}, {name: "advertise-client-urls", value: strings.Join(g.httpsServers(), ",")}})...)
		g.apiServerFlags(flag{name: "etcd-servers", value: strings.Join(g.httpsServers(), ",")}, flag{name: "etcd-cafile", value: pki + "ca.crt"},
			flag{name: "etcd-certfile", value: "/etc/kubernetes/pki/apiserver-etcd-client.crt"}, flag{name: "etcd-keyfile", value: "/etc/kubernetes/pki/apiserver-etcd-client.key"})
		return
	case "cert-file":
		g.manifestFlags("etcd", clients...)
	case "client-cert-auth":
		g.manifestFlags("etcd", trusted...)
	case "auto-tls":
		g.manifestFlags("etcd", append(clients, flag{name: "auto-tls", drop: true})...)
	case "peer-cert-file":
		g.manifestFlags("etcd", peers...)
	case "peer-client-cert-auth":
		g.manifestFlags("etcd", trustedPeers...)
	case "peer-auto-tls":
		g.manifestFlags("etcd", append(peers, flag{name: "peer-auto-tls", drop: true})...)
	}
	g.run("kiln scan --check data/etcd-tls")
}

func (g *guide) httpsServers() []string {
	var servers []string
	for _, server := range flags.Of(g.inv, "etcd-servers").List() {
		servers = append(servers, strings.Replace(server, "http://", "https://", 1))
	}
	return servers
}

// encryptedClass makes a second class, and makes it the default if the first
// was.
func (g *guide) encryptedClass() {
	ref := g.finding.Object
	name := ref.Name + "-encrypted"
	g.say("A class beside it, with encryption; the provisioner's default key is used unless you name one:")
	g.run("kubectl get %s -o json | jq %s | kubectl apply -f -", g.target(), fmt.Sprintf(
		`del(.metadata.uid, .metadata.resourceVersion, .metadata.creationTimestamp, .metadata.managedFields, .metadata.annotations["kubectl.kubernetes.io/last-applied-configuration"]) | .metadata.name = %q | .parameters[%q] = "true"`,
		name, g.finding.Key))
	for _, class := range g.inv.StorageClasses {
		if class.Name == ref.Name && class.Annotations["storageclass.kubernetes.io/is-default-class"] == "true" {
			g.say("The old one was the default, and no longer should be:")
			g.run("kubectl annotate %s storageclass.kubernetes.io/is-default-class=false --overwrite", g.target())
		}
	}
	g.say("Volumes of the old class stay as they are. For each of these claims, make one of the new class, and move the data while its workload is stopped:")
	for _, claim := range g.inv.PersistentVolumeClaims {
		if class := claim.Spec.StorageClassName; class != nil && *class == ref.Name {
			g.run("kubectl get %s", target(kube.RefOf(claim)))
		}
	}
	g.run("kubectl get pv -o json | jq -r %s", fmt.Sprintf(`.items[] | select(.spec.storageClassName == %q) | .metadata.name + " " + (.spec.claimRef.namespace // "") + "/" + (.spec.claimRef.name // "")`, ref.Name))
}

func (g *guide) backUp() {
	ref := g.finding.Object
	switch {
	case ref.Kind == "Schedule":
		g.say("See why its backups fail, or why there are none:")
		g.run("velero schedule describe %s -n %s", ref.Name, ref.Namespace)
		g.run("kubectl get backups.velero.io -n %s -l %s --sort-by=.metadata.creationTimestamp", ref.Namespace, "velero.io/schedule-name="+ref.Name)
		g.run("velero backup-location get -n %s", ref.Namespace)
		g.run("kubectl logs deployment/velero -n %s --since=24h", ref.Namespace)
		g.say("Once that is mended, make one now:")
		g.run("velero backup create --from-schedule %s -n %s --wait", ref.Name, ref.Namespace)
	case g.finding.Key == "velero":
		g.say("A backup of everything each night, kept for a month, and the first one now:")
		g.run("velero schedule create nightly --schedule='0 2 * * *' --ttl 720h")
		g.run("velero backup create --from-schedule nightly --wait")
	default:
		g.say("Velero: write the bucket, its provider's plugin and credentials into the values, then install it with them:")
		g.run("helm repo add vmware-tanzu https://vmware-tanzu.github.io/helm-charts")
		g.run("helm show values vmware-tanzu/velero > velero-values.yaml")
		g.run("${EDITOR:-vi} velero-values.yaml")
		g.run("helm upgrade --install velero vmware-tanzu/velero -n velero --create-namespace -f velero-values.yaml")
		g.say("A backup of everything each night, kept for a month, and the first one now:")
		g.run("velero schedule create nightly --schedule='0 2 * * *' --ttl 720h")
		g.run("velero backup create --from-schedule nightly --wait")
	}
	g.say("A backup counts once it has been restored. Try it beside the original:")
	if namespaces := g.claimNamespaces(); len(namespaces) > 0 {
		g.run("velero restore create --from-schedule %s --include-namespaces %s --namespace-mappings %s --wait", g.schedule(), namespaces[0], namespaces[0]+":"+namespaces[0]+"-restored")
	} else {
		g.run("velero backup get")
	}
}

func (g *guide) schedule() string {
	if g.finding.Object.Kind == "Schedule" {
		return g.finding.Object.Name
	}
	return "nightly"
}

// claimNamespaces are those that keep data on volumes.
func (g *guide) claimNamespaces() []string {
	var names []string
	for _, claim := range g.inv.PersistentVolumeClaims {
		names = append(names, claim.Namespace)
	}
	slices.Sort(names)
	return slices.Compact(names)
}
