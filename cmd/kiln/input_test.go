package main

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
	"time"
)

// Nothing ends a read of a terminal or a pipe but what comes in: ctrl-c has to.
func TestInterruptedWhileStandardInputIsSilent(t *testing.T) {
	isolate(t)
	for _, args := range []string{"scan -f -", "fix -f - --all"} {
		t.Run(args, func(t *testing.T) {
			ctx, interrupt := context.WithCancel(t.Context())
			silent, writer := io.Pipe()
			defer writer.Close()
			var out, errs bytes.Buffer
			ended := make(chan int, 1)
			go func() { ended <- run(ctx, streams{in: silent, out: &out, err: &errs}, strings.Fields(args)) }()
			if _, err := writer.Write([]byte("apiVersion: v1\n")); err != nil { // once it comes back, the command has begun to read
				t.Fatal(err)
			}
			interrupt()
			select {
			case code := <-ended:
				if code != exitError || errs.String() != "kiln: interrupted\n" || out.Len() > 0 {
					t.Errorf("exit %d, out %q, err %q", code, out.String(), errs.String())
				}
			case <-time.After(patience):
				t.Fatal("it reads on")
			}
		})
	}
}

func TestEmptyStandardInputIsNoCleanResult(t *testing.T) {
	isolate(t)
	for _, args := range []string{"scan -f -", "fix -f - --all --yes"} {
		for _, in := range []string{"", " \n\n"} {
			got := kiln(t, in, strings.Fields(args)...)
			if got.code != exitError || got.out != "" || !strings.Contains(got.err, "standard input is empty") {
				t.Errorf("%s of %q: exit %d, out %q, err %q", args, in, got.code, got.out, got.err)
			}
		}
	}
}
