package fixes

import (
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"kiln/kube"
	"kiln/scanners"
)

// State is how far a fix, or one object of it, has come.
type State string

// The states. A fix goes from pending to applied, or to failed when nothing
// was written, or to partial when some objects were; from there through
// undoing to undone.
const (
	Pending State = "pending"
	Applied State = "applied"
	Failed  State = "failed"
	Partial State = "partial"
	Undoing State = "undoing"
	Undone  State = "undone"
)

// Entry is one fix in the journal.
type Entry struct {
	APIVersion string `json:"apiVersion"`
	ID         string `json:"id"`
	// Group is what the fixes of a batch have in common; empty for a single one.
	Group   string    `json:"group,omitempty"`
	Time    time.Time `json:"time"`
	User    string    `json:"user"`
	Context string    `json:"context"`
	Cluster ClusterID `json:"cluster"`
	Finding FindingID `json:"finding"`
	Title   string    `json:"title"`
	// Mechanism is how the objects were written: "server-side apply", or
	// several, joined with commas.
	Mechanism string `json:"mechanism"`
	State     State  `json:"state"`
	// Error is why a fix failed, or an undo did not end.
	Error string `json:"error,omitempty"`
	// UndoneBy is who has taken the fix back, or begun to, and UndoneAt when.
	UndoneBy string          `json:"undoneBy,omitempty"`
	UndoneAt *time.Time      `json:"undoneAt,omitempty"`
	Objects  []JournalObject `json:"objects"`
}

// ClusterID tells clusters apart.
type ClusterID struct {
	Server string `json:"server"`
	// UID is that of namespace kube-system; empty if it could not be read.
	UID string `json:"uid"`
}

// is compares by the uid, which outlives a change of address, where both are
// known.
func (c ClusterID) is(other ClusterID) bool {
	if c.UID != "" && other.UID != "" {
		return c.UID == other.UID
	}
	return c.Server == other.Server
}

// FindingID names the finding that was fixed.
type FindingID struct {
	ID     string   `json:"id"`
	Check  string   `json:"check"`
	Object kube.Ref `json:"object"`
}

// JournalObject is one object of a fix, with all that undo needs.
type JournalObject struct {
	kube.Ref
	UID       types.UID `json:"uid"`
	Mechanism Mechanism `json:"mechanism"`
	State     State     `json:"state"`
	// Fields are the changed fields with their values before and after.
	// Secret values are masked.
	Fields []kube.FieldChange `json:"fields"`
	// Moved says where a masked value from before is kept.
	Moved *SecretKey `json:"moved,omitempty"`
	// Lasting says why undo leaves the object as it is; empty where it
	// doesn't.
	Lasting string `json:"lasting,omitempty"`
	// Request is what was sent, for an interrupted fix to be finished; nil
	// where it holds secret values.
	Request *Request `json:"request,omitempty"`
	// Removed is an object that was deleted, for undo to make it anew; nil
	// where it holds secret values.
	Removed map[string]any `json:"removed,omitempty"`
	// ManagersBefore and ManagersAfter are metadata.managedFields.
	ManagersBefore []metav1.ManagedFieldsEntry `json:"managersBefore,omitempty"`
	ManagersAfter  []metav1.ManagedFieldsEntry `json:"managersAfter,omitempty"`
	// ResourceVersion is the object's after the fix.
	ResourceVersion string `json:"resourceVersion,omitempty"`
}

// Request is the content of a Change.
type Request struct {
	Apply map[string]any   `json:"apply,omitempty"`
	Patch []PatchOperation `json:"patch,omitempty"`
}

// newEntry is the entry of what is about to be written now, without its objects.
func (f *Fixer) newEntry(about FindingID, title string) Entry {
	return Entry{
		Time: journalTime(), User: f.Cluster.User, Context: f.Cluster.Context, Cluster: clusterIDOf(f.Cluster),
		Finding: about, Title: title, State: Pending,
	}
}

// journalTime is the present as the journal's files hold it.
func journalTime() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }

// entryOf is the entry of a fix.
func (f *Fixer) entryOf(preview Preview, runs []dryRun) Entry {
	entry := f.newEntry(findingIDOf(preview.Plan.Finding), preview.Plan.Title)
	masker := maskerFor(preview.Plan)
	var mechanisms []string
	for i, target := range preview.Targets {
		entry.Objects = append(entry.Objects, newJournalObject(target.Change, runs[i], masker))
		if !slices.Contains(mechanisms, string(target.Change.Mechanism)) {
			mechanisms = append(mechanisms, string(target.Change.Mechanism))
		}
	}
	entry.Mechanism = strings.Join(mechanisms, ", ")
	return entry
}

func newJournalObject(change Change, run dryRun, masker *kube.Masker) JournalObject {
	object := JournalObject{
		Ref: change.Target, UID: change.UID, Mechanism: change.Mechanism, State: Pending,
		Fields: masked(change.Target.Kind, run.fields, masker), Moved: change.Moved, Lasting: change.Lasting,
	}
	if run.live != nil {
		object.ManagersBefore = run.live.GetManagedFields()
	}
	if change.Mechanism == Delete && !object.secret() {
		object.Removed = kube.Essence(run.live).Object
	}
	if change.Target.Kind != "Secret" {
		object.Request = &Request{Patch: change.Patch}
		if change.Apply != nil {
			object.Request.Apply = change.Apply.DeepCopy().Object
		}
	}
	return object
}

// secret says that a value from before is masked in the journal.
func (o JournalObject) secret() bool {
	return slices.ContainsFunc(o.Fields, func(f kube.FieldChange) bool { return f.Masked && f.Before != nil })
}

// wrote fills in what an object became by the fix; after is nil for one that
// was deleted.
func (o *JournalObject) wrote(after *unstructured.Unstructured, fields []kube.FieldChange, masker *kube.Masker) {
	if after == nil {
		o.State = Applied
		return
	}
	o.State, o.UID, o.ResourceVersion = Applied, after.GetUID(), after.GetResourceVersion()
	o.Fields = masked(o.Kind, fields, masker)
	o.ManagersAfter = after.GetManagedFields()
}

// change is the Change that the object's request came from.
func (o JournalObject) change() Change {
	change := Change{Target: o.Ref, UID: o.UID, Mechanism: o.Mechanism, Moved: o.Moved, Lasting: o.Lasting}
	if o.Request != nil {
		change.Patch = o.Request.Patch
		if o.Request.Apply != nil {
			change.Apply = &unstructured.Unstructured{Object: o.Request.Apply}
		}
	}
	return change
}

// settle gives the entry the state that its objects' states add up to.
func (e *Entry) settle() {
	e.State = Partial
	if e.all(Applied) {
		e.State = Applied
	}
	if e.all(Failed) {
		e.State = Failed
	}
}

func (e *Entry) all(state State) bool {
	return !slices.ContainsFunc(e.Objects, func(o JournalObject) bool { return o.State != state })
}

func (e *Entry) any(state State) bool {
	return slices.ContainsFunc(e.Objects, func(o JournalObject) bool { return o.State == state })
}

func masked(kind string, fields []kube.FieldChange, masker *kube.Masker) []kube.FieldChange {
	all := make([]kube.FieldChange, 0, len(fields))
	for _, change := range fields {
		all = append(all, masker.Change(kind, change))
	}
	return all
}

func clusterIDOf(c *kube.Cluster) ClusterID { return ClusterID{Server: c.Server, UID: c.UID} }

func findingIDOf(f scanners.Finding) FindingID {
	return FindingID{ID: f.ID, Check: f.Check, Object: f.Object}
}
