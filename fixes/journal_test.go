package fixes

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"kiln/kube"
)

func newJournal(t *testing.T) *Journal {
	t.Helper()
	journal, err := OpenJournal(filepath.Join(t.TempDir(), "kiln", "journal"))
	if err != nil {
		t.Fatal(err)
	}
	return journal
}

func sampleEntry(at time.Time) Entry {
	return Entry{
		Time: at, User: "jane", Context: "demo", Cluster: ClusterID{Server: "https://example.test", UID: "u"},
		Title: "Run container api unprivileged", Mechanism: "server-side apply", State: Applied,
		Objects: []JournalObject{{
			Ref: kube.Ref{APIVersion: "apps/v1", Kind: "Deployment", Namespace: "shop", Name: "api"},
			UID: "d", Mechanism: ServerSideApply, State: Applied,
			Fields: []kube.FieldChange{{
				Path: ".spec.replicas", Elements: []string{"f:spec", "f:replicas"}, Existed: 2, Before: int64(1), After: int64(2),
			}},
			Request: &Request{Patch: []PatchOperation{{Op: "test", Path: "/spec/replicas", Value: int64(0)}}},
		}},
	}
}

func TestJournalKeepsEntries(t *testing.T) {
	t.Parallel()
	journal := newJournal(t)
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	var written []Entry
	// Three within a millisecond, and one by a clock that went back.
	for _, at := range []time.Time{now, now, now, now.Add(-time.Hour)} {
		entry := sampleEntry(at)
		if err := journal.add(&entry); err != nil {
			t.Fatal(err)
		}
		written = append(written, entry)
	}
	read, unreadable := journal.Entries()
	if len(unreadable) > 0 || !reflect.DeepEqual(read, written) {
		t.Errorf("read %+v, %v\nwant %+v", read, unreadable, written)
	}
	if !slices.IsSortedFunc(read, func(a, b Entry) int { return strings.Compare(a.ID, b.ID) }) {
		t.Error("the ids don't sort as they were written")
	}
	byEnding, err := journal.Entry(written[1].ID[6:])
	if err != nil || byEnding.ID != written[1].ID {
		t.Errorf("by its ending: %s, %v", byEnding.ID, err)
	}
}

func TestJournalIsPrivate(t *testing.T) {
	t.Parallel()
	journal := newJournal(t)
	entry := sampleEntry(time.Now())
	if err := journal.add(&entry); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]os.FileMode{
		journal.dir: 0o700, filepath.Join(journal.dir, entry.ID+".json"): 0o600,
	} {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s is %v, %v; want %v", path, info.Mode(), err, want)
		}
	}
}

// What isn't an entry is reported, and stays as it is.
func TestJournalSurvivesForeignFiles(t *testing.T) {
	t.Parallel()
	journal := newJournal(t)
	entry := sampleEntry(time.Now())
	if err := journal.add(&entry); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(filepath.Join(journal.dir, entry.ID+".json"))
	if err != nil {
		t.Fatal(err)
	}
	const later = "zzzzzzzzz"
	foreign := map[string]string{
		later + ".json":  strings.NewReplacer("kiln/v1", "kiln/v9", entry.ID, later).Replace(string(good)),
		"empty.json":     "",
		"truncated.json": string(good[:len(good)/2]),
		"renamed.json":   string(good),
		"list.json":      "[1, 2]",
		"notes.txt":      "call Jane",
	}
	for name, content := range foreign {
		if err := os.WriteFile(filepath.Join(journal.dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	entries, unreadable := journal.Entries()
	if len(entries) != 1 || len(unreadable) != len(foreign) {
		t.Errorf("%d entries, and %d unreadable: %v", len(entries), len(unreadable), unreadable)
	}
	second := sampleEntry(time.Now())
	if err := journal.add(&second); err != nil {
		t.Fatal(err)
	}
	for name, content := range foreign {
		if now, err := os.ReadFile(filepath.Join(journal.dir, name)); err != nil || string(now) != content {
			t.Errorf("%s was touched: %v", name, err)
		}
	}
	if _, err := journal.Entry("nothing"); err == nil || !strings.Contains(err.Error(), "truncated.json") {
		t.Errorf("an entry that may be in an unreadable file: %v", err)
	}
}

func TestJournalLockExcludes(t *testing.T) {
	t.Parallel()
	journal := newJournal(t)
	inside, most := 0, 0
	var mu sync.Mutex
	var kilns sync.WaitGroup
	for range 8 {
		kilns.Go(func() {
			unlock, err := journal.lock(t.Context())
			if err != nil {
				t.Error(err)
				return
			}
			defer unlock()
			mu.Lock()
			inside++
			most = max(most, inside)
			mu.Unlock()
			time.Sleep(5 * time.Millisecond)
			mu.Lock()
			inside--
			mu.Unlock()
		})
	}
	kilns.Wait()
	if most != 1 {
		t.Errorf("%d were inside at once", most)
	}
}

// A kiln that was killed while it wrote leaves a draft, which is no entry.
func TestJournalClearsDrafts(t *testing.T) {
	t.Parallel()
	journal := newJournal(t)
	draft := filepath.Join(journal.dir, ".draft-1")
	if err := os.WriteFile(draft, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if entries, unreadable := journal.Entries(); len(entries)+len(unreadable) > 0 {
		t.Errorf("the journal holds %v, %v", entries, unreadable)
	}
	unlock, err := journal.lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	if _, err := os.Stat(draft); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the draft is still there: %v", err)
	}
}

func TestJournalLockCanBeGivenUp(t *testing.T) {
	t.Parallel()
	journal := newJournal(t)
	unlock, err := journal.lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := journal.lock(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestJournalDir(t *testing.T) {
	t.Setenv("HOME", "/home/jane")
	for state, want := range map[string]string{
		"/var/state": "/var/state/kiln/journal",
		"":           "/home/jane/.local/state/kiln/journal",
		"relative":   "/home/jane/.local/state/kiln/journal",
	} {
		t.Setenv("XDG_STATE_HOME", state)
		if dir, err := JournalDir(); err != nil || dir != want {
			t.Errorf("with XDG_STATE_HOME=%q: %q, %v", state, dir, err)
		}
	}
}
