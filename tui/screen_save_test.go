package tui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSaveWritesTheWholeViewAsText(t *testing.T) {
	a, _ := newTestApp(t, "staging", 60, 12)
	t.Chdir(t.TempDir())
	a.runCommand("learn privileged")
	press(a, "end")
	before := screenText(a)
	settle(a, a.saveScreen())
	files, _ := filepath.Glob("kiln-*.txt")
	if len(files) != 1 {
		t.Fatalf("there are the files %v:\n%s", files, screenText(a))
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"A container is privileged", "What it is", "pod-security-standards"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the file lacks %q:\n%s", want, text)
		}
	}
	if strings.ContainsAny(string(text), "\x1b┃") || strings.Contains(string(text), " \n") {
		t.Errorf("the file holds what belongs to the screen:\n%q", text)
	}
	a.messages.dismiss()
	if after := screenText(a); after != before {
		t.Errorf("saving has moved the page from\n%s\nto\n%s", before, after)
	}
}

func TestSaveKeyWritesTheFindingsAsCSV(t *testing.T) {
	a, _ := newTestApp(t, "staging", 100, 30)
	t.Chdir(t.TempDir())
	for _, want := range []struct{ command, pattern string }{{"findings", "kiln-findings-*.csv"}, {"checks", "kiln-checks-*.txt"}} {
		a.runCommand(want.command)
		_, cmd := a.Update(keyOf("ctrl+s"))
		settle(a, cmd)
		if files, _ := filepath.Glob(want.pattern); len(files) != 1 {
			t.Errorf("%s gives %v:\n%s", want.command, files, screenText(a))
		}
	}
}

func TestSaveLeavesOutWhatIsGone(t *testing.T) {
	a, _ := newTestApp(t, "staging", 120, 30)
	t.Chdir(t.TempDir())
	showLiveMarks(t, a)
	gone := a.live.marks.gone
	if len(gone) == 0 || !strings.Contains(screenText(a), "gone · ") {
		t.Fatalf("nothing is shown as gone:\n%s", screenText(a))
	}
	settle(a, a.findings.save())
	files, _ := filepath.Glob("kiln-findings-*.csv")
	if len(files) != 1 {
		t.Fatalf("there are the files %v:\n%s", files, screenText(a))
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	if rows := strings.Count(string(text), "\n") - 1; rows != a.findings.table.rows-len(gone) {
		t.Errorf("%d of %d rows are saved, %d are gone", rows, a.findings.table.rows, len(gone))
	}
	for _, f := range gone {
		if strings.Contains(string(text), f.ID) {
			t.Errorf("%s is gone, and saved", f.ID)
		}
	}
}
