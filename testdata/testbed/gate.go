package main

import (
	"bytes"
	"io"
	"sync"
)

// gate passes on what is written to it until it is told to hold it back, because
// the screen then belongs to somebody else.
type gate struct {
	to io.Writer

	mu      sync.Mutex
	holding bool
	kept    bytes.Buffer
}

// mostHeld bounds what a gate holds back, in bytes; the rest is dropped.
const mostHeld = 64 << 10

func (g *gate) Write(p []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.holding {
		return g.to.Write(p)
	}
	g.kept.Write(p[:min(len(p), mostHeld-g.kept.Len())])
	return len(p), nil
}

func (g *gate) hold() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.holding = true
}

// held is what has been held back.
func (g *gate) held() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.kept.String()
}
