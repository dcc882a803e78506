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
	// shown is what the status line shows until the user goes on; or nil.
	shown *message
}

// keptMessages bounds the log.
const keptMessages = 1000

// flash says something. An error stays in the status line until esc or another
// error, others until a later key or message.
func (a *App) flash(l level, text string) {
	a.messages.said++
	m := message{number: a.messages.said, at: a.now(), level: l, text: kube.Clean(text)}
	a.messages.entries = append(a.messages.entries, m)
	if extra := len(a.messages.entries) - keptMessages; extra > 0 {
		a.messages.entries = a.messages.entries[extra:]
	}
	if now := a.messages.current(); now == nil || now.level != failure || l == failure {
		a.messages.shown = &m
	}
}

// current is the message to show, or nil.
func (l *messageLog) current() *message { return l.shown }

// newer counts what was said after the message that is shown.
func (l *messageLog) newer() int {
	if l.shown == nil {
		return 0
	}
	return l.said - l.shown.number
}

// readingTime is how long a message stays at least.
const readingTime = 1500 * time.Millisecond

// onKey lets a message go that has been there for a while.
func (l *messageLog) onKey(now time.Time) {
	if m := l.current(); m != nil && m.level != failure && now.Sub(m.at) > readingTime {
		l.shown = nil
	}
}

// dismiss takes an error away; it says whether there was one.
func (l *messageLog) dismiss() bool {
	m := l.current()
	l.shown = nil
	return m != nil && m.level == failure
}
