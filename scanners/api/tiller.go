package api

import (
	"fmt"
	"strings"

	"kiln/kube"
	"kiln/scanners"
)

func tiller() scanners.Check {
	return scanners.Check{
		ID: "api/tiller", Layer: scanners.API, Severity: scanners.High,
		Title:      "Helm 2's Tiller takes orders in the cluster",
		References: []string{"CKV_K8S_34", "CKV_K8S_44", "CKV_K8S_45"},
		Fix:        scanners.Manual,
		Needs:      []kube.Resource{kube.Services},
		Reads:      kube.WorkloadResources(),
		Find:       findTiller,
	}
}

// findTiller goes by the image, and by the labels that helm init gave the
// service.
func findTiller(inv *kube.Inventory) scanners.Result {
	var hits []scanners.Hit
	for _, w := range inv.Workloads {
		for _, c := range w.Containers() {
			if isTiller(c.Image) {
				hits = append(hits, scanners.Hit{
					Object: w.Object, Container: c.Name, Path: c.Path + ".image",
					Message: fmt.Sprintf("container %q is Tiller, which installs whatever anybody asks for who reaches its port", c.Name),
				})
			}
		}
	}
	for _, svc := range inv.Services {
		if svc.Name == "tiller-deploy" || svc.Spec.Selector["name"] == "tiller" {
			hits = append(hits, scanners.Hit{Object: svc, Path: "spec.selector", Message: "leads to Tiller, which asks nobody who they are"})
		}
	}
	return scanners.Found(hits)
}

// isTiller: the name of the image, whatever registry it was copied to.
func isTiller(image string) bool {
	image, _, _ = strings.Cut(image, "@")
	name := image[strings.LastIndex(image, "/")+1:]
	name, _, _ = strings.Cut(name, ":")
	return name == "tiller"
}
