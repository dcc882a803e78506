package main

import "fmt"

// The exit codes are part of kiln's contract.
const (
	exitDone       = 0
	exitError      = 1
	exitUsage      = 2
	exitFindings   = 3 // findings at or above --fail-on
	exitIncomplete = 4 // something could not be read, and --require-complete was given
)

// outcomeError ends a command with a code of its own.
type outcomeError struct {
	code int
	text string
}

func (e *outcomeError) Error() string { return e.text }

func usageErrorf(format string, args ...any) error {
	return &outcomeError{exitUsage, fmt.Sprintf(format, args...)}
}
