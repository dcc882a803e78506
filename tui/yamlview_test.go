package tui

import (
	"fmt"
	"testing"

	"kiln/kube"
)

func TestYAMLIsCopiedAsItIsShown(t *testing.T) {
	a, _ := newTestApp(t, "staging", 120, 40)
	v := &yamlView{app: a, ref: kube.Ref{APIVersion: "apps/v1", Kind: "Deployment", Namespace: "shop", Name: "checkout"}, pager: newPager()}
	a.push(v)
	if _, cmd := a.Update(keyOf("c")); cmd != nil {
		t.Error("something is copied before the object is read")
	}
	v.update(objectMsg{yaml: "kind: Secret\ndata: <masked 1>\x1b[31m\n"})
	_, cmd := a.Update(keyOf("c"))
	if cmd == nil {
		t.Fatal("nothing is copied")
	}
	if got := fmt.Sprint(cmd()); got != "kind: Secret\ndata: <masked 1>\n" {
		t.Errorf("copied %q", got)
	}
}
