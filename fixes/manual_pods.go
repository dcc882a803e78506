package fixes

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"kiln/kube"
)

// podManuals are what only somebody can decide who knows the program.
func podManuals() []manual {
	return []manual{
		{"pod/volume-types", "only who knows the program can say where its data should lie", (*guide).otherVolume},
		{"pod/runtime-socket", "a program that talks to the runtime needs another way of doing its work", (*guide).withoutSocket},
		{"pod/host-process", "an agent of a Windows node can do its work in no other way", (*guide).noHostProcess},
		{"pod/low-uid", "the image's files belong to that user, so the image has to change with the pod", (*guide).highID},
		{"pod/sudo-or-sshd", "what the program starts is built into it", (*guide).plainProgram},
		{"pod/naked-pod", "what should own the pod is yours to say", (*guide).adopt},
		{"pod/default-namespace", "where it belongs is yours to say", (*guide).move},
		{"pod/kube-system-workload", "where it belongs is yours to say", (*guide).move},
		{"pod/ephemeral-left-behind", "a debug container can't be taken out of a pod; only a new pod is without it", (*guide).replacePod},
		{"pod/windows-selector", "whether its image runs on Linux or Windows can't be seen for sure", (*guide).chooseSystem},
	}
}

// otherVolume replaces the volume: by an empty folder, or by a claim.
func (g *guide) otherVolume() {
	at, _, ok := upTo(g.finding.Path, "volumes")
	ref, volume := g.finding.Object, g.finding.Key
	if !ok {
		g.run("kubectl edit %s", g.target())
		return
	}
	test := PatchOperation{Op: "test", Path: pointer(append(at, "name")...), Value: volume}
	replace := func(source map[string]any) PatchOperation {
		source["name"] = volume
		return PatchOperation{Op: "replace", Path: pointer(at...), Value: source}
	}
	claim := strings.ToLower(ref.Name + "-" + volume)
	g.keepCopy()
	if g.recreateWith(volume) {
		return
	}
	g.say("One of these. What lies in the volume today stays where it is: copy it first if it is needed.")
	g.say("For scratch files, an empty folder, gone with the pod:")
	g.patch(ref, test, replace(map[string]any{"emptyDir": map[string]any{}}))
	g.say("For data that must last, a claim:")
	g.run("echo %s | kubectl apply -f -", inJSON(claimOf(ref.Namespace, claim)))
	g.patch(ref, test, replace(map[string]any{"persistentVolumeClaim": map[string]any{"claimName": claim}}))
}

func claimOf(namespace, name string) map[string]any {
	return map[string]any{
		"apiVersion": "v1", "kind": "PersistentVolumeClaim",
		"metadata": map[string]any{"name": name, "namespace": namespace},
		"spec": map[string]any{
			"accessModes": []string{"ReadWriteOnce"}, "resources": map[string]any{"requests": map[string]any{"storage": "10Gi"}},
		},
	}
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

// withoutSocket takes the volume and its mounts out of the pod.
func (g *guide) withoutSocket() {
	at, _, ok := upTo(g.finding.Path, "volumes")
	g.say("For building images: BuildKit or Buildah without root, or a builder outside of the cluster. For metrics and logs of containers: the kubelet's own interfaces.")
	g.keepCopy()
	if !ok || g.recreateWith(g.finding.Key) {
		return
	}
	operations := []PatchOperation{{Op: "test", Path: pointer(append(at, "name")...), Value: g.finding.Key}}
	for _, w := range g.inv.Workloads {
		if w.Ref() == g.finding.Object && !w.EphemeralOnly {
			operations = append(operations, unmount(w, g.finding.Key)...)
		}
	}
	g.say("Once the program does without, take the socket from it:")
	g.patch(g.finding.Object, append(operations, PatchOperation{Op: "remove", Path: pointer(at...)})...)
}

// unmount removes a volume's mounts, the last one first, so that the places
// of those before stay right.
func unmount(w *kube.Workload, volume string) []PatchOperation {
	var operations []PatchOperation
	for _, c := range w.Containers() {
		for i := len(c.VolumeMounts) - 1; i >= 0; i-- {
			if c.VolumeMounts[i].Name == volume {
				at := pointer(pathElements(fmt.Sprintf("%s.volumeMounts[%d]", c.Path, i))...)
				operations = append(operations, PatchOperation{Op: "test", Path: at + "/name", Value: volume}, PatchOperation{Op: "remove", Path: at})
			}
		}
	}
	return operations
}

func (g *guide) noHostProcess() {
	g.keepCopy()
	if g.recreateWith("false") {
		return
	}
	g.say("If it isn't an agent of the node, make it a container like others; in the node's network it can't stay:")
	g.patch(g.finding.Object, PatchOperation{Op: "replace", Path: pointer(pathElements(g.finding.Path)...), Value: false})
	g.merge(g.finding.Object, nested(false, append(templatePath(g.finding.Object.Kind), "hostNetwork")...))
	g.say("If it is, keep it in a namespace of its own that nobody else may create pods in, and accept the finding there.")
}

func (g *guide) highID() {
	field := g.finding.Path[strings.LastIndex(g.finding.Path, ".")+1:]
	g.say("Build the image with the program's files owned by %d (in its Dockerfile: USER %d:%d), and then:", nobodyInParticular, nobodyInParticular, nobodyInParticular)
	g.keepCopy()
	if g.recreateWith(fmt.Sprint(nobodyInParticular)) {
		return
	}
	g.patch(g.finding.Object, PatchOperation{Op: "replace", Path: pointer(pathElements(g.finding.Path)...), Value: nobodyInParticular})
	if field == "runAsUser" {
		g.say("Its volumes still hold the old user's files; this gives them a group that the new one is in:")
		g.merge(g.finding.Object, nested(nobodyInParticular, append(templatePath(g.finding.Object.Kind), "securityContext", "fsGroup")...))
	}
	g.run("kubectl rollout status %s --timeout=5m", g.target())
}

func (g *guide) plainProgram() {
	path := pathElements(g.finding.Path)
	g.say("This is how it starts now:")
	g.run("kubectl get %s -o jsonpath=%s", g.target(), "{."+jsonPath(path)+"}")
	g.keepCopy()
	ports, _, isPort := upTo(g.finding.Path, "ports")
	switch {
	case g.recreateWith("without " + g.finding.Key):
	case isPort:
		g.say("To get a shell, kubectl exec and kiln debug need no server in the pod. Close the port:")
		g.patch(g.finding.Object,
			PatchOperation{Op: "test", Path: pointer(append(ports, "containerPort")...), Value: 22},
			PatchOperation{Op: "remove", Path: pointer(ports...)})
	default:
		g.say("Start the program itself, as the user that it should run as (securityContext.runAsUser), not through %s:", g.finding.Key)
		g.run("kubectl edit %s", g.target())
	}
}

// jsonPath writes a path as kubectl takes it.
func jsonPath(elements []string) string {
	var b strings.Builder
	for i, e := range elements {
		switch {
		case strings.Trim(e, "0123456789") == "":
			b.WriteString("[" + e + "]")
			continue
		case i > 0:
			b.WriteString(".")
		}
		b.WriteString(escapedKey(e))
	}
	return b.String()
}

// escapedKey keeps the dots of a key together.
func escapedKey(key string) string { return strings.ReplaceAll(key, ".", `\.`) }

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

// move makes the workload anew in a namespace of its own.
func (g *guide) move() {
	ref := g.finding.Object
	namespace := g.freeNamespace(ref.Name)
	g.say("Into a namespace of its own, here %s. What it refers to has to be there first: its ServiceAccount, ConfigMaps, Secrets and claims.", namespace)
	g.run("kubectl create namespace %s", namespace)
	for _, need := range g.needs() {
		g.run("kubectl get %s -o json | jq %s | kubectl apply -f -", target(need), moved(namespace))
	}
	g.say("Then the workload itself, and once it runs there the old one goes (a Service in front of it has to move, too):")
	g.run("kubectl get %s -o json | jq %s > %s", g.target(), moved(namespace), g.file(".json"))
	g.run("kubectl apply --dry-run=server -f %s", g.file(".json"))
	g.run("kubectl apply -f %s", g.file(".json"))
	g.run("kubectl get pods -n %s", namespace)
	g.run("kubectl delete %s", g.target())
}

// moved takes an object to another namespace, without what the API server
// keeps about it.
func moved(namespace string) string {
	return fmt.Sprintf(`del(.metadata.uid, .metadata.resourceVersion, .metadata.creationTimestamp, .metadata.managedFields, .metadata.ownerReferences, `+
		`.metadata.annotations["kubectl.kubernetes.io/last-applied-configuration"], .status, .spec.nodeName, .spec.clusterIP, .spec.clusterIPs) | .metadata.namespace = %q`, namespace)
}

func (g *guide) freeNamespace(name string) string {
	taken := map[string]bool{}
	for _, ns := range g.inv.Namespaces {
		taken[ns.Name] = true
	}
	const longest = 60
	base := strings.Trim(strings.ReplaceAll(name[:min(len(name), longest)], ".", "-"), "-")
	free := base
	for n := 2; taken[free]; n++ {
		free = fmt.Sprintf("%s-%d", base, n)
	}
	return free
}

// needs are what the workload's pods refer to by name.
func (g *guide) needs() []kube.Ref {
	var refs []kube.Ref
	for _, w := range g.inv.Workloads {
		if w.Ref() != g.finding.Object || w.EphemeralOnly {
			continue
		}
		add := func(kind, name string) {
			ref := kube.Ref{APIVersion: "v1", Kind: kind, Namespace: w.Namespace(), Name: name}
			for _, known := range refs {
				if known == ref {
					return
				}
			}
			if name != "" {
				refs = append(refs, ref)
			}
		}
		if account := w.Spec.ServiceAccountName; account != "default" {
			add("ServiceAccount", account)
		}
		for _, v := range w.Spec.Volumes {
			switch {
			case v.ConfigMap != nil:
				add("ConfigMap", v.ConfigMap.Name)
			case v.Secret != nil:
				add("Secret", v.Secret.SecretName)
			}
		}
		for _, c := range w.Containers() {
			for _, from := range c.EnvFrom {
				switch {
				case from.ConfigMapRef != nil:
					add("ConfigMap", from.ConfigMapRef.Name)
				case from.SecretRef != nil:
					add("Secret", from.SecretRef.Name)
				}
			}
			for _, e := range c.Env {
				switch {
				case e.ValueFrom == nil:
				case e.ValueFrom.ConfigMapKeyRef != nil:
					add("ConfigMap", e.ValueFrom.ConfigMapKeyRef.Name)
				case e.ValueFrom.SecretKeyRef != nil:
					add("Secret", e.ValueFrom.SecretKeyRef.Name)
				}
			}
		}
	}
	return refs
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

func (g *guide) chooseSystem() {
	system := string(corev1.Linux)
	for _, w := range g.inv.Workloads {
		if w.Ref() == g.finding.Object && w.Windows() {
			system = string(corev1.Windows)
		}
	}
	g.keepCopy()
	if g.recreateWith("nodeSelector kubernetes.io/os: " + system) {
		return
	}
	g.say("It looks like one for %s; see what its image is for, then let it be sent to such nodes alone:", system)
	g.merge(g.finding.Object, nested(map[string]any{corev1.LabelOSStable: system}, append(templatePath(g.finding.Object.Kind), "nodeSelector")...))
	g.run("kubectl rollout status %s --timeout=5m", g.target())
}
