package scanners_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"kiln/scanners"
)

func TestWithLessonsTakesTheFileNamedAfterTheCheck(t *testing.T) {
	folder := fstest.MapFS{
		"privileged.md": {Data: []byte("# Privileged\n")},
		"host-path.md":  {Data: []byte("# Host path\n")},
	}
	checks := scanners.WithLessons(folder, []scanners.Check{{ID: "pod/host-path"}, {ID: "pod/privileged"}})
	if checks[0].Lesson != "# Host path\n" || checks[1].Lesson != "# Privileged\n" {
		t.Errorf("lessons went to the wrong checks: %q, %q", checks[0].Lesson, checks[1].Lesson)
	}
}

func TestWithLessonsPanicsWhereALessonIsMissing(t *testing.T) {
	defer func() {
		message, _ := recover().(string)
		if !strings.Contains(message, "pod/privileged") || !strings.Contains(message, "privileged.md") {
			t.Errorf("the panic names neither the check nor the file: %q", message)
		}
	}()
	scanners.WithLessons(fstest.MapFS{}, []scanners.Check{{ID: "pod/privileged"}})
	t.Error("a check without a lesson was taken")
}
