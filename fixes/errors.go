package fixes

import (
	"errors"
	"fmt"
	"strings"

	"kiln/kube"
)

// The refusals that callers tell apart, by errors.Is.
var (
	// ErrManual means that a person has to do it: see ManualError.
	ErrManual = errors.New("no automatic fix")
	// ErrNothingToDo means that the object has the wanted values already.
	ErrNothingToDo = errors.New("nothing to change")
	// ErrConflict means that another manager declared a field: see ConflictError.
	ErrConflict = errors.New("fields are declared by other managers")
	// ErrOwned means that a tool will put its own values back: see OwnedError.
	ErrOwned = errors.New("another tool owns the object")
	// ErrChanged means that the object isn't what was previewed or journalled.
	ErrChanged = errors.New("changed since")
	// ErrNothingToUndo means that the journal has no applied entry of this
	// cluster.
	ErrNothingToUndo = errors.New("nothing to undo")
	// ErrOtherCluster means that a journal entry belongs to another cluster.
	ErrOtherCluster = errors.New("the entry belongs to another cluster")
)

// ManualError says why kiln doesn't fix something, and how a person does.
type ManualError struct {
	// Why is a clause: "a pod's security settings can't be changed while it
	// exists".
	Why string
	// Steps are for a person to take, with the commands; several lines.
	Steps string
}

func (e *ManualError) Error() string { return e.Why }

// Is makes every ManualError an ErrManual.
func (e *ManualError) Is(target error) bool { return target == ErrManual }

// ConflictError names the fields that other managers hold by an apply.
type ConflictError struct{ Takeovers []Takeover }

func (e *ConflictError) Error() string {
	lines := make([]string, len(e.Takeovers))
	for i, t := range e.Takeovers {
		lines[i] = fmt.Sprintf("%s is declared by %s", t.Field, t.Manager)
	}
	return strings.Join(lines, "; ") + ": taking a field from its manager needs your word (--take FIELD, or --force-conflicts for all; --leave FIELD leaves it)"
}

// Is makes every ConflictError an ErrConflict.
func (e *ConflictError) Is(target error) bool { return target == ErrConflict }

// OwnedError names the tool whose source of truth a fix belongs to.
type OwnedError struct {
	Object kube.Ref
	Owner  kube.Owner
}

func (e *OwnedError) Error() string {
	return fmt.Sprintf("%s belongs to %s, which %s: export the patch for its source of truth (-o patch), or apply it as a stopgap (--stopgap)",
		e.Object, e.Owner, ownersReaction(e.Owner))
}

// Is makes every OwnedError an ErrOwned.
func (e *OwnedError) Is(target error) bool { return target == ErrOwned }

// ownersReaction is what an owner does to a live change, as a clause after
// "which".
func ownersReaction(o kube.Owner) string {
	switch o.Manager {
	case kube.Helm:
		return "puts its own values back, or stops with a conflict, at its next upgrade"
	case kube.ArgoCD:
		return "shows a live change as out of sync and puts its own values back at its next sync"
	case kube.Flux:
		return "puts its own values back within minutes"
	}
	return "controls it and will put its own values back"
}
