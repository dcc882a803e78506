package fixes

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/yuin/goldmark"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/catalogue"
)

func reportedEntry(title string, at time.Time) Entry {
	return Entry{
		ID: "000000001", Time: at, User: "alice", Context: "prod", Cluster: ClusterID{Server: "https://192.0.2.1:6443"}, Title: title, State: Applied,
		Finding: FindingID{ID: "3f2a9c01d4e5", Check: "pod/privileged"},
		Objects: []JournalObject{{
			Ref: kube.Ref{APIVersion: "apps/v1", Kind: "Deployment", Namespace: "shop", Name: "web"}, Mechanism: ServerSideApply, State: Applied,
			Fields: []kube.FieldChange{{Path: ".spec.x", Before: true, After: false}, {Path: ".spec.y", After: map[string]any{"a": "<b>"}}},
		}},
	}
}

func TestChangeReportTellsWhoWhatWhenAndWhy(t *testing.T) {
	now := time.Date(2026, 11, 2, 3, 4, 5, 0, time.UTC)
	undone := reportedEntry("Run container web unprivileged", now.Add(-time.Hour))
	undone.State, undone.UndoneBy, undone.UndoneAt = Undone, "bob", &now
	old := reportedEntry("Old", now.Add(-48*time.Hour))
	report := NewChangeReport([]Entry{old, undone}, catalogue.Checks(), now.Add(-24*time.Hour), now)
	want := "# Changes made with kiln\n\nReport of 2026-11-02 03:04:05 UTC, since 2026-11-01 03:04:05 UTC: 1 changes. Secret values are masked.\n" + `
## 000000001: Run container web unprivileged

- State: undone
- When: 2026-11-02 02:04:05 UTC
- Who: alice
- Where: prod https\://192.0.2.1:6443
- Finding: pod/privileged 3f2a9c01d4e5
- Taken back: by bob at 2026-11-02 03:04:05 UTC
- Why: `
	text := report.Markdown()
	if !strings.HasPrefix(text, want) || strings.Contains(text, "Old") {
		t.Errorf("the report is\n%s", text)
	}
	for _, part := range []string{
		"A container is a process that the kernel fences in", "a short list of devices.\n",
		"\nDeployment/web in shop, server-side apply (applied)\n\n```diff\n- .spec.x: true\n+ .spec.x: false\n+ .spec.y: {\"a\":\"<b>\"}\n```\n",
	} {
		if !strings.Contains(text, part) {
			t.Errorf("no %q in\n%s", part, text)
		}
	}
	data, err := json.Marshal(report)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{`"kind":"ChangeReport"`, `"undoneBy":"bob"`, `"why":"A container is`, `{"path":".spec.x","before":true,"after":false,"masked":false}`} {
		if !strings.Contains(string(data), part) {
			t.Errorf("no %s in %s", part, data)
		}
	}
}

func TestChangeReportIsNotTakenOver(t *testing.T) {
	hostile := "x</h2><script>alert(1)</script> [click](http://evil.test) ![i](http://evil.test/i.png) `c` **b** | http://evil.test <http://evil.test> @all \x1b]0;owned\a\n# heading\n```\n- item"
	entry := reportedEntry(hostile, time.Now())
	entry.User, entry.Context, entry.Error, entry.Finding.Check = hostile, hostile, hostile, hostile
	entry.Objects[0].Name, entry.Objects[0].Fields[0].Path, entry.Objects[0].Fields[0].After = hostile, hostile, hostile
	text := NewChangeReport([]Entry{entry}, []scanners.Check{}, time.Time{}, time.Now()).Markdown()
	if strings.ContainsAny(text, "\x1b\a") {
		t.Errorf("control characters in %q", text)
	}
	var html bytes.Buffer
	if err := goldmark.Convert([]byte(text), &html); err != nil {
		t.Fatal(err)
	}
	for _, tag := range []string{"<script", "<a ", "<img", "<strong", "<code>c", "<h1>heading", "</h2><script"} {
		if strings.Contains(html.String(), tag) {
			t.Errorf("%s in\n%s", tag, html.String())
		}
	}
	if strings.Count(html.String(), "<pre>") != 1 || strings.Count(html.String(), "<h1") != 1 || strings.Count(html.String(), "<h2") != 1 {
		t.Errorf("the structure is not ours:\n%s", html.String())
	}
}
