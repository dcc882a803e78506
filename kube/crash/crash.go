// Package crash catches panics wherever they happen, so that the terminal can
// be given back before kiln says what it was.
package crash

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
)

// Panic is a panic that was caught. As an error it says what panicked and
// where.
type Panic struct {
	Value any
	// Place is where it happened: "privileged.go:42"; empty if that can't be
	// told.
	Place string
	// Stack is that of the goroutine that panicked.
	Stack []byte
}

// New describes what was recovered. The deferred function that has recovered
// it calls New itself.
func New(value any) *Panic {
	return &Panic{Value: value, Place: place(), Stack: debug.Stack()}
}

func (p *Panic) Error() string {
	text := fmt.Sprint(p.Value)
	if p.Place != "" {
		text += " (" + p.Place + ")"
	}
	return text
}

// place finds the line that panicked: the first below the runtime's own.
func place() string {
	callers := make([]uintptr, 64)
	frames := runtime.CallersFrames(callers[:runtime.Callers(0, callers)])
	panicking := false
	for {
		frame, more := frames.Next()
		switch {
		case frame.Function == "runtime.gopanic":
			panicking = true
		case panicking && !strings.HasPrefix(frame.Function, "runtime."):
			return fmt.Sprintf("%s:%d", filepath.Base(frame.File), frame.Line)
		}
		if !more {
			return ""
		}
	}
}

type handlerKey struct{}

// With has Catch hand panics to handle, which ends the program: soon, or
// before it returns.
func With(ctx context.Context, handle func(*Panic)) context.Context {
	return context.WithValue(ctx, handlerKey{}, handle)
}

// Catch is deferred by each goroutine, after everything else that it defers. A
// goroutine that has panicked doesn't go on and doesn't end, so that nobody
// takes what it leaves for a result. Without a handler the panic goes its way.
func Catch(ctx context.Context) {
	handle, ok := ctx.Value(handlerKey{}).(func(*Panic))
	if !ok {
		return
	}
	if value := recover(); value != nil {
		handle(New(value))
		select {}
	}
}
