package pod

import (
	"fmt"
	"slices"
	"strings"

	"kiln/kube"
	"kiln/scanners"
)

// registry finds images from elsewhere than the allowed registries. With none
// given, all are allowed.
func registry(allowed []string) scanners.Check {
	return scanners.Check{
		ID: "pod/registry", Layer: scanners.Pod, Severity: scanners.Medium,
		Title:      "An image comes from a registry that isn't allowed",
		References: []string{"C-0001", "C-0078", "KSV125"},
		Fix:        scanners.Manual,
		Reads:      kube.WorkloadResources(),
		Find: inContainers(func(c container, add report) {
			if len(allowed) == 0 {
				return
			}
			from := parseImage(c.Image).fullName()
			comesFrom := func(place string) bool { return within(from, strings.TrimSuffix(place, "/")) }
			if from != "" && !slices.ContainsFunc(allowed, comesFrom) {
				add(c.hit("image", "", fmt.Sprintf("runs %s, which is from no allowed registry", from)))
			}
		}),
	}
}

// fullName adds what Docker's short names leave out: nginx is
// docker.io/library/nginx.
func (i image) fullName() string {
	first, _, found := strings.Cut(i.name, "/")
	switch {
	case i.name == "":
		return ""
	case !found:
		return "docker.io/library/" + i.name
	case !strings.ContainsAny(first, ".:") && first != "localhost":
		return "docker.io/" + i.name
	}
	return i.name
}
