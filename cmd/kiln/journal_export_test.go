package main

import (
	"testing"
	"time"
)

func TestSince(t *testing.T) {
	now := time.Date(2026, 11, 8, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]string{
		"7d": "2026-11-01T12:00:00Z", "90m": "2026-11-08T10:30:00Z", "2026-11-01": "2026-11-01T00:00:00Z", "2026-11-01T08:00:00+01:00": "2026-11-01T07:00:00Z",
	} {
		got, err := parseSince(text, now)
		if err != nil || got.UTC().Format(time.RFC3339) != want {
			t.Errorf("%s is %v, %v; want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"yesterday", "-1h", "-3d", "2026-13-01"} {
		if got, err := parseSince(text, now); err == nil {
			t.Errorf("%s is %v", text, got)
		}
	}
}
