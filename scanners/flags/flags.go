// Package flags reads the flags of the control plane's programs:
// kube-apiserver's, whether /flagz tells all of them with their defaults or a
// static pod only those that were set, and the others' off their pods.
package flags

import (
	"strconv"
	"strings"

	"kiln/kube"
)

// Value is what a flag is set to; Set says that it is neither absent nor empty.
type Value struct {
	Text string
	Set  bool
}

// Of returns a flag by its name without dashes.
func Of(inv *kube.Inventory, name string) Value { return valueOf(inv.APIServer.Flags[name]) }

func valueOf(text string) Value {
	text = strings.TrimSpace(text)
	return Value{text, text != "" && text != "[]"}
}

// Bool reads a switch, whose default holds where it isn't set.
func (v Value) Bool(byDefault bool) bool {
	b, err := strconv.ParseBool(v.Text)
	if err != nil {
		return byDefault
	}
	return b
}

// Int reads a number; 0 where there is none.
func (v Value) Int() int {
	n, err := strconv.Atoi(v.Text)
	if err != nil {
		return 0
	}
	return n
}

// List reads a list, which /flagz puts into brackets.
func (v Value) List() []string {
	if !v.Set {
		return nil
	}
	var all []string
	for _, item := range strings.Split(strings.Trim(v.Text, "[]"), ",") {
		if item = strings.Trim(strings.TrimSpace(item), `"`); item != "" {
			all = append(all, item)
		}
	}
	return all
}

// Path is where a finding on a flag points to: in the command of the static
// pod.
const Path = "spec.containers[0].command"
