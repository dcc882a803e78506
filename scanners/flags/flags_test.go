package flags_test

import (
	"slices"
	"testing"

	"kiln/kube"
	"kiln/scanners/flags"
)

func TestValuesAsFlagzAndStaticPodsWriteThem(t *testing.T) {
	inv := &kube.Inventory{APIServer: kube.APIServer{Flags: map[string]string{
		"list": "[Node,RBAC]", "plain": "Node, RBAC", "none": "[]", "empty": "", "off": "false", "number": "30", "words": "thirty",
	}}}
	of := func(name string) flags.Value { return flags.Of(inv, name) }
	for _, name := range []string{"list", "plain"} {
		if got := of(name).List(); !slices.Equal(got, []string{"Node", "RBAC"}) {
			t.Errorf("%s: %q", name, got)
		}
	}
	for _, name := range []string{"none", "empty", "absent"} {
		if v := of(name); v.Set || v.List() != nil {
			t.Errorf("%s is set: %+v", name, v)
		}
	}
	if of("off").Bool(true) || !of("absent").Bool(true) || of("absent").Bool(false) {
		t.Error("switches are misread")
	}
	if of("number").Int() != 30 || of("words").Int() != 0 || of("absent").Int() != 0 {
		t.Error("numbers are misread")
	}
}
