package fixes

import (
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
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
	APIVersion string    `json:"apiVersion"`
	ID         string    `json:"id"`
	Time       time.Time `json:"time"`
	User       string    `json:"user"`
	Context    string    `json:"context"`
	Cluster    ClusterID `json:"cluster"`
	Finding    FindingID `json:"finding"`
	Title      string    `json:"title"`
	// Mechanism is how the objects were written: "server-side apply", or
	// several, joined with commas.
	Mechanism string          `json:"mechanism"`
	State     State           `json:"state"`
	Error     string          `json:"error,omitempty"`
	Objects   []JournalObject `json:"objects"`
}

// ClusterID tells clusters apart.
type ClusterID struct {
	Server string `json:"server"`
	// UID is that of namespace kube-system; empty if it could not be read.
	UID string `json:"uid"`
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
	// ManagersBefore and ManagersAfter are metadata.managedFields.
	ManagersBefore  []metav1.ManagedFieldsEntry `json:"managersBefore,omitempty"`
	ManagersAfter   []metav1.ManagedFieldsEntry `json:"managersAfter,omitempty"`
	ResourceVersion string                      `json:"resourceVersion,omitempty"`
}

// Recovery is an interrupted entry that somebody has to decide about.
type Recovery struct {
	Entry Entry
	// Found says in a sentence what did happen.
	Found string
	// CanFinish and CanTakeBack say what is possible.
	CanFinish, CanTakeBack bool
}

func findingIDOf(f scanners.Finding) FindingID {
	return FindingID{ID: f.ID, Check: f.Check, Object: f.Object}
}
