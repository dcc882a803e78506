package manifest

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// seeds are manifests written in many ways.
func seeds() []string {
	return []string{
		head + "spec:\n  c:\n  - name: web # x\n    s: {a: 1}\n    t: |\n      x\n\n  # end\n  d: [1, 'b', \"c\"]\n",
		"---\n" + head + "spec: &a\n  - b: 1\n    c:\n    - x\n---\n" + head + "spec: {b: *x}\n",
		`{"apiVersion": "v1", "kind": "List", "items": [{"apiVersion":"v1","kind":"Pod","x":{"y":[1,{}]}}]}`,
		"\ufeff" + strings.ReplaceAll(head+"a: \"x\\\n  y\"\nb: plain\n  goes on\nc:\nd: ~\n", "\n", "\r\n"),
		head + "a: &x {y: [1, 2,], \"z\" : '''' ,}\nb: *x\n? k\n: v\n- bad",
		head + "a:\n  - - 1\n    - 2\n  -\n    b: 1\n  -\n",
		head + "a: >+\n  folded\n  text\n\nb: |2-\n   x\n",
		"{\n  \"apiVersion\": \"v1\",\n  \"kind\": \"Pod\",\n  \"a\": {\n    \"b\": []\n  }\n}\n",
		head + "é: {ü: '\u2028', on: yes, 0x10: 010}\n\"\": !!str 1\n",
	}
}

// An edit gives a text that says exactly what was asked for, leaves the other
// documents as they were to the byte, and adds or removes nothing but lines of
// the change; or there is a reason, and no text.
func FuzzEdit(f *testing.F) {
	for i, seed := range seeds() {
		for n := range uint64(6) {
			f.Add(seed, n*7+uint64(i))
		}
	}
	f.Fuzz(func(t *testing.T, text string, seed uint64) {
		file, err := Read("f.yaml", []byte(text))
		if err != nil || len(file.Objects()) == 0 {
			return
		}
		random := rand.New(rand.NewPCG(seed, 1))
		object := file.Objects()[random.IntN(len(file.Objects()))]
		wanted := object.Value()
		for range random.IntN(3) + 1 {
			mutate(random, wanted)
		}
		wanted["apiVersion"], wanted["kind"] = object.Value()["apiVersion"], object.Value()["kind"]
		if err := object.Set(wanted); err != nil {
			return
		}
		edited, err := file.Text()
		if err != nil {
			if _, ok := err.(*Refusal); !ok {
				t.Fatalf("no refusal but %T: %v", err, err)
			}
			return
		}
		again, err := Read("f.yaml", []byte(edited))
		if err != nil {
			t.Fatalf("the edited text can't be read: %v\n%s", err, edited)
		}
		compareDocuments(t, file, again, object)
		if !object.doc.changed() && edited != text {
			t.Errorf("nothing changed, but the text did:\n%q\n%q", text, edited)
		}
	})
}

func compareDocuments(t *testing.T, file, again *File, object *Object) {
	t.Helper()
	if len(again.docs) != len(file.docs) {
		t.Fatalf("%d documents became %d", len(file.docs), len(again.docs))
	}
	for i, d := range file.docs {
		switch got := again.docs[i]; {
		case d != object.doc && got.text != d.text:
			t.Errorf("another document changed: %q became %q", d.text, got.text)
		case d == object.doc && !reflect.DeepEqual(got.before, normal(d.after)):
			t.Errorf("%q became\n%q, which says %v, want %v", d.text, got.text, got.before, d.after)
		}
	}
}

// mutate changes something somewhere in a value.
func mutate(random *rand.Rand, value any) any {
	fresh := []any{true, int64(7), "text", "yes", "a: b # c", "two\nlines", nil, map[string]any{}, []any{}, map[string]any{"n": []any{"x", map[string]any{"name": "y"}}}}
	switch value := value.(type) {
	case map[string]any:
		keys := slices.Sorted(maps.Keys(value))
		if len(keys) == 0 || random.IntN(4) == 0 {
			value[fmt.Sprintf("new%d", random.IntN(3))] = fresh[random.IntN(len(fresh))]
			return value
		}
		key := keys[random.IntN(len(keys))]
		if random.IntN(5) == 0 {
			delete(value, key)
			return value
		}
		value[key] = mutate(random, value[key])
		return value
	case []any:
		at := random.IntN(len(value) + 1)
		switch {
		case at == len(value):
			return append(value, fresh[random.IntN(len(fresh))])
		case random.IntN(4) == 0:
			return slices.Delete(value, at, at+1)
		case random.IntN(4) == 0:
			return slices.Insert(value, at, fresh[random.IntN(len(fresh))])
		}
		value[at] = mutate(random, value[at])
		return value
	}
	return fresh[random.IntN(len(fresh))]
}

// Most edits of well-known manifests succeed: a refusal is for strange ones.
func TestEditsRarelyFail(t *testing.T) {
	text := head + `metadata:
  name: web
  labels: {app: web, "tier": 'front'}
spec:
  # the containers
  containers:
  - name: web
    image: "nginx:1" # pinned
    env:
    - {name: A, value: "1"}
    - name: B
      value: |
        several
        lines
    resources: {}
    args: [--a, "--b"]

  # volumes
  volumes:
  - name: tmp
    emptyDir: {}
  nodeSelector:
`
	refused, last := 0, error(nil)
	const edits = 3000
	for seed := range uint64(edits) {
		file, err := Read("web.yaml", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		object := file.Objects()[0]
		wanted := object.Value()
		mutate(rand.New(rand.NewPCG(seed, 2)), wanted)
		wanted["apiVersion"], wanted["kind"] = "v1", "Pod"
		if err := object.Set(wanted); err != nil {
			t.Fatal(err)
		}
		if _, err := file.Text(); err != nil {
			refused++
			spec, _ := json.Marshal(wanted)
			last = fmt.Errorf("%w: %s", err, spec)
		}
	}
	t.Logf("%d of %d refused, the last: %v", refused, edits, last)
	if refused > edits/50 {
		t.Errorf("%d of %d edits were refused", refused, edits)
	}
}
