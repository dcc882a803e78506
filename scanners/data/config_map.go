package data

import (
	"fmt"

	"kiln/kube"
	"kiln/scanners"
)

func secretInConfigMap() scanners.Check {
	return scanners.Check{
		ID: "data/secret-in-configmap", Layer: scanners.Data, Severity: scanners.High,
		Title:      "A credential stands in a ConfigMap",
		References: []string{"NSA", "C-0012", "KSV109"},
		Fix:        scanners.Guided,
		Needs:      []kube.Resource{kube.ConfigMaps},
		Find: func(inv *kube.Inventory) scanners.Result {
			d := newDetector()
			var hits []scanners.Hit
			for _, cm := range inv.ConfigMaps {
				for _, key := range sortedKeys(cm.Data) {
					for _, leak := range d.inText(key, cm.Data[key]) {
						hits = append(hits, scanners.Hit{
							Object: cm, Path: "data[" + key + "]", Key: key + "\x00" + leak.name,
							Message: describe(key, leak),
						})
					}
				}
			}
			return scanners.Found(hits)
		},
	}
}

func describe(key string, l leak) string {
	if l.name == "" {
		return fmt.Sprintf("key %q holds %s in the clear", key, l.what)
	}
	return fmt.Sprintf("key %q holds %s in the clear, named %s", key, l.what, l.name)
}
