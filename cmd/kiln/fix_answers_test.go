package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"kiln/fixes"
	"kiln/scanners"
)

// Somebody sees what is asked, answers wrongly, then rightly, and fixes two
// things at once, which are taken back together.
func TestAnswersAndBatchStory(t *testing.T) {
	testbed := useTestbed(t)
	ns := testbed.Namespace(t, "answers")
	testbed.Apply(t, strings.ReplaceAll(privileged, "namespace: shop", ""), ns)
	spec := func() string {
		t.Helper()
		d, err := testbed.Client().AppsV1().Deployments(ns).Get(t.Context(), "web", metav1.GetOptions{})
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(d.Spec.Template.Spec.Containers[0].SecurityContext)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	first := spec()
	fix := func(args ...string) outcome {
		t.Helper()
		return kiln(t, "", append([]string{"fix", "-n", ns, "--object", "Deployment/web"}, args...)...)
	}

	looked := fix("pod/run-as-root", "--dry-run")
	for _, want := range []string{"asked: Which user does it run as? answer image", "65532 [nobody in particular", "--answer uid=…", "restarts 1 pod of Deployment/web"} {
		if !strings.Contains(looked.err, want) {
			t.Errorf("no %q in the dry run:\n%s", want, looked.err)
		}
	}
	for args, want := range map[string]string{
		"--answer uid=root": `"root" is no answer to "Which user does it run as?": it takes a number from 1 to 2147483647; the choices are image, 65532`,
		"--answer gid=7":    `nobody asks "gid"; what is asked is uid`,
		"--answer uid":      "it takes KEY=VALUE",
		"--take .spec.x":    `no field ".spec.x" changes hands`,
	} {
		got := fix(append([]string{"pod/run-as-root", "--yes"}, strings.Fields(args)...)...)
		if got.code != exitUsage || !strings.Contains(got.err, want) {
			t.Errorf("%s: exit %d, %s", args, got.code, got.err)
		}
	}
	asJSON := fix("pod/run-as-root", "--dry-run", "-o", "json", "--answer", "uid=1000")
	var results []fixResult
	if err := json.Unmarshal([]byte(asJSON.out), &results); err != nil || len(results) != 1 {
		t.Fatalf("%v: %s%s", err, asJSON.out, asJSON.err)
	}
	if q := results[0].Questions; len(q) != 1 || q[0].Answer != "1000" || !q[0].Free || len(q[0].Choices) != 2 || len(results[0].Targets[0].Effects) == 0 {
		t.Errorf("as JSON: %+v", results[0])
	}
	if spec() != first {
		t.Fatal("looking has changed the object")
	}

	both := fix("pod/run-as-root", "pod/privileged", "--yes", "--answer", "uid=1000")
	if both.code != exitDone || !strings.Contains(both.err, "2 of 2 fixes can be applied") {
		t.Fatalf("exit %d, %s", both.code, both.err)
	}
	if got := spec(); !strings.Contains(got, `"runAsUser":1000`) || !strings.Contains(got, `"privileged":false`) {
		t.Errorf("fixed: %s", got)
	}
	_, rest, found := strings.Cut(both.err, "'kiln undo g")
	batch, _, _ := strings.Cut("g"+rest, "'")
	if !found {
		t.Fatalf("no word of the batch: %s", both.err)
	}
	if looked := kiln(t, "", "undo", batch, "--dry-run"); looked.code != exitDone || strings.Count(looked.err, "Deployment/web in "+ns) != 2 {
		t.Errorf("the batch's undo: exit %d, %s", looked.code, looked.err)
	}
	if undone := kiln(t, "", "undo", batch); undone.code != exitDone || spec() != first {
		t.Errorf("undo: exit %d, %s\n%s", undone.code, undone.err, spec())
	}
	if again := kiln(t, "", "undo", batch); again.code != exitError || !strings.Contains(again.err, "nothing to undo") {
		t.Errorf("undo again: exit %d, %s", again.code, again.err)
	}
}

// On a terminal enter keeps the answer, numbers choose, and nonsense is asked
// again.
func TestAskQuestion(t *testing.T) {
	user := fixes.Question{Key: "uid", Ask: "Which user?", Value: "image", Choices: []fixes.Choice{{Value: "image"}, {Value: "1000", Found: "seen"}},
		Free: func(text string) error {
			if text == "7" {
				return nil
			}
			return errors.New("not a user")
		}}
	paths := fixes.Question{Key: "paths", Ask: "Which?", Many: true, Value: "/tmp", Choices: []fixes.Choice{{Value: "/tmp"}, {Value: "/run"}}}
	for name, test := range map[string]struct {
		q          fixes.Question
		typed      string
		want, said string
	}{
		"enter":             {user, "\n", "image", "2  1000 [seen]"},
		"nothing more":      {user, "", "image", "[image]"},
		"a number":          {user, "2\n", "1000", ""},
		"a value":           {user, "7\n", "7", ""},
		"nonsense first":    {user, "x\n2\n", "1000", "not a user"},
		"several":           {paths, "1, 2\n", "/tmp,/run", ""},
		"none of several":   {paths, "-\n", "", ""},
		"not one of these ": {paths, "/etc\n/run\n", "/run", "the choices are /tmp, /run"},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			got, err := askQuestion(bufio.NewReader(strings.NewReader(test.typed)), &out, scanners.Finding{Check: "pod/x"}, test.q)
			if err != nil || got.Value != test.want || !strings.Contains(out.String(), test.said) {
				t.Errorf("answered %q, %v:\n%s", got.Value, err, out.String())
			}
		})
	}
}
