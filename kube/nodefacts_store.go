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
	"strings"

	"kiln/kube/statefile"
)

// NodeStore is a folder with what node probes have seen, a file per node: the
// latest of each.
type NodeStore struct{ dir string }

// NewNodeStore is the store in dir, which need not exist yet.
func NewNodeStore(dir string) *NodeStore { return &NodeStore{dir: dir} }

// Put keeps what a probe saw of a cluster's node, in place of what was kept
// before.
func (s *NodeStore) Put(cluster *Cluster, facts NodeFacts) error {
	data, err := json.Marshal(facts)
	if err != nil {
		return fmt.Errorf("keeping what a node probe saw: %w", err)
	}
	if err := statefile.Replace(filepath.Join(s.dir, prefixOf(cluster)+hash(facts.Node)+".json"), data); err != nil {
		return fmt.Errorf("keeping what a node probe saw: %w", err)
	}
	return nil
}

// All returns what is kept of a cluster's nodes, by name.
func (s *NodeStore) All(cluster *Cluster) (map[string]NodeFacts, error) {
	files, err := os.ReadDir(s.dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("reading what node probes saw: %w", err)
	}
	all := map[string]NodeFacts{}
	for _, file := range files {
		if !strings.HasPrefix(file.Name(), prefixOf(cluster)) {
			continue
		}
		path := filepath.Join(s.dir, file.Name())
		data, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		var facts NodeFacts
		if err == nil {
			err = json.Unmarshal(data, &facts)
		}
		if err != nil {
			return nil, fmt.Errorf("reading what node probes saw: %s is damaged: %w", path, err)
		}
		all[facts.Node] = facts
	}
	return all, nil
}

// prefixOf begins the names of a cluster's files.
func prefixOf(cluster *Cluster) string {
	return hash(cmp.Or(cluster.UID, cluster.Server)) + "-"
}

// hash stands for a name that is the cluster's to choose.
func hash(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:8])
}
