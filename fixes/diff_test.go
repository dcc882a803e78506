package fixes

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"os"
)

const (
	diffBefore = "a: 1\nb: 2\nc: 3\nd: 4\ne: 5\nf: 6\ng: 7\nh: 8\ni: 9\nprivileged: true\nk: 11\n"
	diffAfter  = "a: 1\nnew: line\nb: 2\nc: 3\nd: 4\ne: 5\nf: 6\ng: 7\nh: 8\ni: 9\nprivileged: false\nk: 11\n"
)

func TestDiffMarksWhatDiffers(t *testing.T) {
	t.Parallel()
	diff := TargetPreview{Before: diffBefore, After: diffAfter}.Diff()
	if diff.Added != 2 || diff.Removed != 1 || len(diff.Hunks) != 2 {
		t.Fatalf("got %+v", diff)
	}
	var changed []string
	for _, line := range diff.Hunks[1].Lines {
		for _, span := range line.Spans {
			changed = append(changed, string(line.Kind)+line.Text[span.Start:span.End])
		}
	}
	if got := strings.Join(changed, " "); got != "-true +false" && got != "-tru +fals" {
		t.Errorf("marked %q", got)
	}
	for _, line := range diff.Hunks[0].Lines {
		if len(line.Spans) > 0 {
			t.Errorf("a new line is marked: %+v", line)
		}
	}
}

// The text is what patch reads.
func TestUnifiedIsAPatch(t *testing.T) {
	t.Parallel()
	patch, err := exec.LookPath("patch")
	if err != nil {
		t.Skip("patch isn't installed")
	}
	for name, target := range map[string]TargetPreview{
		"changes":      {Before: diffBefore, After: diffAfter},
		"a new object": {Before: "", After: diffAfter},
		"a deletion":   {Before: diffBefore, After: ""},
		"at the ends":  {Before: "a: 1\nb: 2\n", After: "z: 0\na: 1\nb: 2\nc: 3\n"},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "object.yaml")
			if err := os.WriteFile(file, []byte(target.Before), 0o600); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(patch, file)
			cmd.Stdin = strings.NewReader(target.Unified())
			if output, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v: %s\n%s", err, output, target.Unified())
			}
			got, err := os.ReadFile(file)
			if err != nil && target.After != "" || string(got) != target.After {
				t.Errorf("patch made\n%s%v", got, err)
			}
		})
	}
}

func TestDiffOfEqualsIsEmpty(t *testing.T) {
	t.Parallel()
	if diff := (TargetPreview{Before: diffBefore, After: diffBefore}).Diff(); len(diff.Hunks) > 0 {
		t.Errorf("got %+v", diff)
	}
}

func TestChangedSpansAreWholeWords(t *testing.T) {
	tests := []struct{ before, after, removed, added string }{
		{"privileged: true", "privileged: false", "true", "false"},
		{"image: nginx:1.29", "image: nginx:1.30", "29", "30"},
		{"name: café-one", "name: cafè-one", "café", "cafè"},
		{"- ALL", "- ALL # all of them", "", " # all of them"},
	}
	for _, tt := range tests {
		diff := TargetPreview{Before: tt.before + "\n", After: tt.after + "\n"}.Diff()
		got := map[LineKind]string{}
		for _, line := range diff.Hunks[0].Lines {
			for _, s := range line.Spans {
				got[line.Kind] += line.Text[s.Start:s.End]
			}
		}
		if got[Removed] != tt.removed || got[Added] != tt.added {
			t.Errorf("%q to %q marks %q and %q, want %q and %q", tt.before, tt.after, got[Removed], got[Added], tt.removed, tt.added)
		}
	}
}
