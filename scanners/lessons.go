package scanners

import (
	"fmt"
	"io/fs"
	"strings"
)

// WithLessons gives each check its lesson: the file named after the check in
// its layer's folder, so that pod/privileged has privileged.md.
func WithLessons(lessons fs.FS, checks []Check) []Check {
	for i := range checks {
		_, name, _ := strings.Cut(checks[i].ID, "/")
		checks[i].Lesson = read(lessons, name+".md", "check "+checks[i].ID)
	}
	return checks
}

// LayerIntroduction is the file layer.md of a layer's folder.
func LayerIntroduction(lessons fs.FS) string { return read(lessons, "layer.md", "the layer") }

// read panics where a file is missing: they are embedded, so that is a mistake
// in the build.
func read(lessons fs.FS, file, whose string) string {
	text, err := fs.ReadFile(lessons, file)
	if err != nil {
		panic(fmt.Sprintf("%s has no lesson: put %s beside it: %v", whose, file, err))
	}
	return string(text)
}
