package kube

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// largestManifest bounds what is read of one file, in bytes. The API server
// itself takes objects of up to 3 MiB.
const largestManifest = 256 << 20

// ManifestOptions say what to read.
type ManifestOptions struct {
	// Paths are files, folders (read with all below them), or "-" for Stdin.
	Paths []string
	Stdin io.Reader
	// Texts stand for the files of these names, or for "-".
	Texts map[string][]byte
	// Namespace is for objects that name none.
	Namespace string
	// Now is the time to record; the zero value means the present.
	Now time.Time
}

// Problem is a document that is not quite as it should be.
type Problem struct {
	File    string
	Line    int
	Message string
	// Lost says that the document could not be judged at all.
	Lost bool
}

func (p Problem) String() string {
	if p.Line == 0 {
		return fmt.Sprintf("%s: %s", p.File, p.Message)
	}
	return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Message)
}

// ReadManifests makes an Inventory from YAML and JSON files. A document that
// can't be read is a Problem and a gap of every kind, since it might hold any;
// an error means that nothing can be said at all: a path that doesn't exist, or
// no object in all that was read.
func ReadManifests(opts ManifestOptions) (*Inventory, []Problem, error) {
	if opts.Now.IsZero() {
		opts.Now = time.Now()
	}
	if at := slices.Index(opts.Paths, "-"); at >= 0 && slices.Contains(opts.Paths[at+1:], "-") {
		return nil, nil, errors.New("reading manifests: standard input (-) is named twice, and can be read once")
	}
	r := newManifestReader(opts.Namespace)
	r.texts = opts.Texts
	r.inv.TakenAt = opts.Now.UTC()
	for _, p := range opts.Paths {
		if err := r.path(p, opts.Stdin); err != nil {
			return nil, r.problems, err
		}
	}
	if opts.Texts == nil { // a fix may take the last object away
		if r.inv.objects == 0 && r.lost() == 0 {
			return nil, r.problems, fmt.Errorf("reading manifests: no Kubernetes object in %s: did what was to write it fail?", namesOf(opts.Paths))
		}
		for _, name := range r.bare {
			r.problem(Problem{File: name, Message: "no Kubernetes object in it"})
		}
	}
	return r.finish(), r.problems, nil
}

// namesOf names paths for people.
func namesOf(paths []string) string {
	named := slices.Clone(paths)
	if at := slices.Index(named, "-"); at >= 0 {
		named[at] = "standard input"
	}
	return strings.Join(named, ", ")
}

// path reads one of the user's paths.
func (r *manifestReader) path(p string, stdin io.Reader) error {
	if text, ok := r.texts[p]; ok {
		return r.stream(p, bytes.NewReader(text), true)
	}
	if p == "-" {
		return r.stream("-", stdin, true)
	}
	info, err := os.Stat(p)
	if err != nil {
		return fmt.Errorf("reading manifests: %w", err)
	}
	if !info.IsDir() {
		return r.file(p, true)
	}
	return r.folder(p)
}

// folder reads a folder's manifests, with all below them. A link to a file is
// read, as those are which a ConfigMap's volume is made of; one to a folder
// might lead in circles, and is named.
func (r *manifestReader) folder(p string) error {
	files := 0
	root := p + string(filepath.Separator) // follows p itself if it is a link
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		kind := fs.ModeIrregular
		if err == nil {
			kind = typeOf(name, entry)
		}
		switch hidden := name != root && strings.HasPrefix(filepath.Base(name), "."); {
		case err != nil:
			r.problem(Problem{File: name, Message: err.Error(), Lost: true})
		case hidden && entry.IsDir():
			return fs.SkipDir
		case kind.IsDir() && !entry.IsDir() && !hidden:
			r.problem(Problem{File: name, Message: "a link to a folder isn't followed: name the folder too, if it should be read"})
		case kind.IsDir() || !isManifestName(name):
		case kind.IsRegular():
			files++
			return r.file(name, false)
		default:
			r.problem(Problem{File: name, Message: "not a file that can be read", Lost: true})
		}
		return nil
	})
	if err == nil && files == 0 {
		return fmt.Errorf("reading manifests: no .yaml, .yml or .json file in %s", p)
	}
	return err
}

// typeOf is what an entry of a folder is, or what its link leads to.
func typeOf(name string, entry fs.DirEntry) fs.FileMode {
	if entry.Type()&fs.ModeSymlink == 0 {
		return entry.Type()
	}
	info, err := os.Stat(name)
	if err != nil {
		return fs.ModeIrregular // it leads nowhere
	}
	return info.Mode().Type()
}

func isManifestName(name string) bool {
	return slices.Contains([]string{".yaml", ".yml", ".json"}, strings.ToLower(filepath.Ext(name)))
}

// file reads one file. named says that the user asked for this very file, so
// that one without a manifest in it is worth a word.
func (r *manifestReader) file(name string, named bool) error {
	if text, ok := r.texts[name]; ok {
		return r.stream(name, bytes.NewReader(text), named)
	}
	f, err := os.Open(name)
	if err != nil {
		r.problem(Problem{File: name, Message: errors.Unwrap(err).Error(), Lost: true})
		return nil
	}
	defer f.Close()
	return r.stream(name, f, named)
}

func (r *manifestReader) stream(name string, from io.Reader, named bool) error {
	text, err := io.ReadAll(io.LimitReader(from, largestManifest+1))
	before := r.inv.objects + len(r.problems)
	r.inv.Source.Files = append(r.inv.Source.Files, name)
	switch {
	case err != nil:
		r.problem(Problem{File: name, Message: "reading: " + err.Error(), Lost: true})
	case len(text) > largestManifest:
		r.problem(Problem{File: name, Message: fmt.Sprintf("larger than %d MiB: split it", largestManifest>>20), Lost: true})
	default:
		r.documents(name, plainText(text), named)
	}
	if named && r.inv.objects+len(r.problems) == before {
		r.bare = append(r.bare, name)
	}
	return nil
}
