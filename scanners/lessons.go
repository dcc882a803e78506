package scanners

import (
	"fmt"
	"io/fs"
	"strings"
)

// WithLessons gives each check its lesson: the file named after the check in
// its layer's folder, so that pod/privileged has privileged.md. Lessons are
// embedded, so a missing one is a mistake in the build, and panics.
func WithLessons(lessons fs.FS, checks []Check) []Check {
	for i := range checks {
		_, name, _ := strings.Cut(checks[i].ID, "/")
		text, err := fs.ReadFile(lessons, name+".md")
		if err != nil {
			panic(fmt.Sprintf("check %s has no lesson: put %s.md beside it: %v", checks[i].ID, name, err))
		}
		checks[i].Lesson = string(text)
	}
	return checks
}
