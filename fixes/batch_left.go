package fixes

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"kiln/kube/statefile"
	"kiln/scanners"
)

// batchExt ends the names of files that say which batches are under way.
const batchExt = ".batch"

// Batch is what several fixes were begun for. Its file lies in the journal's
// folder from the first of them to the last: where kiln is killed in between,
// the next one knows what is left to do.
type Batch struct {
	APIVersion string      `json:"apiVersion"`
	ID         string      `json:"id"`
	Time       time.Time   `json:"time"`
	User       string      `json:"user"`
	Cluster    ClusterID   `json:"cluster"`
	Findings   []FindingID `json:"findings"`
}

// BrokenOff is a batch whose kiln has died.
type BrokenOff struct {
	Batch
	// Left are the findings whose fixes were never begun.
	Left []FindingID
}

// Begin notes a batch before its first fix; end is called after the last.
func (f *Fixer) Begin(ctx context.Context, id string, findings []scanners.Finding) (end func() error, err error) {
	batch := Batch{APIVersion: journalVersion, ID: id, Time: time.Now().UTC(), User: f.Cluster.User, Cluster: clusterIDOf(f.Cluster)}
	for _, finding := range findings {
		batch.Findings = append(batch.Findings, findingIDOf(finding))
	}
	data, err := json.Marshal(batch)
	if err != nil {
		return nil, fmt.Errorf("noting the batch %s: %w", id, err)
	}
	// With the journal locked, nobody takes it for one whose kiln has died.
	unlock, err := f.Journal.lock(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	path := f.Journal.batchFile(id)
	if err := statefile.Replace(path, append(data, '\n')); err != nil {
		return nil, fmt.Errorf("noting the batch %s: %w", id, err)
	}
	done, err := statefile.Lock(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("noting the batch %s: %w", id, err)
	}
	return func() error { done(); return f.Journal.Forget(id) }, nil
}

// BrokenOff returns this cluster's batches whose kiln has died before their
// end. One that was at its last fix has nothing left, and is forgotten.
func (f *Fixer) BrokenOff(ctx context.Context) ([]BrokenOff, error) {
	files, err := filepath.Glob(f.Journal.batchFile("*"))
	if err != nil || len(files) == 0 {
		return nil, err
	}
	unlock, err := f.Journal.lock(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	var all []BrokenOff
	var problems []error
	for _, file := range files {
		batch, err := f.brokenOff(file)
		switch {
		case errors.Is(err, os.ErrNotExist): // it has just ended
		case err != nil:
			problems = append(problems, err)
		case batch != nil && len(batch.Left) == 0:
			problems = append(problems, f.Journal.Forget(batch.ID))
		case batch != nil:
			all = append(all, *batch)
		}
	}
	return all, errors.Join(problems...)
}

// brokenOff reads a batch; nil if its kiln lives, or it is another cluster's.
func (f *Fixer) brokenOff(file string) (*BrokenOff, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var batch Batch
	if err := json.Unmarshal(data, &batch); err != nil || batch.APIVersion != journalVersion {
		return nil, fmt.Errorf("%s says nothing of a batch that this kiln could read; delete it if you know what it was", file)
	}
	if !batch.Cluster.is(clusterIDOf(f.Cluster)) {
		return nil, nil
	}
	died, err := statefile.TryLock(file)
	if err != nil || died == nil {
		return nil, err
	}
	died()
	begun := f.Journal.Group(batch.ID)
	left := slices.DeleteFunc(slices.Clone(batch.Findings), func(id FindingID) bool {
		return slices.ContainsFunc(begun, func(e Entry) bool { return e.Finding.ID == id.ID && e.State != Failed })
	})
	return &BrokenOff{batch, left}, nil
}

// Forget removes the file of a batch; its fixes stay in the journal.
func (j *Journal) Forget(id string) error {
	if err := os.Remove(j.batchFile(id)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("forgetting the batch %s: %w", id, err)
	}
	return nil
}

func (j *Journal) batchFile(id string) string { return filepath.Join(j.dir, id+batchExt) }
