package tui

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/fixes"
	"kiln/kube"
	"kiln/scanners"
)

// acceptFor is how long a finding is accepted unless somebody says otherwise.
const acceptFor = 90 * 24 * time.Hour

// openAccept asks until when and why findings are accepted, and then shows the
// annotation that says so beside the object.
func (a *App) openAccept(findings []*scanners.Finding) tea.Cmd {
	if !a.canWrite() {
		return nil
	}
	p := a.newPrompt("accept until ", a.now().Add(acceptFor).Format(time.DateOnly)+": ")
	p.changed = func(text string) (tea.Cmd, error) {
		_, err := acceptAnnotation(text, a.now())
		return nil, err
	}
	p.submit = func(text string) tea.Cmd {
		annotation, err := acceptAnnotation(text, a.now())
		if err != nil { // what was typed stays
			a.prompt, p.problem = p, err.Error()
			return nil
		}
		session := a.session
		return a.openPreviews(acceptVerb, findings, func(ctx context.Context, f scanners.Finding) proposal {
			return session.proposeAccept(ctx, f, annotation)
		})
	}
	p.cancel = func() tea.Cmd { return nil }
	a.prompt = p
	return nil
}

// acceptAnnotation turns "2027-01-31: reason" or "never: reason", as it is
// typed after "accept until", into the annotation's value.
func acceptAnnotation(text string, now time.Time) (string, error) {
	date, reason, _ := strings.Cut(text, ":")
	date, reason = strings.TrimSpace(date), strings.TrimSpace(kube.Clean(reason))
	if date != "never" {
		last, err := time.Parse(time.DateOnly, date)
		if err != nil {
			return "", fmt.Errorf("%q is neither a day, such as 2027-01-31, nor never", date)
		}
		if last.Before(now.Truncate(24 * time.Hour)) {
			return "", errors.New("that day is past")
		}
	}
	if reason == "" {
		return "", errors.New("say why after the colon")
	}
	if date == "never" {
		return reason, nil
	}
	return "until " + date + ": " + reason, nil
}

// acceptByHand is how a finding is accepted about what can't be annotated.
func acceptByHand(f scanners.Finding, annotation string) error {
	e := scanners.ExceptionIn(annotation)
	line := fmt.Sprintf("- {check: %s, object: %s/%s, reason: %q", f.Check, f.Object.Kind, f.Object.Name, e.Reason)
	if e.Expires != "" {
		line += fmt.Sprintf(", expires: %q", e.Expires)
	}
	return &fixes.ManualError{
		Why:   fmt.Sprintf("%s is no object of the cluster: there is nothing to annotate", f.Object),
		Steps: "Accept it in kiln.yaml, under exceptions, and start kiln again ('kiln info' says where the file is):\n  " + line + "}",
	}
}

// proposeAccept previews the annotation that accepts a finding.
func (s *Session) proposeAccept(ctx context.Context, f scanners.Finding, annotation string) proposal {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	p := proposal{subject: f.Check + " of " + kube.Clean(f.Object.String()), finding: f}
	live, err := s.cluster.Read(ctx, f.Object)
	if meta.IsNoMatchError(err) { // the API server itself, a user, a file on a node
		p.err = acceptByHand(f, annotation)
		return p
	}
	if err != nil {
		p.err = fmt.Errorf("reading %s: %w", f.Object, err)
		return p
	}
	config := &unstructured.Unstructured{}
	config.SetAPIVersion(f.Object.APIVersion)
	config.SetKind(f.Object.Kind)
	config.SetNamespace(f.Object.Namespace)
	config.SetName(f.Object.Name)
	config.SetAnnotations(map[string]string{scanners.AcceptAnnotation(f.Check): annotation})
	p.preview, p.err = s.fixer.Preview(ctx, fixes.Plan{
		Finding: f,
		Title:   kube.Clean("Accept " + f.Check + " of " + f.Object.Kind + "/" + f.Object.Name),
		Changes: []fixes.Change{{Target: f.Object, UID: live.GetUID(), Mechanism: fixes.ServerSideApply, Apply: config}},
		Notes:   []string{"Nothing is fixed: the finding stays in the list, last and marked as accepted."},
	})
	return p
}
