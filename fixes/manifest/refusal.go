package manifest

import (
	"fmt"
)

// Refusal says why a manifest isn't edited, and where the reason stands.
type Refusal struct {
	File string
	// Line counts from 1; 0 means the whole file.
	Line int
	// Why is a sentence without a full stop that says what to do instead.
	Why string
}

func (r *Refusal) Error() string {
	if r.Line == 0 {
		return r.File + ": " + r.Why
	}
	return fmt.Sprintf("%s:%d: %s", r.File, r.Line, r.Why)
}
