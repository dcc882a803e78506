package main

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// Programs read what the commands write: keys look alike everywhere, and what
// is a list stays one where it is empty.
func TestJSONIsOfOneForm(t *testing.T) {
	testbed := useTestbed(t)
	ns := testbed.Namespace(t, "json")
	testbed.Apply(t, strings.ReplaceAll(privileged, "namespace: shop", ""), ns)
	for _, command := range []string{
		"scan -o json", "checks -o json", "fix pod/privileged --object Deployment/web --dry-run -o json", "fix pod/privileged --yes -o json",
		"journal -o json", "journal export -o json", "guard pod/privileged --yes", "guard --list -o json",
		"who-can get secrets -o json", "what-can Group:system:authenticated -o json",
		"reach -o json", "trace get secrets -o json",
	} {
		got := kiln(t, "", append(strings.Fields(command), "-n", ns)...)
		if got.code != exitDone {
			t.Errorf("%s: exit %d: %s", command, got.code, got.err)
		}
		if !strings.HasSuffix(command, "json") {
			continue
		}
		var whole any
		if err := json.Unmarshal([]byte(got.out), &whole); err != nil {
			t.Errorf("%s: %v in %s", command, err, got.out)
		}
		for _, fault := range faultsOfForm("", whole) {
			t.Errorf("%s: %s", command, fault)
		}
	}
}

// faultsOfForm are the keys in capitals, and the lists that are null, below a
// path of a JSON value.
func faultsOfForm(path string, value any) []string {
	lists := map[string]bool{
		"names": true, "takeovers": true, "warnings": true, "targets": true, "questions": true, "effects": true, "findings": true,
		"checks": true, "references": true, "workloads": true, "policies": true, "peers": true, "ports": true, "doors": true, "rules": true,
		"verbs": true, "on": true, "missing": true, "notEvaluated": true, "steps": true, "objects": true, "files": true,
	}
	var faults []string
	switch value := value.(type) {
	case []any:
		for _, item := range value {
			faults = append(faults, faultsOfForm(path+"[]", item)...)
		}
	case map[string]any:
		for key, item := range value {
			at := path + "." + key
			if first, _ := utf8.DecodeRuneInString(key); unicode.IsUpper(first) {
				faults = append(faults, at+" begins with a capital")
			}
			if item == nil && lists[key] {
				faults = append(faults, at+" is null")
			}
			faults = append(faults, faultsOfForm(at, item)...)
		}
	}
	return faults
}
