package data

import (
	"fmt"
	"strings"

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
			var cut []string
			for _, cm := range inv.ConfigMaps {
				for _, key := range sortedKeys(cm.Data) {
					if kube.CutShort(cm.Data[key]) {
						cut = append(cut, kube.RefOf(cm).String()+"["+key+"]")
					}
					for _, leak := range d.inText(key, cm.Data[key]) {
						hits = append(hits, scanners.Hit{
							Object: cm, Path: "data[" + key + "]", Key: key + "\x00" + leak.name,
							Message: describe(key, leak),
						})
					}
				}
			}
			result := scanners.Found(hits)
			if len(cut) > 0 {
				result.Unknown = "only the beginning of large values was looked at, go through the rest yourself: " + kube.Clean(strings.Join(cut, ", "))
			}
			return result
		},
	}
}

func describe(key string, l leak) string {
	if l.name == "" {
		return fmt.Sprintf("key %q holds %s in the clear", key, l.what)
	}
	return fmt.Sprintf("key %q holds %s in the clear, named %s", key, l.what, l.name)
}
