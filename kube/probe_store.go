package kube

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"kiln/kube/statefile"
)

// EvidenceStore is a folder with what probes have seen, a file per template
// and container.
type EvidenceStore struct{ dir string }

// keptProbes is how many probes of one container are kept; the oldest go.
const keptProbes = 20

// OpenEvidence opens the store in dir, and makes the folder if it's missing.
func OpenEvidence(dir string) (*EvidenceStore, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("opening the evidence: %w", err)
	}
	return &EvidenceStore{dir: dir}, nil
}

// Add keeps one more probe of a cluster's container.
func (s *EvidenceStore) Add(cluster *Cluster, evidence Evidence) error {
	path := s.path(cluster, evidence.Pod.Namespace, evidence.Template, evidence.Container)
	all, err := s.read(path)
	if err != nil {
		return err
	}
	all = append(all, evidence)
	data, err := json.Marshal(all[max(0, len(all)-keptProbes):])
	if err != nil {
		return fmt.Errorf("keeping evidence: %w", err)
	}
	if err := statefile.Replace(path, data); err != nil {
		return fmt.Errorf("keeping evidence: %w", err)
	}
	return nil
}

// Of returns the probes of a template's container, the oldest first.
func (s *EvidenceStore) Of(cluster *Cluster, namespace, template, container string) ([]Evidence, error) {
	return s.read(s.path(cluster, namespace, template, container))
}

// path has nothing of the names, which are the cluster's to choose.
func (s *EvidenceStore) path(cluster *Cluster, namespace, template, container string) string {
	key, err := json.Marshal([]string{cmp.Or(cluster.UID, cluster.Server), namespace, template, container})
	if err != nil {
		panic(err) // strings always encode
	}
	sum := sha256.Sum256(key)
	return filepath.Join(s.dir, hex.EncodeToString(sum[:12])+".json")
}

func (s *EvidenceStore) read(path string) ([]Evidence, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading evidence: %w", err)
	}
	var all []Evidence
	if err := json.Unmarshal(data, &all); err != nil {
		return nil, fmt.Errorf("reading evidence: %s is damaged: %w", path, err)
	}
	return all, nil
}
