package tui

import (
	"strings"

	"kiln/kube"
	"kiln/scanners"
)

// acceptanceText says that somebody accepted a finding, until when, and why.
// It is empty where nobody has.
func acceptanceText(a *scanners.Acceptance) string {
	if a == nil {
		return ""
	}
	text := "accepted"
	switch {
	case a.Expired:
		text = "acceptance expired " + a.Expires
	case a.Expires != "":
		text += " until " + a.Expires
	}
	return kube.Clean(text + ": " + a.Reason)
}

// acceptedCell draws a finding that somebody has accepted: faint, and as
// accepted in words, never as passed.
func (v *findingsView) acceptedCell(f *scanners.Finding, col, width int) cell {
	faint := v.app.styles.faint
	switch col {
	case severityColumn:
		if width < len("~ accepted") {
			return cell{"~ acc", faint}
		}
		return cell{"~ accepted", faint}
	case checkColumn:
		return cell{v.checkText(f, width), faint}
	case objectColumn:
		return cell{kube.Clean(objectIn(f, width)), faint}
	case namespaceColumn:
		return cell{kube.Clean(f.Object.Namespace), faint}
	case messageColumn:
		return cell{acceptanceText(f.Accepted) + " · " + kube.Clean(f.Message), faint}
	case fixColumn:
		return cell{string(f.Fix), faint}
	}
	return cell{kube.Clean(ownerText(f)), faint}
}

// leftOut says what matches, but is folded or hidden, and which keys show it.
func (v *findingsView) leftOut() string {
	keys := v.app.keys
	var parts []string
	if n := v.arranged.folded; n > 0 {
		parts = append(parts, plural(n, "finding")+" of the cluster's own components folded: "+keys.System.Help().Key+" shows them")
	}
	if n := v.arranged.hidden; n > 0 {
		parts = append(parts, groupDigits(n)+" accepted hidden: "+keys.Accepted.Help().Key+" shows them")
	}
	return strings.Join(parts, ". ")
}

// leftOutShort is leftOut for the end of a line.
func (v *findingsView) leftOutShort(width int) string {
	keys := v.app.keys
	var parts []string
	if n := v.arranged.folded; n > 0 {
		parts = append(parts, groupDigits(n)+map[bool]string{true: " of the cluster's own folded", false: " folded"}[width >= 100]+" ("+keys.System.Help().Key+")")
	}
	if n := v.arranged.hidden; n > 0 {
		parts = append(parts, groupDigits(n)+" accepted hidden ("+keys.Accepted.Help().Key+")")
	}
	if len(parts) == 0 {
		return ""
	}
	return " " + strings.Join(parts, " · ") + " "
}
