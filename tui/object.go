package tui

import (
	"context"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"

	"kiln/kube"
)

// objectMsg brings an object's YAML, or why there is none, for a finding or,
// with an empty one, for the object's own page.
type objectMsg struct {
	finding string
	yaml    string
	problem string
}

// readObject reads an object for a view.
func (a *App) readObject(v view, finding string, ref kube.Ref) tea.Cmd {
	session, secrets := a.session, a.secretPaths(ref)
	return a.start(v, "reading the object", func(ctx context.Context) tea.Msg {
		text, err := session.objectYAML(ctx, ref)
		if err != nil {
			return objectMsg{finding: finding, problem: kube.Explain(err)}
		}
		for _, path := range secrets {
			text = maskField(text, path)
		}
		return objectMsg{finding: finding, yaml: text}
	})
}

// secretPaths are the fields of an object that findings take for secrets:
// they are masked, whatever their names say.
func (a *App) secretPaths(ref kube.Ref) []string {
	if a.snapshot == nil {
		return nil
	}
	var paths []string
	for _, f := range a.snapshot.findings {
		if strings.HasPrefix(f.Check, "data/secret-in-") && f.Object == ref && f.Path != "" {
			paths = append(paths, f.Path)
		}
	}
	return paths
}

// maskField replaces the value of a field in YAML text. The number of lines
// stays, so that the paths of other fields do.
func maskField(text, path string) string {
	from, to := kube.LinesOf(text, path)
	lines := splitLines(text)
	if to > len(lines) {
		return text
	}
	for i := from; i < to; i++ {
		head, _, found := strings.Cut(lines[i], ":")
		indent := lines[i][:len(lines[i])-len(strings.TrimLeft(lines[i], " "))]
		switch {
		case i == from && found:
			lines[i] = head + ": <masked>"
		default:
			lines[i] = indent + "# <masked>"
		}
	}
	return strings.Join(lines, "\n")
}

// objectYAML reads an object as it is now, with its secret values masked.
func (s *Session) objectYAML(ctx context.Context, ref kube.Ref) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	group, err := schema.ParseGroupVersion(ref.APIVersion)
	if err != nil {
		return "", fmt.Errorf("reading %s: %w", ref, err)
	}
	mapping, err := s.cluster.Mapper.RESTMapping(group.WithKind(ref.Kind).GroupKind(), group.Version)
	if err != nil {
		return "", fmt.Errorf("reading %s: %w", ref, err)
	}
	var client dynamic.ResourceInterface = s.cluster.Dynamic.Resource(mapping.Resource)
	if ref.Namespace != "" {
		client = s.cluster.Dynamic.Resource(mapping.Resource).Namespace(ref.Namespace)
	}
	obj, err := client.Get(ctx, ref.Name, metav1.GetOptions{})
	if err != nil {
		return "", fmt.Errorf("reading %s: %w", ref, err)
	}
	var masker kube.Masker
	return kube.YAML(masker.Object(obj))
}
