package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"kiln/fixes"
	"kiln/kube"
)

// write puts the edits on disk, or the edited text of standard input out.
func (r *fileFix) write(ctx context.Context, edits []fixes.FileEdit) error {
	onDisk := slices.DeleteFunc(slices.Clone(edits), func(e fixes.FileEdit) bool { return e.Name == "-" })
	if len(onDisk) > 0 && !r.options.yes {
		if err := r.ask(ctx, fmt.Sprintf("Write %d file(s)?", len(onDisk))); err != nil {
			return err
		}
	}
	failed := 0
	for _, e := range onDisk {
		if err := e.Write(); err != nil {
			failed++
			fmt.Fprintln(r.err, "kiln:", kube.Explain(err))
			continue
		}
		fmt.Fprintf(r.err, "%s: written\n", kube.Clean(e.Name))
	}
	if slices.Contains(r.options.files, "-") && r.options.output == "diff" {
		if err := r.passOn(edits); err != nil {
			return err
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d files could not be written", failed, len(onDisk))
	}
	return nil
}

// passOn writes what came in, with its changes if there are any.
func (r *fileFix) passOn(edits []fixes.FileEdit) error {
	text := string(r.stdin)
	for _, e := range edits {
		if e.Name == "-" {
			text = e.Text()
		}
	}
	if _, err := io.WriteString(r.out, text); err != nil {
		return fmt.Errorf("writing the manifests: %w", err)
	}
	return nil
}

// verdict turns the run's outcome into its exit code. With --all, what needs a
// person isn't a failure.
func (r *fileFix) verdict(unproven error) error {
	failed := 0
	for _, p := range r.done {
		if p.err != nil && !(r.options.all && errors.Is(p.err, fixes.ErrManual)) {
			failed++
		}
	}
	switch {
	case failed > 0:
		return fmt.Errorf("%d of %d fixes could not be done", failed, len(r.done))
	case unproven != nil:
		return errors.New("some files were not edited, see above")
	case r.lost:
		return errors.New("some documents could not be read, see above; the rest was looked at")
	}
	return nil
}
