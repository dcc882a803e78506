package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"kiln/fixes"
	"kiln/kube"
	"kiln/kube/crash"
	"kiln/kube/statefile"
)

// crashFolder is where reports of crashes are kept, beside the journal.
func crashFolder() (string, error) {
	state, err := fixes.StateDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(state, "crashes"), nil
}

// tellCrash says what has panicked and what to do next, and returns the exit
// code. The terminal must be the user's again.
func tellCrash(out io.Writer, p *crash.Panic) int {
	what := panicText(p)
	fmt.Fprintf(out, "kiln: crashed, which is a bug in kiln: %s\n", what)
	path, err := reportCrash(p, what, time.Now())
	if err != nil {
		// The stack is needed, and there is no other place for it.
		fmt.Fprintf(out, "kiln %s could not write a report (%s). Please report these lines:\n%s", version, kube.Clean(err.Error()), p.Stack)
	} else {
		fmt.Fprintf(out, "kiln %s wrote a report, which holds nothing else of your cluster: %s. Please send it to whoever maintains kiln.\n", version, path)
	}
	fmt.Fprintln(out, "A change that was under way may have been made or not: kiln finds out and tells at its next start; kiln journal lists all changes.")
	return exitError
}

// panicText is what panicked in one line. It may quote an object of the
// cluster.
func panicText(p *crash.Panic) string {
	return new(kube.Masker).Text(kube.Clean(p.Error()))
}

// reportCrash writes what somebody needs who looks for the bug.
func reportCrash(p *crash.Panic, what string, now time.Time) (string, error) {
	folder, err := crashFolder()
	if err != nil {
		return "", err
	}
	now = now.UTC()
	path := filepath.Join(folder, fmt.Sprintf("crash-%s-%d.txt", now.Format("20060102-150405"), os.Getpid()))
	text := fmt.Sprintf("kiln %s (%s, %s/%s) crashed at %s\n%s\n\n%s", version, runtime.Version(), runtime.GOOS, runtime.GOARCH,
		now.Format(time.RFC3339), what, p.Stack)
	return path, statefile.Replace(path, []byte(text))
}
