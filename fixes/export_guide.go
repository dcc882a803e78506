package fixes

import (
	"fmt"
	"slices"
	"strings"

	"kiln/kube"
)

// guideFor is the README.md of an exported folder.
func guideFor(all []exported, kustomization string) string {
	var out strings.Builder
	out.WriteString("# Fixes for their sources of truth\n\nExported by kiln; nothing was changed in the cluster.\n\n| file | object | fix | belongs to |\n|---|---|---|---|\n")
	for _, e := range all {
		owner := "-"
		if e.target.Owner.Reconciles() {
			owner = e.target.Owner.String()
		}
		fmt.Fprintf(&out, "| %s | %s | %s | %s |\n", e.file, plainMarkdown(e.target.Change.Target.String()), plainMarkdown(e.plan.Title), plainMarkdown(owner))
	}
	writeSecretsHint(&out, all)
	fmt.Fprintf(&out, `
## Kustomize

Put this folder beside your overlay, and name it there:

    components:
    - ../this-folder

Or copy the files to the overlay, and these lines to its kustomization.yaml:

%s
## Plain YAML

Set in the manifest of each object what its patch says, with "kiln fix -f" or by hand.
`, indented(withoutHead(kustomization)))
	var owners []kube.Owner
	for _, e := range all {
		if e.target.Owner.Reconciles() && !slices.Contains(owners, e.target.Owner) {
			owners = append(owners, e.target.Owner)
			writeOwnerHint(&out, e, all)
		}
	}
	return out.String()
}

func writeSecretsHint(out *strings.Builder, all []exported) {
	for _, e := range all {
		if e.target.Change.Target.Kind == "Secret" && e.target.Change.Mechanism != Delete {
			fmt.Fprintf(out, "\n%s has %s in the place of the value: don't commit the real one; make the Secret outside, or encrypt it.\n", e.file, placeholder)
		}
	}
}

// withoutHead leaves out the lines that say what a file is.
func withoutHead(kustomization string) string {
	lines := slices.DeleteFunc(strings.SplitAfter(kustomization, "\n"), func(line string) bool {
		return strings.HasPrefix(line, "apiVersion:") || strings.HasPrefix(line, "kind:")
	})
	return strings.Join(lines, "")
}

func indented(text string) string {
	return "    " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n    ") + "\n"
}

// writeOwnerHint says how to get the fixes to an owner.
func writeOwnerHint(out *strings.Builder, e exported, all []exported) {
	owner := e.target.Owner
	fmt.Fprintf(out, "\n## %s\n\nWithout this, it %s.\n\n", plainMarkdown(owner.String()), ownersReaction(owner))
	var own []exported
	for _, other := range all {
		if other.target.Owner == owner {
			own = append(own, other)
		}
	}
	switch owner.Manager {
	case kube.Helm:
		writeHelmHint(out, e.target, own)
	case kube.ArgoCD:
		writeArgoHint(out, e.target)
	case kube.Flux:
		writeFluxHint(out, e.target, own)
	default:
		fmt.Fprintf(out, "Change it where %s is defined.\n", plainMarkdown(owner.String()))
	}
}

func writeHelmHint(out *strings.Builder, target TargetPreview, own []exported) {
	release := quote(target.Owner.Name)
	namespace := quote(target.annotation("meta.helm.sh/release-namespace", target.Change.Target.Namespace))
	fmt.Fprintf(out, "See which values the release has, and what it renders:\n\n    helm get values %s -n %s --all\n    helm get manifest %s -n %s\n", release, namespace, release, namespace)
	writeValuesHint(out, own)
	fmt.Fprintf(out, "\nThen, with what you have set in values.yaml:\n\n    helm upgrade %s CHART -n %s -f values.yaml\n\n"+
		"Where the chart takes no value for a field, a post-renderer that runs kustomize with this folder sets it (helm upgrade --post-renderer).\n", release, namespace)
}

// writeValuesHint names the keys by which charts commonly take the fields.
func writeValuesHint(out *strings.Builder, own []exported) {
	out.WriteString("\nWhat is to be set, and the keys by which charts commonly take it:\n\n")
	for _, e := range own {
		for _, field := range e.target.fields {
			keys := valuesKeys(field)
			hint := "look for it in the chart's templates"
			if len(keys) > 0 {
				hint = strings.Join(keys, ", ")
			}
			fmt.Fprintf(out, "- %s of %s: %s\n", plainMarkdown(field.Path), plainMarkdown(e.target.Change.Target.String()), hint)
		}
	}
}

// valuesKeys are the usual keys of values.yaml for a field, as most public
// charts name them.
func valuesKeys(field kube.FieldChange) []string {
	has := func(name string) bool { return slices.Contains(field.Elements, "f:"+name) }
	inContainer := has("containers") || has("initContainers")
	switch {
	case has("securityContext") && inContainer:
		return []string{"securityContext", "containerSecurityContext"}
	case has("securityContext"):
		return []string{"podSecurityContext", "securityContext"}
	case has("resources"):
		return []string{"resources", "resourcesPreset"}
	case has("automountServiceAccountToken"):
		return []string{"automountServiceAccountToken", "serviceAccount.automount"}
	case has("serviceAccountName"):
		return []string{"serviceAccount.name", "serviceAccount.create"}
	case has("imagePullPolicy"):
		return []string{"image.pullPolicy"}
	case has("image"):
		return []string{"image.digest", "image.tag"}
	case has("volumeMounts"):
		return []string{"extraVolumeMounts", "volumeMounts"}
	case has("volumes"):
		return []string{"extraVolumes", "volumes"}
	case has("env"):
		return []string{"env", "extraEnv", "extraEnvVars", "existingSecret"}
	case has("hostNetwork"), has("hostPID"), has("hostIPC"), has("hostUsers"), has("shareProcessNamespace"):
		return []string{strings.TrimPrefix(field.Elements[len(field.Elements)-1], "f:")}
	case has("type") && len(field.Elements) == 2:
		return []string{"service.type"}
	}
	return nil
}

func writeArgoHint(out *strings.Builder, target TargetPreview) {
	name := quote(target.Owner.Name)
	fmt.Fprintf(out, `Find the repository and the path:

    kubectl get applications.argoproj.io -A --field-selector metadata.name=%s -o jsonpath='{.items[0].spec.source}'

Commit the fix there: to the manifest, to the Helm values, or this folder as a component of the kustomization. For an application of
kustomize, spec.source.kustomize.patches takes the patches, too. Then:

    argocd app diff %s
`, name, name)
}

func writeFluxHint(out *strings.Builder, target TargetPreview, own []exported) {
	if release := target.label("helm.toolkit.fluxcd.io/name"); release != "" {
		namespace := target.label("helm.toolkit.fluxcd.io/namespace")
		fmt.Fprintf(out, "Set the values in the HelmRelease, in its own source of truth (spec.values), or the patches in spec.postRenderers:\n\n    kubectl get helmreleases.helm.toolkit.fluxcd.io %s -n %s -o yaml\n", quote(release), quote(namespace))
		writeValuesHint(out, own)
		return
	}
	name, namespace := target.label("kustomize.toolkit.fluxcd.io/name"), target.label("kustomize.toolkit.fluxcd.io/namespace")
	fmt.Fprintf(out, `Find the repository and the path (spec.sourceRef, spec.path):

    kubectl get kustomizations.kustomize.toolkit.fluxcd.io %s -n %s -o yaml

Commit the fix there, or set the patches in spec.patches of this Kustomization, in its own source of truth.
`, quote(name), quote(namespace))
}

func (t TargetPreview) annotation(key, otherwise string) string {
	if t.live != nil && t.live.GetAnnotations()[key] != "" {
		return t.live.GetAnnotations()[key]
	}
	return otherwise
}

func (t TargetPreview) label(key string) string {
	if t.live == nil {
		return ""
	}
	return t.live.GetLabels()[key]
}
