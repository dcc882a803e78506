package scanners

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"kiln/kube"
)

// Finding is one thing that is wrong with one object.
type Finding struct {
	// ID is the same in every run for the same problem of the same object.
	ID        string      `json:"id"`
	Check     string      `json:"check"`
	Layer     Layer       `json:"layer"`
	Severity  Severity    `json:"severity"`
	Object    kube.Ref    `json:"object"`
	Container string      `json:"container"`
	Path      string      `json:"path"`
	Message   string      `json:"message"`
	Fix       FixKind     `json:"fix"`
	Refs      []string    `json:"references"`
	Owner     *kube.Owner `json:"owner"`
	Source    *Position   `json:"source"`
	// System marks the cluster's own components, which are folded by default.
	System bool `json:"system"`
	// Accepted is set where somebody has accepted the finding.
	Accepted *Acceptance `json:"accepted"`

	// Key is the Hit's.
	Key string `json:"-"`
}

// Position is a line of a manifest.
type Position struct {
	File string `json:"file"`
	Line int    `json:"line"`
}

// newFinding turns a check's hit into a finding.
func newFinding(c Check, inv *kube.Inventory, h Hit) Finding {
	f := Finding{
		Check: c.ID, Layer: c.Layer, Severity: c.Severity,
		Object: kube.RefOf(h.Object), Container: kube.Clean(h.Container), Path: h.Path, Key: h.Key,
		Message: kube.Clean(h.Message), Fix: c.Fix, Refs: c.References,
	}
	if h.Severity != 0 && !c.fixedSeverity {
		f.Severity = h.Severity
	}
	if owner := inv.Owner(h.Object); owner.Manager != "" {
		f.Owner = &owner
	}
	if origin, ok := inv.Origin(h.Object); ok {
		f.Source = &Position{File: origin.File, Line: origin.LineOf(h.Path)}
	}
	f.ID = findingID(f)
	f.System = isSystem(inv, h.Object)
	f.Accepted = acceptanceOf(f, h.Object, c.exceptions, inv.TakenAt)
	return f
}

// findingID is made from what lasts: never from an index, a uid or a message.
// Files count, so that the same object in two overlays gives two findings.
func findingID(f Finding) string {
	parts := []string{f.Check, f.Object.APIVersion, f.Object.Kind, f.Object.Namespace, f.Object.Name, f.Container, f.Key}
	if f.Source != nil {
		parts = append(parts, f.Source.File)
	}
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:6])
}

// Compare orders findings for people: the worst first, then by layer, check and object.
func Compare(a, b Finding) int {
	if a.Severity != b.Severity {
		return int(b.Severity - a.Severity)
	}
	for _, c := range []int{
		strings.Compare(a.Check, b.Check),
		strings.Compare(a.Object.Namespace, b.Object.Namespace),
		strings.Compare(a.Object.Kind, b.Object.Kind),
		strings.Compare(a.Object.Name, b.Object.Name),
		strings.Compare(a.Container, b.Container),
		strings.Compare(a.Key, b.Key),
	} {
		if c != 0 {
			return c
		}
	}
	return strings.Compare(a.ID, b.ID)
}
