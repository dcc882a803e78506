package manifest

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestWholeFiles(t *testing.T) {
	tests := []struct{ name, before, operations, after string }{
		{
			"a byte order mark, a comment first, and other documents",
			"\ufeff# shop\n---\n" + head + "spec: {x: 1}\n--- # two\nkind: [\n---\n{{ broken }}\n",
			`[{"op":"replace","path":"/spec/x","value":2}]`,
			"\ufeff# shop\n---\n" + head + "spec: {x: 2}\n--- # two\nkind: [\n---\n{{ broken }}\n",
		},
		{
			"an item of a List",
			"apiVersion: v1\nkind: List\nitems:\n# the pod\n- apiVersion: v1\n  kind: Pod\n  spec:\n    x: 1\n- {apiVersion: v1, kind: Service}\n",
			`[{"op":"add","path":"/spec/w","value":"2"}]`,
			"apiVersion: v1\nkind: List\nitems:\n# the pod\n- apiVersion: v1\n  kind: Pod\n  spec:\n    x: 1\n    w: \"2\"\n- {apiVersion: v1, kind: Service}\n",
		},
		{
			"an item that leaves out what it is",
			"apiVersion: v1\nkind: PodList\nitems:\n- spec:\n    x: 1\n",
			`[{"op":"replace","path":"/spec/x","value":2}]`,
			"apiVersion: v1\nkind: PodList\nitems:\n- spec:\n    x: 2\n",
		},
		{
			"JSON with its indentation",
			"{\n\t\"apiVersion\": \"v1\",\n\t\"kind\": \"Pod\",\n\t\"spec\": {\n\t\t\"c\": [\n\t\t\t{\n\t\t\t\t\"name\": \"web\"\n\t\t\t}\n\t\t],\n\t\t\"e\": {}\n\t}\n}\n",
			`[{"op":"add","path":"/spec/c/0/s","value":{"drop":["ALL"]}},{"op":"add","path":"/spec/e/f","value":"<&>"}]`,
			"{\n\t\"apiVersion\": \"v1\",\n\t\"kind\": \"Pod\",\n\t\"spec\": {\n\t\t\"c\": [\n\t\t\t{\n\t\t\t\t\"name\": \"web\",\n\t\t\t\t\"s\": {\n\t\t\t\t\t\"drop\": [\n\t\t\t\t\t\t\"ALL\"\n\t\t\t\t\t]\n\t\t\t\t}\n\t\t\t}\n\t\t],\n\t\t\"e\": {\n\t\t\t\"f\": \"<&>\"\n\t\t}\n\t}\n}\n",
		},
		{
			"JSON in one line",
			`{"apiVersion":"v1","kind":"Pod","spec":{"c":[{"name":"web"}]}}`,
			unprivileged,
			`{"apiVersion":"v1","kind":"Pod","spec":{"c":[{"name":"web","s":{"privileged":false}}]}}`,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := edit(t, test.before, test.operations)
			if err != nil {
				t.Fatal(err)
			}
			if got != test.after {
				t.Errorf("the edited text is\n%q\nwant\n%q", got, test.after)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	const set = `[{"op":"add","path":"/spec/s/x","value":2}]`
	tests := []struct {
		name, text, operations, why string
		line                        int
	}{
		{"an alias", head + "base: &b {x: 1}\nspec:\n  s: *b\n", set, "*b of line 3", 5},
		{"an anchor that is used", head + "spec:\n  s: &b\n    x: 1\n  t: *b\n", set, "&b, which line 6 uses", 4},
		{"inside an anchor", head + "spec: &b\n  s: {x: 1}\nt: *b\n", set, "&b, which line 5 uses", 3},
		{"a part of a merge", head + "base: &b {s: {x: 1}}\nspec:\n  <<: *b\n", set, "merge key", 5},
		{"a key twice", head + "spec:\n  s: {x: 1}\n  a: 1\n  a: 2\n", set, "given twice", 6},
		{"not UTF-8", head + "spec: \xff\n", set, "not UTF-8", 0},
		{"a template", head + "spec: {{ .Values.spec }}\n", set, "template", 3},
		{"a syntax error", head + "spec: [\n", set, "not valid YAML", 3},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := edit(t, test.text, test.operations)
			var refusal *Refusal
			if !errors.As(err, &refusal) {
				t.Fatalf("got %v", err)
			}
			if refusal.File != "web.yaml" || refusal.Line != test.line || !strings.Contains(refusal.Why, test.why) {
				t.Errorf("refused: %v, want line %d and %q", refusal, test.line, test.why)
			}
		})
	}
}

func TestNewDocuments(t *testing.T) {
	for before, after := range map[string]string{
		"":                  "apiVersion: v1\nkind: Secret\nmetadata:\n  name: x\n",
		"# nothing\n":       "# nothing\n---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: x\n",
		"a: 1":              "a: 1\n---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: x\n",
		"a: 1\r\nb: 2\r\n":  "a: 1\r\nb: 2\r\n---\r\napiVersion: v1\r\nkind: Secret\r\nmetadata:\r\n  name: x\r\n",
		"---\na: 1\n---\n":  "---\na: 1\n---\n---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: x\n",
		"a:\n    b: [\n---": "a:\n    b: [\n---\n---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: x\n",
	} {
		f, err := Read("x.yaml", []byte(before))
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Add(map[string]any{"kind": "Secret", "metadata": map[string]any{"name": "x"}, "apiVersion": "v1"}); err != nil {
			t.Fatal(err)
		}
		if got, err := f.Text(); err != nil || got != after {
			t.Errorf("%q became %q, %v; want %q", before, got, err, after)
		}
	}
	f, err := Read("x.json", []byte(`{"a": 1}`))
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Add(map[string]any{}); err == nil {
		t.Error("JSON can't hold a second document")
	}
}

func TestNothingToChange(t *testing.T) {
	text := "\ufeff" + head + "spec: {a: [1,2 ,3], b:   x}\r\n"
	got, err := edit(t, text, `[]`)
	if err != nil || got != text {
		t.Errorf("got %q, %v", got, err)
	}
}

// A file of 50,000 lines is edited in all its documents at once.
func TestLargeFile(t *testing.T) {
	var text strings.Builder
	for i := range 2500 {
		fmt.Fprintf(&text, "---\n# number %d\n%smetadata: {name: p%d}\nspec:\n  c:\n%s", i, head, i, strings.Repeat("  - name: web # x\n    image: y\n", 6)+"  - name: z\n")
	}
	started := time.Now()
	f, err := Read("big.yaml", []byte(text.String()))
	if err != nil {
		t.Fatal(err)
	}
	objects := f.Objects()
	for _, o := range objects {
		fields := o.Value()
		fields["spec"].(map[string]any)["c"].([]any)[3].(map[string]any)["image"] = "other"
		if err := o.Set(fields); err != nil {
			t.Fatal(err)
		}
	}
	got, err := f.Text()
	if err != nil {
		t.Fatal(err)
	}
	if len(objects) != 2500 || strings.Count(got, "image: other") != 2500 || len(got) != text.Len()+4*2500 {
		t.Errorf("%d objects, %d edits", len(objects), strings.Count(got, "image: other"))
	}
	t.Logf("%d lines in %v", strings.Count(got, "\n"), time.Since(started))
}

func TestRemovedDocument(t *testing.T) {
	f, err := Read("x.yaml", []byte("# one\nkind: A\napiVersion: v1\n---\nkind: B # two\napiVersion: v1\n---\n# three\n"))
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Objects()[0].Remove(); err != nil {
		t.Fatal(err)
	}
	if got, err := f.Text(); err != nil || got != "---\nkind: B # two\napiVersion: v1\n---\n# three\n" {
		t.Errorf("got %q, %v", got, err)
	}
	for name, text := range map[string]string{"all that the file holds": `{"apiVersion": "v1", "kind": "A"}`, "item of a list": "{kind: List, apiVersion: v1, items: [{kind: A, apiVersion: v1}]}"} {
		f, err := Read("x", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Objects()[0].Remove(); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("removing %s: %v", text, err)
		}
	}
}
