package fixes

import (
	"fmt"
	"strings"

	"kiln/kube"
)

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
