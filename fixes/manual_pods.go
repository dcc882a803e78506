package fixes

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
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
