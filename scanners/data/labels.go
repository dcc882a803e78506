package data

import (
	"fmt"
	"strings"

	"kiln/kube"
	"kiln/scanners"
)

func sensitiveLabel() scanners.Check {
	return scanners.Check{
		ID: "data/sensitive-label", Layer: scanners.Data, Severity: scanners.Medium,
		Title:      "A label or an annotation gives away what should be kept",
		References: []string{"NSA"},
		Fix:        scanners.Guided,
		Reads: append(kube.WorkloadResources(), kube.Namespaces, kube.Services, kube.Ingresses, kube.ServiceAccounts,
			kube.ConfigMaps, kube.Secrets, kube.PersistentVolumeClaims),
		Find: func(inv *kube.Inventory) scanners.Result {
			l := labelled{detector: newDetector()}
			for _, w := range inv.Workloads {
				if w.EphemeralOnly {
					continue
				}
				l.look(w.Object, "metadata", w.Object.GetLabels(), w.Object.GetAnnotations())
				if w.SpecPath != "spec" {
					l.look(w.Object, strings.TrimSuffix(w.SpecPath, "spec")+"metadata", w.Meta.Labels, w.Meta.Annotations)
				}
			}
			all(&l, inv.Namespaces)
			all(&l, inv.Services)
			all(&l, inv.Ingresses)
			all(&l, inv.ServiceAccounts)
			all(&l, inv.ConfigMaps)
			all(&l, inv.Secrets)
			all(&l, inv.PersistentVolumeClaims)
			return scanners.Found(l.hits)
		},
	}
}

// labelled gathers hits from metadata.
type labelled struct {
	detector
	hits []scanners.Hit
}

func all[T kube.Object](l *labelled, objects []T) {
	for _, o := range objects {
		l.look(o, "metadata", o.GetLabels(), o.GetAnnotations())
	}
}

func (l *labelled) look(obj kube.Object, path string, labels, annotations map[string]string) {
	l.lookAt(obj, path+".labels", "label", labels)
	l.lookAt(obj, path+".annotations", "annotation", annotations)
}

func (l *labelled) lookAt(obj kube.Object, path, kind string, pairs map[string]string) {
	if !l.any(pairs) {
		return
	}
	for _, key := range sortedKeys(pairs) {
		if what := l.sensitive(key, pairs[key]); what != "" {
			l.hits = append(l.hits, scanners.Hit{
				Object: obj, Path: path + "[" + key + "]", Key: path + " " + key,
				Message: fmt.Sprintf("%s %s holds %s", kind, key, what),
			})
		}
	}
}

// any saves sorting the keys of the many that hold nothing.
func (l *labelled) any(pairs map[string]string) bool {
	for key, value := range pairs {
		if l.sensitive(key, value) != "" {
			return true
		}
	}
	return false
}

// sensitive says what a label or annotation holds. Kubernetes' own keys hold
// names and settings, and the copy of a manifest is judged where it came from.
func (l *labelled) sensitive(key, value string) string {
	domain, name, found := strings.Cut(key, "/")
	if !found {
		domain, name = "", key
	}
	if strings.HasSuffix(domain, "kubernetes.io") || strings.HasSuffix(domain, "k8s.io") || strings.HasPrefix(domain, "checksum") {
		return ""
	}
	if what := l.credential(name, value); what != "" {
		return what + " in the clear"
	}
	if value != "" && !isSetting(value) && personal(name) {
		return "personal data"
	}
	return ""
}

// personal says that a name promises what belongs to one person. Addresses of
// e-mail are not among them: a workload should say whom to ask.
func personal(name string) bool {
	switch strings.ToLower(strings.ReplaceAll(name, "_", "-")) {
	case "ssn", "social-security-number", "iban", "credit-card", "credit-card-number", "card-number",
		"passport", "passport-number", "date-of-birth", "birth-date", "birthday":
		return true
	}
	return false
}
