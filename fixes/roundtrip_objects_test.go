package fixes

import (
	"testing"
)

// objectLives are those of findings on services, namespaces, ingresses and
// what keeps data.
func objectLives() []life {
	const (
		rule = `{host: %, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}`
		pods = `{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {replicas: 1, selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: "example.test/web:1"}]}}}}`
	)
	return []life{
		{
			name: "claimed addresses", check: "network/external-ips", object: "Service/web",
			manifest: `{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {selector: {app: web}, externalIPs: [203.0.113.7], ports: [{port: 80}]}}`,
			changed:  "Service/web", field: []string{"spec", "externalIPs"}, want: "",
		},
		{
			name: "only private networks", check: "network/public-loadbalancer", object: "Service/web",
			manifest: `{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80}]}}`,
			changed:  "Service/web", field: []string{"spec", "loadBalancerSourceRanges"}, want: `["10.0.0.0/8","172.16.0.0/12","192.168.0.0/16"]`,
		},
		{
			name: "no load balancer", check: "network/public-loadbalancer", object: "Service/web", answers: Answers{"how": "cluster-ip"},
			manifest: `{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80}]}}`,
			changed:  "Service/web", field: []string{"spec", "type"}, want: `"ClusterIP"`,
		},
		{
			name: "a dashboard on the nodes", check: "network/exposed-dashboard", object: "Service/hubble-ui",
			manifest: `{apiVersion: v1, kind: Service, metadata: {name: hubble-ui}, spec: {type: NodePort, selector: {app: web}, ports: [{port: 80}]}}`,
			changed:  "Service/hubble-ui", field: []string{"spec", "type"}, want: `"ClusterIP"`,
		},
		{
			name: "beside hostile text", check: "network/exposed-dashboard", object: "Service/hubble-ui",
			manifest: `{apiVersion: v1, kind: Service, metadata: {name: hubble-ui, annotations: {note: "\u009b2J \u001b[31m \u0085 \u202e \ufeff"}}, spec: {type: NodePort, selector: {app: web}, ports: [{port: 80}]}}`,
			changed:  "Service/hubble-ui", field: []string{"spec", "type"}, want: `"ClusterIP"`,
		},
		{
			name: "no quota", check: "api/no-quota", object: "Namespace/NAMESPACE",
			manifest: pods + `
---
{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {type: NodePort, selector: {app: web}, ports: [{port: 80}]}}`,
			changed: "Namespace/NAMESPACE", field: []string{"kind"}, want: `"Namespace"`,
		},
		{
			name: "no limit range", check: "api/no-limit-range", object: "Namespace/NAMESPACE", manifest: pods,
			changed: "Namespace/NAMESPACE", field: []string{"kind"}, want: `"Namespace"`,
		},
		{
			name: "no policy", check: "network/no-policy", object: "Namespace/NAMESPACE", manifest: pods, answers: Answers{"how": "both"},
			changed: "Namespace/NAMESPACE", field: []string{"kind"}, want: `"Namespace"`,
		},
		{
			name: "from anywhere", check: "network/allow-all", object: "NetworkPolicy/open", key: "ingress",
			manifest: `{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: open}, spec: {podSelector: {}, policyTypes: [Ingress, Egress], ingress: [{}], egress: [{}]}}`,
			changed:  "NetworkPolicy/open", field: []string{"spec", "ingress"}, want: `[{"from":[{"podSelector":{}}]}]`,
		},
		{
			name: "to anywhere, and no more", check: "network/allow-all", object: "NetworkPolicy/open", key: "egress", answers: Answers{"how": "nothing"},
			manifest: `{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: open}, spec: {podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: 53}], to: [{podSelector: {}}]}, {}]}}`,
			changed:  "NetworkPolicy/open", field: []string{"spec", "egress"}, want: `[{"ports":[{"port":53,"protocol":"TCP"}],"to":[{"podSelector":{}}]}]`,
		},
		{
			name: "the cloud's credentials", check: "network/metadata-egress", object: "Namespace/NAMESPACE", also: []string{"NetworkPolicy/out"},
			manifest: pods + `
---
{apiVersion: v1, kind: Node, metadata: {name: cloud-NAMESPACE}, spec: {providerID: "aws:///a/i-1"}}
---
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: out}, spec: {podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 169.254.0.0/16}}, {podSelector: {}}]}]}}`,
			changed: "NetworkPolicy/out", field: []string{"spec", "egress"}, want: `[{"to":[{"ipBlock":{"cidr":"169.254.0.0/16","except":["169.254.169.254/32"]}},{"podSelector":{}}]}]`,
		},
		{
			name: "the cloud's credentials, without a policy", check: "network/metadata-egress", object: "Namespace/NAMESPACE",
			manifest: pods + `
---
{apiVersion: v1, kind: Node, metadata: {name: cloud-NAMESPACE}, spec: {providerID: "aws:///a/i-1"}}`,
			changed: "Namespace/NAMESPACE", field: []string{"kind"}, want: `"Namespace"`,
		},
		{
			name: "a typing error", check: "network/dangling-policy", object: "NetworkPolicy/w",
			manifest: pods + `
---
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: w}, spec: {podSelector: {matchLabels: {app: wbe}}, policyTypes: [Ingress]}}`,
			changed: "NetworkPolicy/w", field: []string{"spec", "podSelector"}, want: `{"matchLabels":{"app":"web"}}`,
		},
		{
			name: "a certificate that another ingress has", check: "network/ingress-no-tls", object: "Ingress/plain", key: "a.corp.test",
			manifest: `{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: safe}, spec: {tls: [{hosts: ["*.corp.test"], secretName: corp-tls}], rules: [` + at(rule, "b.corp.test") + `]}}
---
{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: plain}, spec: {rules: [` + at(rule, "a.corp.test") + `]}}`,
			changed: "Ingress/plain", field: []string{"spec", "tls"}, want: `[{"hosts":["a.corp.test"],"secretName":"corp-tls"}]`,
		},
		{
			name: "a rule for every host beside others", check: "network/ingress-wildcard", object: "Ingress/open", key: "*.corp.test",
			manifest: `{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: open}, spec: {rules: [` + at(rule, `"*.corp.test"`) + `, ` + at(rule, "a.corp.test") + `]}}`,
			changed:  "Ingress/open", field: []string{"spec", "rules", "0", "host"}, want: `"a.corp.test"`,
		},
		{
			name: "the host that it is for", check: "network/ingress-wildcard", object: "Ingress/open", answers: Answers{"host": "a.corp.test"},
			manifest: `{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: open}, spec: {rules: [` + at(rule, `""`) + `]}}`,
			changed:  "Ingress/open", field: []string{"spec", "rules", "0", "host"}, want: `"a.corp.test"`,
		},
		{
			name: "whose it is", check: "pod/no-owner-label", object: "Deployment/api", answers: Answers{"owner": "team-a", "label": "owner"},
			manifest: workload("Deployment", "", "", ""), changed: "Deployment/api", field: []string{"metadata", "labels"}, want: `{"owner":"team-a"}`,
		},
		{
			name: "a token that never expires", check: "data/legacy-token-secret", object: "Secret/token",
			manifest: `{apiVersion: v1, kind: Secret, metadata: {name: token, annotations: {kubernetes.io/service-account.name: default}}, type: kubernetes.io/service-account-token}`,
			changed:  "Secret/token", field: []string{"metadata", "annotations", "kubernetes.io/service-account.name"}, want: `"default"`,
		},
		{
			name: "a variable of a ConfigMap", check: "data/secret-in-configmap", object: "ConfigMap/conf",
			manifest: workload("Deployment", "", "volumes: [{name: conf, configMap: {name: conf, defaultMode: 256}}],",
				`env: [{name: PASS, valueFrom: {configMapKeyRef: {name: conf, key: DB_PASSWORD}}}], envFrom: [{configMapRef: {name: conf}, prefix: X_}, {configMapRef: {name: other, optional: true}}]`) + `
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: conf}, data: {DB_PASSWORD: ` + literal + `, LOG: debug}}`,
			changed: "Deployment/api", field: inPodSpec("containers", "1"), also: []string{"Deployment/api"},
			want: `{"env":[{"name":"PASS","valueFrom":{"secretKeyRef":{"key":"DB_PASSWORD","name":"conf-secret"}}}],` +
				`"envFrom":[{"configMapRef":{"name":"conf"},"prefix":"X_"},{"prefix":"X_","secretRef":{"name":"conf-secret"}},{"configMapRef":{"name":"other","optional":true}}],` +
				`"image":"example.test/api:1","imagePullPolicy":"IfNotPresent","name":"api","resources":{},"terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File"}`,
		},
		{
			name: "a file of a ConfigMap", check: "data/secret-in-configmap", object: "ConfigMap/conf",
			manifest: workload("Deployment", "", "volumes: [{name: conf, configMap: {name: conf, defaultMode: 256, items: [{key: app.properties, path: a.conf}, {key: LOG, path: log}]}}],", "") + `
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: conf}, data: {app.properties: "theme=blue\ndb.password=` + literal + `\n", LOG: debug}}`,
			changed: "Deployment/api", field: inPodSpec("volumes"), also: []string{"Deployment/api"},
			want: `[{"name":"conf","projected":{"defaultMode":256,"sources":[{"configMap":{"items":[{"key":"LOG","path":"log"}],"name":"conf"}},` +
				`{"secret":{"items":[{"key":"app.properties","path":"a.conf"}],"name":"conf-secret"}}]}}]`,
		},
		{
			name: "a variable from a Secret", check: "data/secret-env-ref", object: "Deployment/api", key: "DB_PASSWORD",
			manifest: workload("Deployment", "", "", `env: [{name: DB_PASSWORD, valueFrom: {secretKeyRef: {name: db, key: password}}}, {name: LOG, value: debug}]`),
			changed:  "Deployment/api", field: inPodSpec("containers", "1", "env", "0"), want: `{"name":"DB_PASSWORD_FILE","value":"/run/secrets/kiln/password"}`,
		},
		{
			name: "a password in an annotation", check: "data/sensitive-label", object: "ConfigMap/conf",
			manifest: `{apiVersion: v1, kind: ConfigMap, metadata: {name: conf, annotations: {corp.test/admin-password: ` + literal + `, corp.test/note: hello}}, data: {a: b}}`,
			changed:  "ConfigMap/conf", field: []string{"metadata", "annotations", "corp.test/admin-password"}, want: "",
		},
		{
			name: "a password in a template's annotation", check: "data/sensitive-label", object: "Deployment/web",
			manifest: `{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}, annotations: {corp.test/admin-password: ` + literal + `}}, spec: {containers: [{name: web, image: "example.test/web:1"}]}}}}`,
			changed:  "Deployment/web", field: []string{"spec", "template", "metadata", "annotations"}, want: "",
		},
		{
			name: "data that goes with its claim", check: "data/volume-reclaim-delete", object: "PersistentVolume/pv-NAMESPACE",
			manifest: `{apiVersion: v1, kind: PersistentVolume, metadata: {name: pv-NAMESPACE}, spec: {storageClassName: none, capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], persistentVolumeReclaimPolicy: Delete, claimRef: {namespace: gone, name: gone}, csi: {driver: x.test, volumeHandle: v}}}`,
			changed:  "PersistentVolume/pv-NAMESPACE", field: []string{"spec", "persistentVolumeReclaimPolicy"}, want: `"Retain"`,
		},
	}
}

// at writes a host into a rule.
func at(rule, host string) string {
	for i := range rule {
		if rule[i] == '%' {
			return rule[:i] + host + rule[i+1:]
		}
	}
	return rule
}

// Every recipe for services, namespaces, ingresses and data does what it says,
// the finding is gone, and undo brings the first state back.
func TestObjectFixAndUndo(t *testing.T) {
	t.Parallel()
	for _, l := range objectLives() {
		t.Run(l.check+", "+l.name, l.lived)
	}
}
