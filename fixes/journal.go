package fixes

import "errors"

// Journal is a folder with one file per fix. Several kilns may use it at once.
type Journal struct{ dir string }

// OpenJournal opens the journal in dir, and makes the folder if it's missing.
func OpenJournal(dir string) (*Journal, error) { return &Journal{dir: dir}, nil }

// JournalDir is where the journal is by default: in the XDG state folder.
func JournalDir() (string, error) { return "", errors.ErrUnsupported }

// Entries returns all entries, the oldest first. Files that can't be read as
// entries are left alone and come back as errors.
func (j *Journal) Entries() ([]Entry, []error) { return nil, nil }

// Entry finds one by its id or an unambiguous beginning of it.
func (j *Journal) Entry(id string) (Entry, error) { return Entry{}, errors.ErrUnsupported }
