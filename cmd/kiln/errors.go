package main

import (
	"errors"
	"fmt"
	"io"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"kiln/fixes"
	"kiln/fixes/manifest"
	"kiln/kube"
)

// tell writes an error for a person; joined errors have a line each.
func tell(w io.Writer, err error) {
	if several, ok := err.(interface{ Unwrap() []error }); ok && errors.Join(several.Unwrap()...).Error() == err.Error() {
		for _, one := range several.Unwrap() {
			tell(w, one)
		}
		return
	}
	fmt.Fprintln(w, "kiln:", explain(err))
}

// explain is what an error means to a person; a refusal to edit a file says all
// that there is to say.
func explain(err error) string {
	if refusal := (*manifest.Refusal)(nil); errors.As(err, &refusal) {
		return kube.Clean(refusal.Error())
	}
	return kube.Explain(err)
}

// stepsOf are what a person does about an error, if anything is known of that.
func stepsOf(err error) string {
	if manual := (*fixes.ManualError)(nil); errors.As(err, &manual) {
		return kube.CleanBlock(manual.Steps)
	}
	return ""
}

// tellFailure writes why a fix can't be made, and what a person does instead.
func tellFailure(w io.Writer, what string, err error) {
	fmt.Fprintf(w, "kiln: %s%s\n", what, explain(err))
	if steps := stepsOf(err); steps != "" {
		fmt.Fprintln(w, steps)
	}
}

// absent is for an object that the user named: the API server's own words leave
// out where it looked.
func absent(err error, kind, name, namespace string) error {
	if !apierrors.IsNotFound(err) {
		return err
	}
	list := "kubectl get " + kind
	if namespace != "" {
		list += " -n " + namespace
	}
	return fmt.Errorf("there is no %s %q%s: %s lists those there are", kind, name, inNamespace(namespace), list)
}
