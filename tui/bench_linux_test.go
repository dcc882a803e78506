package tui

import (
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"
)

// keyBudget is what a key may take to its frame.
const keyBudget = 16 * time.Millisecond

// rusageThread asks for the calling thread alone; see getrusage(2).
const rusageThread = 1

// threadTime is what this thread has used of a processor. Unlike the clock it
// doesn't count what else the machine does.
func threadTime(t testing.TB) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(rusageThread, &usage); err != nil {
		t.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// BenchmarkKeyToFrame walks through 100,000 findings, changes tabs, sorts,
// filters, groups and looks at the posture, and reports how long a key takes to
// its frame.
func BenchmarkKeyToFrame(b *testing.B) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	a, _ := newTestApp(b, "staging", 160, 45)
	settle(a, deliverCmd(a, manyFindings(100_000)))
	keys := []string{"down", "pgdown", "tab", "end", "up", "space", "S", "home", "C", "shift+tab", "/", "s", "e", "r", "v", "backspace", "esc",
		"ctrl+z", "ctrl+z", "enter", "n", "esc", "b", "down", "b", "b", "b", ":", "p", "o", "s", "t", "u", "r", "e", "enter", "pgdown", "-"}
	var used, took []time.Duration
	b.ResetTimer()
	for i := range b.N {
		start, before := time.Now(), threadTime(b)
		_, cmd := a.Update(keyOf(keys[i%len(keys)]))
		a.View()
		used, took = append(used, threadTime(b)-before), append(took, time.Since(start))
		b.StopTimer()
		settle(a, cmd)
		a.View()
		b.StartTimer()
	}
	b.ReportMetric(milliseconds(p99(used)), "p99-ms")
	b.ReportMetric(milliseconds(p99(took)), "p99-wall-ms")
	if p := p99(used); len(used) > 200 && p > keyBudget {
		b.Errorf("p99 is %s, the budget %s", p, keyBudget)
	}
}

func p99(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)*99/100]
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
