package tui

import (
	"time"

	"kiln/kube"
)

// level is how much a message matters.
type level int

const (
	info level = iota
	warning
	failure
)

// message is something that kiln has said.
type message struct {
	// number tells it from others.
	number int
	at     time.Time
	level  level
	text   string
}

// messageLog keeps every message, and which one the status line shows.
type messageLog struct {
	entries []message
	// said counts all there ever were.
	said int
	// shown is the latest message, until the user goes on.
	shown bool
}

// keptMessages bounds the log.
const keptMessages = 1000

// flash says something. Errors stay until esc; others until a later key.
func (a *App) flash(l level, text string) {
	a.messages.said++
	m := message{number: a.messages.said, at: a.now(), level: l, text: kube.Clean(text)}
	a.messages.entries = append(a.messages.entries, m)
	if extra := len(a.messages.entries) - keptMessages; extra > 0 {
		a.messages.entries = a.messages.entries[extra:]
	}
	a.messages.shown = true
}

// current is the message to show, or nil.
func (l *messageLog) current() *message {
	if !l.shown || len(l.entries) == 0 {
		return nil
	}
	return &l.entries[len(l.entries)-1]
}

// readingTime is how long a message stays at least.
const readingTime = 1500 * time.Millisecond

// onKey lets a message go that has been there for a while.
func (l *messageLog) onKey(now time.Time) {
	if m := l.current(); m != nil && m.level != failure && now.Sub(m.at) > readingTime {
		l.shown = false
	}
}

// dismiss takes an error away; it says whether there was one.
func (l *messageLog) dismiss() bool {
	m := l.current()
	l.shown = false
	return m != nil && m.level == failure
}
