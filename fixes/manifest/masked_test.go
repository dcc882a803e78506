package manifest

import (
	"testing"
)

func TestMaskedText(t *testing.T) {
	text := "kind: Secret # hunter2 stays in comments\napiVersion: v1\nbase: &p one\nstringData:\n  a: 'two' # x\n  b: |\n    three\n\n    four\n  c: *p\n  n: 7\n  five: {six: seven}\n---\nkind: [\n---\nkind: A\napiVersion: v1\na: [b]\n"
	f, err := Read("x.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	mask := func(fields map[string]any) map[string]any {
		if data, ok := fields["stringData"].(map[string]any); ok {
			for key := range data {
				data[key] = "***"
			}
		}
		return fields
	}
	want := "kind: Secret # hunter2 stays in comments\napiVersion: v1\nbase: ***\nstringData:\n  a: *** # x\n  b: ***\n    ***\n\n    ***\n  c: *p\n  n: ***\n  five: ***\n---\n(not shown: it can't be read)\n---\nkind: A\napiVersion: v1\na: [b]\n"
	if got := f.Masked(mask); got != want {
		t.Errorf("masked:\n%s\nwant\n%s", got, want)
	}
}
