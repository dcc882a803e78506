package scanners

import (
	"errors"
	"fmt"
	"path"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"kiln/kube"
)

// Exception accepts the findings of a check on some objects: somebody knows,
// and says why.
type Exception struct {
	// Check is an ID, or a pattern such as "pod/host-*".
	Check string `json:"check"`
	// Object is KIND/NAME, each part a pattern; empty means any.
	Object string `json:"object,omitempty"`
	// Namespace is a pattern; empty means any.
	Namespace string `json:"namespace,omitempty"`
	// Labels is a selector, as kubectl's -l takes it.
	Labels string `json:"labels,omitempty"`
	// Reason says why it is accepted. Without one nothing is.
	Reason string `json:"reason"`
	// Expires is the last day on which it is accepted, as 2027-01-31; empty
	// means that it never expires.
	Expires string `json:"expires,omitempty"`
}

// Acceptance marks a finding that somebody accepted. It is shown as accepted,
// never as passed; an expired one counts again.
type Acceptance struct {
	Reason  string `json:"reason"`
	Expires string `json:"expires"`
	Expired bool   `json:"expired"`
	// From says where it was accepted: "annotation" or "configuration".
	From string `json:"from"`
}

// acceptPrefix begins the annotations by which an object accepts findings
// about itself: accept.kiln/pod.host-path: "until 2027-01-31: reads metrics".
const acceptPrefix = "accept.kiln/"

// AcceptAnnotation is the annotation by which an object accepts what a check
// finds wrong with it.
func AcceptAnnotation(check string) string {
	return acceptPrefix + strings.ReplaceAll(check, "/", ".")
}

// Holds says whether f is accepted today.
func (a *Acceptance) Holds() bool { return a != nil && !a.Expired }

// acceptanceOf finds out whether somebody accepted what f says about obj: in
// an annotation beside it, else in the configuration.
func acceptanceOf(f Finding, obj kube.Object, exceptions []Exception, today time.Time) *Acceptance {
	if text := obj.GetAnnotations()[AcceptAnnotation(f.Check)]; text != "" {
		if e := ExceptionIn(text); e.complete() == nil {
			return e.acceptance("annotation", today)
		}
	}
	for _, e := range exceptions {
		if e.matches(f, obj) {
			return e.acceptance("configuration", today)
		}
	}
	return nil
}

// ExceptionIn reads an annotation: a reason, with "until DATE: " before it
// where it expires.
func ExceptionIn(text string) Exception {
	e := Exception{Check: "*", Reason: strings.TrimSpace(text)}
	if rest, ok := strings.CutPrefix(e.Reason, "until "); ok { // without a colon it is no day, and accepts nothing
		date, reason, _ := strings.Cut(rest, ":")
		e.Expires, e.Reason = strings.TrimSpace(date), strings.TrimSpace(reason)
	}
	return e
}

// AnnotationProblem says why the annotation by which an object would accept
// what a check finds accepts nothing; nil if there is none, or it does.
func AnnotationProblem(check string, annotations map[string]string) error {
	text := annotations[AcceptAnnotation(check)]
	if text == "" {
		return nil
	}
	if err := ExceptionIn(text).complete(); err != nil {
		return fmt.Errorf("%q isn't of the form %q: %w", text, "until 2027-01-31: reason", err)
	}
	return nil
}

func (e Exception) acceptance(from string, today time.Time) *Acceptance {
	a := &Acceptance{Reason: kube.Clean(e.Reason), Expires: e.Expires, From: from}
	if last, err := time.Parse(time.DateOnly, e.Expires); err == nil {
		a.Expired = today.After(last.AddDate(0, 0, 1))
	}
	return a
}

func (e Exception) matches(f Finding, obj metav1.Object) bool {
	kind, name, _ := strings.Cut(e.Object, "/")
	if !like(e.Check, f.Check) || !like(e.Namespace, f.Object.Namespace) {
		return false
	}
	if e.Object != "" && (!like(strings.ToLower(kind), strings.ToLower(f.Object.Kind)) || !like(name, f.Object.Name)) {
		return false
	}
	selector, err := labels.Parse(e.Labels)
	return err == nil && selector.Matches(labels.Set(obj.GetLabels()))
}

// like matches a pattern that may be empty.
func like(pattern, text string) bool {
	matched, err := path.Match(pattern, text)
	return pattern == "" || err == nil && matched
}

// complete says what an exception lacks or has wrong.
func (e Exception) complete() error {
	if e.Check == "" {
		return errors.New("check is missing")
	}
	if _, err := time.Parse(time.DateOnly, e.Expires); e.Expires != "" && err != nil {
		return fmt.Errorf("expires is %q, not a day such as 2027-01-31", e.Expires)
	}
	if strings.TrimSpace(e.Reason) == "" {
		return errors.New("reason is missing: say why it is accepted")
	}
	if e.Object != "" && !strings.Contains(e.Object, "/") {
		return fmt.Errorf("object is %q, not KIND/NAME", e.Object)
	}
	if _, err := labels.Parse(e.Labels); err != nil {
		return fmt.Errorf("labels: %w", err)
	}
	for _, pattern := range []string{e.Check, e.Namespace, e.Object} {
		if _, err := path.Match(pattern, ""); err != nil {
			return fmt.Errorf("%q is no pattern: %w", pattern, err)
		}
	}
	return nil
}
