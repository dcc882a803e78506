package crash

import (
	"context"
	"errors"
	"regexp"
	"testing"
	"time"
)

func TestCatchHandsOverWhatPanickedAndWhere(t *testing.T) {
	var empty []int
	tests := []struct {
		name  string
		panic func()
		want  string
	}{
		{"a text", func() { panic("it broke") }, `^it broke \(crash_test\.go:\d+\)$`},
		{"an error", func() { panic(errors.New("as an error")) }, `^as an error \(crash_test\.go:\d+\)$`},
		{"the runtime's own", func() { empty[3]++ }, `^runtime error: index out of range \[3\] with length 0 \(crash_test\.go:\d+\)$`},
		{"nil memory", func() { (*Panic)(nil).Place = "x" }, `^runtime error: .*nil pointer dereference \(crash_test\.go:\d+\)$`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			caught, ended := make(chan *Panic, 1), make(chan bool)
			ctx := With(t.Context(), func(p *Panic) { caught <- p })
			go func() {
				defer close(ended)
				defer Catch(ctx)
				tt.panic()
			}()
			p := <-caught
			if !regexp.MustCompile(tt.want).MatchString(p.Error()) {
				t.Errorf("%q, want %s", p.Error(), tt.want)
			}
			if !regexp.MustCompile(`(?s)^goroutine .*crash\.TestCatch`).Match(p.Stack) {
				t.Errorf("the stack doesn't show who panicked:\n%s", p.Stack)
			}
			select {
			case <-ended:
				t.Error("the goroutine went on after its panic")
			case <-time.After(20 * time.Millisecond):
			}
		})
	}
}

func TestCatchLeavesAlone(t *testing.T) {
	t.Run("what doesn't panic", func(t *testing.T) {
		defer Catch(With(t.Context(), func(p *Panic) { t.Errorf("caught %v", p) }))
	})
	t.Run("panics that nobody handles", func(t *testing.T) {
		defer func() {
			if recover() != "on its way" {
				t.Error("the panic has gone")
			}
		}()
		defer Catch(context.Background())
		panic("on its way")
	})
}
