package fixes

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/fixes/manifest"
	"kiln/kube"
	"kiln/scanners"
)

// Files carries fixes out on manifests. Plans add up, each made on what those
// taken before have left; nothing is written before FileEdit.Write.
type Files struct {
	inv    *kube.Inventory
	sheets []*sheet
	// namespace is for objects that name none, as it was for the scan.
	namespace string
	// created are the new objects, in the order in which they came up.
	created []*createdObject
	sources sources
}

// sheet is one file.
type sheet struct {
	name string
	text []byte
	file *manifest.File
	// err is why the whole file can't be edited.
	err error
}

// createdObject is an object that a fix adds.
type createdObject struct {
	object *unstructured.Unstructured
	// near is the file of the object that it was made for.
	near *sheet
}

// OpenFiles reads the files of an inventory made from manifests. stdin is what
// was read from standard input, where that is one of them; namespace that for
// objects that name none.
func OpenFiles(inv *kube.Inventory, stdin []byte, namespace string) (*Files, error) {
	f := &Files{inv: inv, namespace: namespace, sources: sources{}}
	for _, name := range inv.Source.Files {
		s := &sheet{name: name, text: stdin}
		if name != "-" {
			var err error
			if s.text, err = os.ReadFile(name); err != nil {
				return nil, fmt.Errorf("reading manifests: %w", err)
			}
		}
		s.file, s.err = manifest.Read(name, s.text)
		f.sheets = append(f.sheets, s)
	}
	return f, nil
}

// Plan plans the fix of a finding on the manifests as the plans taken before
// have made them. Questions without an answer get the default. The error is
// ErrManual where a person has to do it, also where the file isn't the place
// to.
func (f *Files) Plan(finding scanners.Finding, answers Answers) (Plan, error) {
	recipe, ok := recipeFor(finding.Check)
	if !ok {
		return Plan{}, manualFor(finding, f.inv)
	}
	home, object, err := f.find(finding)
	if err != nil {
		return Plan{}, err
	}
	situation := Situation{Finding: finding, Inventory: f.inv, Live: f.asLive(object.Value(), finding.Object)}
	situation.Others = f.others(recipe, finding)
	plan, err := recipe.plan(situation, answers)
	plan = readable(plan, finding)
	if err != nil {
		return plan, err
	}
	if why := f.sources.refusal(home, object.Line, finding.Object); why != nil {
		return plan, &ManualError{Why: why.Error(), Steps: "What to set there:\n" + f.asSteps(plan)}
	}
	return plan, nil
}

// Take carries a plan out in memory, all of it or nothing, and adds notes to
// it on what is written where. The error is ErrNothingToDo where an earlier
// plan did it all, and a *manifest.Refusal where the way something is written
// can't be edited.
func (f *Files) Take(plan *Plan) error {
	home, object, err := f.find(plan.Finding)
	if err != nil {
		return err
	}
	return f.take(plan, home, object)
}

// Texts are the files that have changed so far, by their names. Plans to come
// are made on these texts, new objects included.
func (f *Files) Texts() (map[string][]byte, error) {
	var inFiles []*createdObject
	f.created = slices.DeleteFunc(f.created, func(c *createdObject) bool {
		_, own := f.fileOf(c)
		if !own {
			inFiles = append(inFiles, c)
		}
		return !own
	})
	for _, c := range inFiles {
		if err := c.near.file.Add(c.object.Object); err != nil {
			return nil, err
		}
	}
	texts := map[string][]byte{}
	for _, s := range f.sheets {
		if s.err != nil {
			continue
		}
		text, err := s.file.Text()
		if err != nil {
			return nil, err
		}
		if s.file.Changed() {
			if s.file, err = manifest.Read(s.name, []byte(text)); err != nil {
				return nil, err
			}
		}
		if text != string(s.text) {
			texts[s.name] = []byte(text)
		}
	}
	return texts, nil
}

// Rescanned has the plans to come look at a newer inventory of the same files.
func (f *Files) Rescanned(inv *kube.Inventory) { f.inv = inv }

// asSteps is what a plan sets, for a person to write it elsewhere.
func (f *Files) asSteps(plan Plan) string {
	var documents []string
	for _, change := range plan.Changes {
		target := TargetPreview{Change: change}
		if object, err := manifestOf(target); err == nil && change.Apply != nil {
			if text, err := asYAML(object, &kube.Masker{}); err == nil {
				documents = append(documents, text)
			}
		}
	}
	if len(documents) == 0 {
		return "  " + plan.Title
	}
	return "  " + strings.ReplaceAll(strings.TrimSpace(strings.Join(documents, "---\n")), "\n", "\n  ")
}
