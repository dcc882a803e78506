package statefile

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// Changes of several kilns at once are all there in the end, and one that
// fails leaves the file as it was.
func TestUpdateLosesNoChange(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "state.yaml")
	var kilns sync.WaitGroup
	for range 4 {
		kilns.Go(func() {
			if err := Update(t.Context(), path, func(old []byte) ([]byte, error) { return append(old, 'x'), nil }); err != nil {
				t.Error(err)
			}
		})
	}
	kilns.Wait()
	refused := errors.New("no")
	if err := Update(t.Context(), path, func([]byte) ([]byte, error) { return nil, refused }); !errors.Is(err, refused) {
		t.Errorf("got %v", err)
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != strings.Repeat("x", 4) {
		t.Errorf("read %q, %v; want 4 changes", got, err)
	}
}

func TestLockCanBeGivenUp(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	unlock, err := Lock(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Lock(ctx, path); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	unlock()
	if again, err := Lock(t.Context(), path); err != nil {
		t.Error(err)
	} else {
		again()
	}
}
