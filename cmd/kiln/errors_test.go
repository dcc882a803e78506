package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kiln/fixes/manifest"
)

func TestErrorsHaveALineEach(t *testing.T) {
	first, second := errors.New("first"), errors.New("second")
	refusal := &manifest.Refusal{File: "web.yaml", Line: 3, Why: "it is a template"}
	for _, c := range []struct {
		name string
		err  error
		want string
	}{
		{"one", first, "kiln: first\n"},
		{"joined", errors.Join(first, errors.Join(second, refusal)), "kiln: first\nkiln: second\nkiln: web.yaml:3: it is a template\n"},
		{"two causes in one sentence", fmt.Errorf("%w, then %w", first, second), "kiln: first, then second\n"},
		{"control sequences", errors.New("a\x1b[2Jb"), "kiln: ab\n"},
	} {
		var out bytes.Buffer
		if tell(&out, c.err); out.String() != c.want {
			t.Errorf("%s: %q, want %q", c.name, out.String(), c.want)
		}
	}
}

// What is named and isn't there is called by its name, with where to look.
func TestWhatIsNotThere(t *testing.T) {
	testbed := useTestbed(t)
	ns := testbed.Namespace(t, "absent")
	for _, c := range []struct {
		args, want string
	}{
		{"scan -n nowhere", `there is no namespace "nowhere"`},
		{"fix pod/privileged -n nowhere", `there is no namespace "nowhere"`},
		{"guard pod/privileged -n nowhere", `there is no namespace "nowhere"`},
		{"reach -n nowhere", `there is no namespace "nowhere"`},
		{"act quarantine pod/web -n " + ns, `there is no pod "web" in namespace ` + ns + ": kubectl get pod -n " + ns},
		{"act cordon node/nowhere", `there is no node "nowhere": kubectl get node`},
		{"act quarantine thing/web -n " + ns, `the server knows no kind "thing"`},
		{"debug web -n " + ns, `there is no pod "web" in namespace ` + ns},
		{"debug deploy/web -n " + ns, `there is no deploy "web" in namespace ` + ns},
		{"debug node/nowhere --probe --yes", `there is no node "nowhere"`},
		{"undo 1abc", "'kiln journal' lists those it has"},
		{"who-can get secretz", `no resource "secretz"`},
	} {
		t.Run(c.args, func(t *testing.T) {
			got := kiln(t, "", strings.Fields(c.args)...)
			if got.code != exitError || !strings.Contains(got.err, c.want) || got.out != "" {
				t.Errorf("exit %d, out %q, err %q; want %q", got.code, got.out, got.err, c.want)
			}
		})
	}
}

// Who may not list the namespaces is taken at their word.
func TestANamespaceThatNobodyCanLookUp(t *testing.T) {
	useTestbed(t)
	got := kiln(t, "", "scan", "-n", "nowhere", "--check", "pod/privileged", "--as", "stranger", "--as-group", "system:unauthenticated")
	if got.code != exitDone || !strings.Contains(got.out, "Not assessed:\n  pod/privileged") || got.err != "" {
		t.Errorf("exit %d, out %q, err %q", got.code, got.out, got.err)
	}
}

func TestNobodyMayIsOnlySaidOfWhatWasRead(t *testing.T) {
	useTestbed(t)
	if got := kiln(t, "", "who-can", "get", "secrets", "--as", "stranger"); !strings.Contains(got.err, "nobody may get secrets by a binding that could be read") {
		t.Errorf("exit %d: %s", got.code, got.err)
	}
	if got := kiln(t, "", "who-can", "gett", "pods"); got.code != exitDone || !strings.Contains(got.err, `no verb "gett"`) {
		t.Errorf("exit %d: %s", got.code, got.err)
	}
}

// A journal that can't be read isn't an empty one.
func TestAnUnreadableJournalIsNotEmpty(t *testing.T) {
	isolate(t)
	folder := filepath.Join(os.Getenv("XDG_STATE_HOME"), "kiln", "journal")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "1abc.json"), []byte(`{"apiVersion":`), 0o600); err != nil {
		t.Fatal(err)
	}
	got := kiln(t, "", "journal")
	if got.code != exitDone || !strings.Contains(got.err, "1abc.json is no entry of the journal: damaged") || strings.Contains(got.err, "nothing has been applied") {
		t.Errorf("exit %d: %s", got.code, got.err)
	}
}
