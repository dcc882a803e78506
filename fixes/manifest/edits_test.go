package manifest

import (
	"encoding/json"
	"strings"
	"testing"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	utiljson "k8s.io/apimachinery/pkg/util/json"
)

// patched is an object after a JSON patch, written shortly.
func patched(t *testing.T, fields map[string]any, operations string) map[string]any {
	t.Helper()
	patch, err := jsonpatch.DecodePatch([]byte(operations))
	if err != nil {
		t.Fatal(err)
	}
	before, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	after, err := patch.Apply(before)
	if err != nil {
		t.Fatal(err)
	}
	var wanted map[string]any
	if err := utiljson.Unmarshal(after, &wanted); err != nil {
		t.Fatal(err)
	}
	return wanted
}

// edit patches the first object of a text.
func edit(t *testing.T, text, operations string) (string, error) {
	t.Helper()
	f, err := Read("web.yaml", []byte(text))
	if err != nil {
		return "", err
	}
	objects := f.Objects()
	if len(objects) == 0 {
		return "", f.docs[0].err
	}
	if err := objects[0].Set(patched(t, objects[0].Value(), operations)); err != nil {
		return "", err
	}
	return f.Text()
}

// head makes an object of what follows.
const head = "apiVersion: v1\nkind: Pod\n"

const unprivileged = `[{"op":"add","path":"/spec/c/0/s","value":{"privileged":false}}]`

func TestEditsKeepTheRest(t *testing.T) {
	tests := []struct{ name, before, operations, after string }{
		{
			"a value, with a comment behind it",
			"spec:\n  privileged: true   # since 2019\n  other: 1\n",
			`[{"op":"replace","path":"/spec/privileged","value":false}]`,
			"spec:\n  privileged: false   # since 2019\n  other: 1\n",
		},
		{
			"a mapping where there was none",
			"spec:\n  c:\n  - name: web\n    image: x # pinned\n\n  # the end\n  d: 1\n",
			unprivileged,
			"spec:\n  c:\n  - name: web\n    image: x # pinned\n    s:\n      privileged: false\n\n  # the end\n  d: 1\n",
		},
		{
			"comments between list items",
			"spec:\n  list:\n  # one\n  - a\n  # two\n  - b # too\n  # three\n",
			`[{"op":"add","path":"/spec/list/1","value":"x"},{"op":"add","path":"/spec/list/-","value":"z"}]`,
			"spec:\n  list:\n  # one\n  - a\n  - x\n  # two\n  - b # too\n  - z\n  # three\n",
		},
		{
			"an item taken away",
			"spec:\n  list:\n    - a\n    # two\n    - b\n    - c\n",
			`[{"op":"remove","path":"/spec/list/1"}]`,
			"spec:\n  list:\n    - a\n    # two\n    - c\n",
		},
		{
			"the first item and the last",
			"spec:\n  list:\n  - a\n  - b\n  - c\n",
			`[{"op":"remove","path":"/spec/list/2"},{"op":"remove","path":"/spec/list/0"}]`,
			"spec:\n  list:\n  - b\n",
		},
		{
			"all items",
			"spec:\n  list:\n  - a\n  - b\n  next: 1\n",
			`[{"op":"replace","path":"/spec/list","value":[]}]`,
			"spec:\n  list: []\n  next: 1\n",
		},
		{
			"a new first item",
			"spec:\n  list:\n  - b\n",
			`[{"op":"add","path":"/spec/list/0","value":{"name":"a","mountPath":"/tmp"}}]`,
			"spec:\n  list:\n  - name: a\n    mountPath: /tmp\n  - b\n",
		},
		{
			"the first key of an item",
			"spec:\n  c:\n  - value: secret\n    name: web\n    x: 1\n",
			`[{"op":"remove","path":"/spec/c/0/value"}]`,
			"spec:\n  c:\n  - name: web\n    x: 1\n",
		},
		{
			"a key for another",
			"spec:\n  env:\n  - name: PASSWORD\n    value: hunter2 # ssh\n  - name: B\n",
			`[{"op":"replace","path":"/spec/env/0","value":{"name":"PASSWORD","valueFrom":{"secretKeyRef":{"name":"web","key":"PASSWORD"}}}}]`,
			"spec:\n  env:\n  - name: PASSWORD\n    valueFrom:\n      secretKeyRef:\n        name: web\n        key: PASSWORD\n  - name: B\n",
		},
		{
			"a key for another, and one behind them",
			"spec:\n  c:\n  - name: web\n    env:\n    - name: PASSWORD\n      value: hunter2 # ssh\n  d: 1\n",
			`[{"op":"remove","path":"/spec/c/0/env/0/value"},{"op":"add","path":"/spec/c/0/env/0/from","value":"x"},{"op":"add","path":"/spec/c/0/s","value":"z"}]`,
			"spec:\n  c:\n  - name: web\n    env:\n    - name: PASSWORD\n      from: x\n    s: z\n  d: 1\n",
		},
		{
			"the same in flow style",
			"spec: {env: [{name: PASSWORD, value: 'x, y'}, {name: B}]}\n",
			`[{"op":"replace","path":"/spec/env/0","value":{"name":"PASSWORD","valueFrom":{"fieldRef":{"fieldPath":"a.b"}}}}]`,
			"spec: {env: [{name: PASSWORD, valueFrom: {fieldRef: {fieldPath: a.b}}}, {name: B}]}\n",
		},
		{
			"flow style",
			"spec: {c: [{name: web, s: {privileged: true}}], \"q\": 'it''s {'} # end\n",
			`[{"op":"replace","path":"/spec/c/0/s","value":{"privileged":false,"drop":["ALL"]}},{"op":"add","path":"/spec/c/-","value":{"name":"b"}}]`,
			"spec: {c: [{name: web, s: {privileged: false, drop: [ALL]}}, {name: b}], \"q\": 'it''s {'} # end\n",
		},
		{
			"flow style over lines",
			"spec: {\n    a: 1,   # one\n    b: [x, y, z],\n    }\n",
			`[{"op":"add","path":"/spec/c","value":true},{"op":"remove","path":"/spec/b/1"},{"op":"remove","path":"/spec/a"}]`,
			"spec: {\n    b: [x, z],\n    c: true,\n    }\n",
		},
		{
			"an empty mapping with a comment",
			"spec:\n  s: {} # none\n  t:  # nothing\n  u: ~\n",
			`[{"op":"add","path":"/spec/s/a","value":{"b":1}},{"op":"replace","path":"/spec/t","value":{"c":[1]}},{"op":"replace","path":"/spec/u","value":7}]`,
			"spec:\n  s: # none\n    a:\n      b: 1\n  t:  # nothing\n    c:\n    - 1\n  u: 7\n",
		},
		{
			"no value yet",
			"spec:\n  a:\n  b:\n",
			`[{"op":"replace","path":"/spec/a","value":"yes"},{"op":"replace","path":"/spec/b","value":{}}]`,
			"spec:\n  a: \"yes\"\n  b: {}\n",
		},
		{
			"quoted keys and quotes of values",
			"\"spec\":\n  'a': \"one\"\n  \"b\": 'two'\n",
			`[{"op":"replace","path":"/spec/a","value":"1\"\n"},{"op":"replace","path":"/spec/b","value":"it's"}]`,
			"\"spec\":\n  'a': \"1\\\"\\n\"\n  \"b\": 'it''s'\n",
		},
		{
			"texts of several lines",
			"spec:\n  a: |\n    one: 1\n      two\n\n    # no comment\n  b: >-\n    folded\n    more\n\n  c: plain\n    goes on\n\n    here\n  d: \"x\\\n    y\"\n",
			`[{"op":"replace","path":"/spec/b","value":"B"},{"op":"replace","path":"/spec/c","value":"C"},{"op":"replace","path":"/spec/d","value":"D"}]`,
			"spec:\n  a: |\n    one: 1\n      two\n\n    # no comment\n  b: B\n\n  c: C\n  d: \"D\"\n",
		},
		{
			"behind a text of several lines",
			"spec:\n  a:\n    text: |-\n      one\n      two\n\n  # of b\n  b: 1\n",
			`[{"op":"add","path":"/spec/a/z","value":"Z"}]`,
			"spec:\n  a:\n    text: |-\n      one\n      two\n    z: Z\n\n  # of b\n  b: 1\n",
		},
		{
			"CRLF, and no line break at the end",
			"spec:\r\n  c:\r\n  - name: web # x\r\n    image: y",
			unprivileged,
			"spec:\r\n  c:\r\n  - name: web # x\r\n    image: y\r\n    s:\r\n      privileged: false",
		},
		{
			"the last key, and no line break at the end",
			"spec:\n  a: 1\n  b: 2",
			`[{"op":"remove","path":"/spec/b"}]`,
			"spec:\n  a: 1",
		},
		{
			"wide indentation",
			"spec:\n    c:\n        - name: web\n          image: y\n    x:\n        y: 1\n",
			unprivileged,
			"spec:\n    c:\n        - name: web\n          image: y\n          s:\n              privileged: false\n    x:\n        y: 1\n",
		},
		{
			"lists as indented as the others",
			"spec:\n  c:\n    - name: web\n",
			`[{"op":"add","path":"/spec/c/0/drop","value":["ALL"]}]`,
			"spec:\n  c:\n    - name: web\n      drop:\n        - ALL\n",
		},
		{
			"tabs and letters beyond ASCII",
			"spec:\n  \"größe\": \"a\tb\"\t# tab\n  é: {ü: 'ñ', x: true}\n",
			`[{"op":"replace","path":"/spec/é/x","value":false}]`,
			"spec:\n  \"größe\": \"a\tb\"\t# tab\n  é: {ü: 'ñ', x: false}\n",
		},
		{
			"an alias for a plain value",
			"spec:\n  a: &yes true\n  b: *yes # shared\n",
			`[{"op":"replace","path":"/spec/b","value":false}]`,
			"spec:\n  a: &yes true\n  b: false # shared\n",
		},
		{
			"beside a merge key",
			"base: &base {x: 1}\nspec:\n  <<: *base\n  v: 2\n",
			`[{"op":"add","path":"/spec/z","value":{"a":1}}]`,
			"base: &base {x: 1}\nspec:\n  <<: *base\n  v: 2\n  z:\n    a: 1\n",
		},
		{
			"an anchor that nobody uses",
			"spec: &s\n  a: 1\n",
			`[{"op":"add","path":"/spec/b","value":2}]`,
			"spec: &s\n  a: 1\n  b: 2\n",
		},
		{
			"words that are booleans as keys",
			"spec:\n  y: 1\n  \"n\": 2\n  0x10: 3\n",
			`[{"op":"replace","path":"/spec/true","value":7},{"op":"replace","path":"/spec/n","value":8}]`,
			"spec:\n  y: 7\n  \"n\": 8\n  0x10: 3\n",
		},
		{
			"lists in lists",
			"spec:\n  a:\n  - - 1\n    - 2\n  - - 3\n",
			`[{"op":"add","path":"/spec/a/0/-","value":9},{"op":"remove","path":"/spec/a/1"}]`,
			"spec:\n  a:\n  - - 1\n    - 2\n    - 9\n",
		},
		{
			"a dash on a line of its own",
			"spec:\n  a:\n  -\n    # first\n    x: 1\n  -\n    x: 2\n",
			`[{"op":"add","path":"/spec/a/0/w","value":1},{"op":"remove","path":"/spec/a/1"}]`,
			"spec:\n  a:\n  -\n    # first\n    x: 1\n    w: 1\n",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			newline := "\n"
			if strings.Contains(test.before, "\r\n") {
				newline = "\r\n"
			}
			head := strings.ReplaceAll(head, "\n", newline)
			got, err := edit(t, head+test.before, test.operations)
			if err != nil {
				t.Fatal(err)
			}
			if got != head+test.after {
				t.Errorf("the edited text is\n%s\nwant\n%s", got, head+test.after)
			}
		})
	}
}
