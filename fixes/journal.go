package fixes

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/json"

	"kiln/kube/statefile"
)

// Journal is a folder with one file per fix. Several kilns may use it at once.
type Journal struct{ dir string }

// journalVersion is the format of the entries' files.
const journalVersion = "kiln/v1"

// StateDir is where kiln keeps what it has to remember: in the XDG state folder.
func StateDir() (string, error) {
	// The specification wants relative paths to be ignored.
	if state := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(state) {
		return filepath.Join(state, "kiln"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("finding the folder for the journal: %w; XDG_STATE_HOME can name one", err)
	}
	return filepath.Join(home, ".local", "state", "kiln"), nil
}

// JournalDir is where the journal is by default.
func JournalDir() (string, error) { return inState("journal") }

// inState is a path in the state folder.
func inState(name string) (string, error) {
	state, err := StateDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(state, name), nil
}

// OpenJournal opens the journal in dir, and makes the folder if it's missing.
func OpenJournal(dir string) (*Journal, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("opening the journal: %w; XDG_STATE_HOME can name another folder", err)
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return nil, fmt.Errorf("closing the journal to others: %w; XDG_STATE_HOME can name another folder", err)
	}
	return &Journal{dir: dir}, nil
}

// Changed is when an entry was last written, by any kiln. It tells the
// journal as it was read from what it is now.
func (j *Journal) Changed() (time.Time, error) {
	dir, err := os.Stat(j.dir)
	if err != nil {
		return time.Time{}, fmt.Errorf("reading the journal: %w", err)
	}
	return dir.ModTime(), nil
}

// Entries returns all entries, the oldest first. Files that can't be read as
// entries are left alone and come back as errors.
func (j *Journal) Entries() ([]Entry, []error) {
	files, err := os.ReadDir(j.dir)
	if err != nil {
		return nil, []error{fmt.Errorf("reading the journal: %w", err)}
	}
	var entries []Entry
	var unreadable []error
	for _, file := range files {
		name := file.Name()
		if name == lockFile || strings.HasPrefix(name, ".") || filepath.Ext(name) == batchExt {
			continue
		}
		entry, err := j.read(name)
		if err != nil {
			unreadable = append(unreadable, fmt.Errorf("%s is no entry of the journal: %w", filepath.Join(j.dir, name), err))
			continue
		}
		entries = append(entries, entry)
	}
	slices.SortFunc(entries, func(a, b Entry) int { return strings.Compare(a.ID, b.ID) })
	return entries, unreadable
}

// Entry finds one by its id, or by an ending of it that no other has.
func (j *Journal) Entry(id string) (Entry, error) {
	entries, unreadable := j.Entries()
	var found []Entry
	for _, entry := range entries {
		if entry.ID == id {
			return entry, nil
		}
		if id != "" && strings.HasSuffix(entry.ID, id) {
			found = append(found, entry)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return Entry{}, errors.Join(append([]error{fmt.Errorf("the journal has no entry %q: 'kiln journal' lists those it has", id)}, unreadable...)...)
	}
	return Entry{}, fmt.Errorf("%q is the end of %d entries of the journal: say more of it", id, len(found))
}

// add gives the entry its id and writes it. The journal must be locked.
func (j *Journal) add(entry *Entry) error {
	id, err := j.nextID(entry.Time)
	if err != nil {
		return err
	}
	entry.APIVersion, entry.ID = journalVersion, id
	return j.save(*entry)
}

// save replaces the entry's file; after it, the entry survives a power cut.
// The journal must be locked.
func (j *Journal) save(entry Entry) error {
	data, err := json.Marshal(entry)
	if err != nil {
		return fmt.Errorf("writing entry %s of the journal: %w", entry.ID, err)
	}
	if err := statefile.Replace(filepath.Join(j.dir, entry.ID+entryExt), append(data, '\n')); err != nil {
		return fmt.Errorf("writing entry %s of the journal: %w", entry.ID, err)
	}
	return nil
}

const entryExt = ".json"

func (j *Journal) read(name string) (Entry, error) {
	id, isEntry := strings.CutSuffix(name, entryExt)
	if !isEntry {
		return Entry{}, errors.New("an unknown file")
	}
	data, err := os.ReadFile(filepath.Join(j.dir, name))
	if err != nil {
		return Entry{}, err
	}
	var entry Entry
	if err := json.Unmarshal(data, &entry); err != nil {
		return Entry{}, fmt.Errorf("damaged: %w", err)
	}
	switch {
	case entry.APIVersion != journalVersion:
		return Entry{}, fmt.Errorf("its version is %q, and this kiln reads %s", entry.APIVersion, journalVersion)
	case entry.ID != id:
		return Entry{}, fmt.Errorf("it says that its id is %q", entry.ID)
	}
	return entry, nil
}

// nextID is short, and sorts by time: the milliseconds, but always behind the
// last entry.
func (j *Journal) nextID(now time.Time) (string, error) {
	files, err := filepath.Glob(filepath.Join(j.dir, "*"+entryExt))
	if err != nil {
		return "", fmt.Errorf("numbering an entry of the journal: %w", err)
	}
	millis := now.UnixMilli()
	for _, file := range files {
		if last, ok := parseID(strings.TrimSuffix(filepath.Base(file), entryExt)); ok && last >= millis {
			millis = last + 1
		}
	}
	return formatID(millis), nil
}

// The alphabet sorts as numbers do, and has no letters that look alike.
const (
	idAlphabet = "0123456789abcdefghjkmnpqrstvwxyz"
	idLength   = 9
)

func formatID(millis int64) string {
	id := make([]byte, idLength)
	for i := idLength - 1; i >= 0; i-- {
		id[i] = idAlphabet[millis%int64(len(idAlphabet))]
		millis /= int64(len(idAlphabet))
	}
	return string(id)
}

func parseID(id string) (int64, bool) {
	var millis int64
	for _, letter := range id {
		digit := strings.IndexRune(idAlphabet, letter)
		if digit < 0 {
			return 0, false
		}
		millis = millis*int64(len(idAlphabet)) + int64(digit)
	}
	return millis, len(id) == idLength
}
