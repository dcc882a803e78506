package fixes

import (
	"encoding/json"
	"strings"
	"time"

	"kiln/kube"
	"kiln/scanners"
)

// ChangeReport is the journal for those who have to know what was changed: who
// did what, when and why, and what became of it.
type ChangeReport struct {
	APIVersion string           `json:"apiVersion"`
	Kind       string           `json:"kind"`
	MadeAt     time.Time        `json:"madeAt"`
	Since      *time.Time       `json:"since"`
	Changes    []ReportedChange `json:"changes"`
}

// ReportedChange is one entry of the journal.
type ReportedChange struct {
	ID      string    `json:"id"`
	Time    time.Time `json:"time"`
	User    string    `json:"user"`
	Context string    `json:"context"`
	Server  string    `json:"server"`
	Title   string    `json:"title"`
	Finding string    `json:"finding"`
	Check   string    `json:"check"`
	// Problem is the check's title, Why the first sentence of its lesson; both
	// are empty for what no check asked for.
	Problem string `json:"problem"`
	Why     string `json:"why"`
	State   State  `json:"state"`
	// Error is why it failed, or its undo did not end.
	Error string `json:"error"`
	// UndoneBy and UndoneAt are empty where nobody has taken it back.
	UndoneBy string           `json:"undoneBy"`
	UndoneAt *time.Time       `json:"undoneAt"`
	Objects  []ReportedObject `json:"objects"`
}

// ReportedObject is one object of a change.
type ReportedObject struct {
	kube.Ref
	Mechanism Mechanism       `json:"mechanism"`
	State     State           `json:"state"`
	Fields    []ReportedField `json:"fields"`
}

// ReportedField is one changed field. Null stands for no value; secret values
// are marks.
type ReportedField struct {
	Path   string `json:"path"`
	Before any    `json:"before"`
	After  any    `json:"after"`
	Masked bool   `json:"masked"`
}

// NewChangeReport reports the entries since a time; the zero time means all.
// The checks say why. Texts are clean for a screen.
func NewChangeReport(entries []Entry, checks []scanners.Check, since, now time.Time) ChangeReport {
	report := ChangeReport{APIVersion: journalVersion, Kind: "ChangeReport", MadeAt: now.UTC().Truncate(time.Second), Changes: []ReportedChange{}}
	if !since.IsZero() {
		report.Since = &since
	}
	lessons := map[string]scanners.Check{}
	for _, c := range checks {
		lessons[c.ID] = c
	}
	for _, entry := range entries {
		if !entry.Time.Before(since) {
			report.Changes = append(report.Changes, reported(entry, lessons[entry.Finding.Check]))
		}
	}
	return report
}

func reported(entry Entry, check scanners.Check) ReportedChange {
	change := ReportedChange{
		ID: entry.ID, Time: entry.Time, User: kube.Clean(entry.User), Context: kube.Clean(entry.Context), Server: kube.Clean(entry.Cluster.Server),
		Title: kube.Clean(entry.Title), Finding: kube.Clean(entry.Finding.ID), Check: kube.Clean(entry.Finding.Check),
		Problem: check.Title, Why: firstSentence(check.Lesson),
		State: entry.State, Error: kube.Clean(entry.Error), UndoneBy: kube.Clean(entry.UndoneBy), UndoneAt: entry.UndoneAt,
	}
	for _, object := range entry.Objects {
		one := ReportedObject{Ref: object.Ref, Mechanism: object.Mechanism, State: object.State, Fields: []ReportedField{}}
		for _, field := range object.Fields {
			one.Fields = append(one.Fields, ReportedField{field.Path, field.Before, field.After, field.Masked})
		}
		change.Objects = append(change.Objects, one)
	}
	return change
}

// firstSentence is that of the first paragraph of Markdown that isn't a
// heading.
func firstSentence(markdown string) string {
	for paragraph := range strings.SplitSeq(markdown, "\n\n") {
		text := strings.Join(strings.Fields(paragraph), " ")
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		if end := strings.Index(text, ". "); end >= 0 {
			return text[:end+1]
		}
		return text
	}
	return ""
}

// oneLine writes a field's value for a diff.
func oneLine(value any) string {
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return "(a value that can't be written)"
	}
	return kube.Clean(strings.TrimSpace(text.String()))
}
