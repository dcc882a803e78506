package fixes

import (
	"fmt"
	"slices"
	"strings"

	"kiln/kube"
)

func imagePullPolicy() Recipe {
	return inContainer("pod/image-pull-policy", func(_ map[string]any, s Situation) (setting, error) {
		return setting{
			title:     fmt.Sprintf("Ask the registry for the image of container %s at each start", s.Finding.Container),
			container: map[string]any{"imagePullPolicy": "Always"},
			notes: []string{
				"Only what has changed is pulled, but no pod starts while the registry can't be reached.",
				"The image still has no version: pin one.",
			},
		}, nil
	})
}

func imageDigest() Recipe {
	return inContainer("pod/image-digest", func(container map[string]any, s Situation) (setting, error) {
		image, _ := container["image"].(string)
		digests := runningDigests(s.Inventory, s.Finding.Object, s.Finding.Container)
		if len(digests) != 1 {
			return setting{}, whichDigest(s, image, digests)
		}
		return setting{
			title:     fmt.Sprintf("Pin the image of container %s to the digest that runs", s.Finding.Container),
			container: map[string]any{"image": image + "@" + digests[0]},
			notes:     []string{"New versions, security fixes too, arrive only when somebody changes the digest: let a bot such as Renovate do it."},
		}, nil
	})
}

// runningDigests are those that the pods of a workload run in a container,
// each once.
func runningDigests(inv *kube.Inventory, object kube.Ref, container string) []string {
	var digests []string
	for _, workload := range inv.Workloads {
		if workload.EphemeralOnly || workload.Ref() != object {
			continue
		}
		for _, pod := range workload.Pods {
			// Runtimes write repository@digest; a bare digest is the image's
			// configuration, which no registry knows.
			if _, digest, ok := strings.Cut(pod.ImageIDs[container], "@"); ok && !slices.Contains(digests, digest) {
				digests = append(digests, digest)
			}
		}
	}
	return digests
}

func whichDigest(s Situation, image string, digests []string) error {
	why := fmt.Sprintf("no pod runs container %s whose digest could be taken", s.Finding.Container)
	if len(digests) > 1 {
		why = fmt.Sprintf("the pods run container %s with different digests: %s", s.Finding.Container, strings.Join(digests, ", "))
	}
	g := &guide{}
	g.say("Ask the registry what the tag means, and put the digest behind it:")
	g.run("kubectl set image %s %s\"$(crane digest %s)\"", target(s.Finding.Object), s.Finding.Container+"="+image+"@", image)
	return &ManualError{Why: why, Steps: g.text()}
}
