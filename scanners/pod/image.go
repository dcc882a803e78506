package pod

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"kiln/kube"
	"kiln/scanners"
)

func imageLatest() scanners.Check {
	return scanners.Check{
		ID: "pod/image-latest", Layer: scanners.Pod, Severity: scanners.Medium,
		Title:      "An image has no version",
		References: []string{"KSV013"},
		Fix:        scanners.Manual,
		Reads:      kube.WorkloadResources(),
		Find: inContainers(func(c container, add report) {
			if image := parseImage(c.Image); image.floats() {
				add(c.hit("image", "", fmt.Sprintf("runs whatever is the latest %s", image.name)))
			}
		}),
	}
}

func imageDigest() scanners.Check {
	return scanners.Check{
		ID: "pod/image-digest", Layer: scanners.Pod, Severity: scanners.Low,
		Title:      "An image isn't pinned to its digest",
		References: []string{"C-0306"},
		Fix:        scanners.Guided,
		Reads:      kube.WorkloadResources(),
		Find: inContainers(func(c container, add report) {
			switch image := parseImage(c.Image); {
			case image.name == "" || image.digest != "":
			case image.tag == "":
				add(c.hit("image", "", fmt.Sprintf("runs %s, which can be moved", c.Image)))
			default:
				add(c.hit("image", "", fmt.Sprintf("runs %s by a tag that can be moved", c.Image)))
			}
		}),
	}
}

func imagePullPolicy() scanners.Check {
	return scanners.Check{
		ID: "pod/image-pull-policy", Layer: scanners.Pod, Severity: scanners.Low,
		Title:      "An image that changes isn't pulled anew",
		References: []string{"C-0075"},
		Fix:        scanners.Safe,
		Reads:      kube.WorkloadResources(),
		Find: inContainers(func(c container, add report) {
			// An unset policy is Always for such images.
			stale := c.ImagePullPolicy == corev1.PullIfNotPresent || c.ImagePullPolicy == corev1.PullNever
			if image := parseImage(c.Image); stale && image.floats() {
				add(c.hit("imagePullPolicy", "", fmt.Sprintf("runs the copy of %s that its node happens to have", image.name)))
			}
		}),
	}
}

// image is a reference to an image, taken apart.
type image struct {
	// name is registry and repository as written.
	name, tag, digest string
}

// parseImage reads an image reference. A port is not a tag:
// registry:5000/app has none.
func parseImage(reference string) image {
	// Istio's injector replaces this one.
	if reference == "auto" {
		return image{}
	}
	var i image
	i.name, i.digest, _ = strings.Cut(reference, "@")
	if colon := strings.LastIndexByte(i.name, ':'); colon > strings.LastIndexByte(i.name, '/') {
		i.name, i.tag = i.name[:colon], i.name[colon+1:]
	}
	return i
}

// floats says that the reference means another image tomorrow.
func (i image) floats() bool {
	return i.name != "" && i.digest == "" && (i.tag == "" || i.tag == "latest")
}
