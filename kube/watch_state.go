package kube

import (
	"cmp"
	"slices"
	"time"
)

// WatchState says how far an Inventory can be trusted to be today's.
type WatchState struct {
	// Lost is when the first of the watches broke that hasn't come back; zero
	// if all are there. Why is what the server, or the network, said.
	Lost time.Time
	Why  string
	// Polled are what may be listed but not watched: it is listed every
	// minute instead.
	Polled []Polled
}

// Polled is a resource that can't be watched, and why.
type Polled struct {
	Resource Resource
	Why      string
}

func (s WatchState) equal(other WatchState) bool {
	return s.Lost.Equal(other.Lost) && s.Why == other.Why && slices.Equal(s.Polled, other.Polled)
}

// fault is what is wrong with following one kind; the zero fault is nothing.
type fault struct {
	since  time.Time
	why    string
	polled bool
}

// note keeps what is wrong with a kind from now on, or with the zero fault
// that it's well again.
func (w *Watcher) note(r Resource, f fault) {
	w.mu.Lock()
	defer w.mu.Unlock()
	before, ailing := w.faults[r]
	switch {
	case f == fault{} && !ailing:
		return
	case f == fault{}:
		delete(w.faults, r)
		if !before.polled {
			close(w.revived)
			w.revived = make(chan struct{})
		}
	case ailing && before.polled == f.polled:
		before.why = f.why
		w.faults[r] = before
	default:
		f.since = time.Now()
		w.faults[r] = f
	}
	w.tell()
}

// state sums the faults up; w.mu is held.
func (w *Watcher) state() WatchState {
	var s WatchState
	for r, f := range w.faults {
		switch {
		case f.polled:
			s.Polled = append(s.Polled, Polled{r, f.why})
		case s.Lost.IsZero() || f.since.Before(s.Lost):
			s.Lost, s.Why = f.since, f.why
		}
	}
	slices.SortFunc(s.Polled, func(a, b Polled) int { return cmp.Compare(a.Resource, b.Resource) })
	return s
}
