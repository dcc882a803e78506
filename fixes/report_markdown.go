package fixes

import (
	"fmt"
	"strings"
	"time"

	"kiln/kube"
)

// Markdown is the report for people. Text of the cluster can't become
// Markdown of its own.
func (r ChangeReport) Markdown() string {
	var out strings.Builder
	fmt.Fprintf(&out, "# Changes made with kiln\n\nReport of %s", atTime(r.MadeAt))
	if r.Since != nil {
		fmt.Fprintf(&out, ", since %s", atTime(*r.Since))
	}
	fmt.Fprintf(&out, ": %d changes. Secret values are masked.\n", len(r.Changes))
	for _, change := range r.Changes {
		change.markdown(&out)
	}
	return out.String()
}

func (c ReportedChange) markdown(out *strings.Builder) {
	fmt.Fprintf(out, "\n## %s: %s\n\n", c.ID, plainMarkdown(c.Title))
	rows := [][2]string{
		{"State", string(c.State)}, {"When", atTime(c.Time)}, {"Who", c.User},
		{"Where", strings.TrimSpace(c.Context + " " + c.Server)},
		{"Finding", strings.TrimSpace(c.Check + " " + c.Finding)}, {"Error", c.Error}, {"Taken back", c.undone()},
	}
	for _, row := range rows {
		if row[1] != "" {
			fmt.Fprintf(out, "- %s: %s\n", row[0], plainMarkdown(row[1]))
		}
	}
	if c.Problem != "" {
		// The lesson's sentence is Markdown already, and ours.
		fmt.Fprintf(out, "- Why: %s. %s\n", plainMarkdown(c.Problem), c.Why)
	}
	for _, object := range c.Objects {
		object.markdown(out)
	}
}

func (c ReportedChange) undone() string {
	if c.UndoneAt == nil {
		return ""
	}
	text := "by " + c.UndoneBy + " at " + atTime(*c.UndoneAt)
	if c.State == Undoing {
		text = "begun " + text
	}
	return text
}

func (o ReportedObject) markdown(out *strings.Builder) {
	fmt.Fprintf(out, "\n%s, %s (%s)\n", plainMarkdown(o.Ref.String()), o.Mechanism, o.State)
	var lines []string
	for _, field := range o.Fields {
		path := kube.Clean(field.Path)
		if field.Before != nil {
			lines = append(lines, "- "+path+": "+oneLine(field.Before))
		}
		if field.After != nil {
			lines = append(lines, "+ "+path+": "+oneLine(field.After))
		}
	}
	if len(lines) == 0 {
		return
	}
	text := strings.Join(lines, "\n")
	fence := fenceFor(text)
	fmt.Fprintf(out, "\n%sdiff\n%s\n%s\n", fence, text, fence)
}

// fenceFor is a code fence that nothing in the text can close.
func fenceFor(text string) string {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	return fence
}

// plainMarkdown makes a text show as itself: marks that mean something to
// Markdown, or to HTML within it, are escaped.
func plainMarkdown(text string) string {
	var out strings.Builder
	for _, r := range kube.Clean(text) {
		if strings.ContainsRune("\\`*_{}[]<>()#+!|&~$@", r) {
			out.WriteByte('\\')
		}
		out.WriteRune(r)
	}
	// An address must not become a link.
	return strings.ReplaceAll(out.String(), "://", "\\://")
}

func atTime(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 MST") }
