package fixes

import (
	"context"
	"fmt"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/kube"
	"kiln/scanners"
)

// Fixer carries fixes out on one cluster, and remembers them in a journal.
type Fixer struct {
	Cluster *kube.Cluster
	Journal *Journal
	// Evidence is what probes have seen; nil for none.
	Evidence *kube.EvidenceStore
}

// Open is a Fixer of a cluster with the journal and the evidence in the state
// folder.
func Open(cluster *kube.Cluster) (*Fixer, error) {
	dir, err := JournalDir()
	if err != nil {
		return nil, err
	}
	journal, err := OpenJournal(dir)
	if err != nil {
		return nil, err
	}
	if dir, err = inState("evidence"); err != nil {
		return nil, err
	}
	evidence, err := kube.OpenEvidence(dir)
	if err != nil {
		return nil, err
	}
	return &Fixer{Cluster: cluster, Journal: journal, Evidence: evidence}, nil
}

// Plan finds the recipe for a finding and plans its change on the live object.
// Questions without an answer get the default; an answer that fits no question
// is an AnswerError. With an error of the recipe the plan has its questions:
// another answer may help.
// The error is ErrManual where there is no recipe, or none for this object; it
// then says what to do by hand.
func (f *Fixer) Plan(ctx context.Context, finding scanners.Finding, inv *kube.Inventory, answers Answers) (Plan, error) {
	known := inv
	if inv == nil {
		inv = &kube.Inventory{}
	}
	if inv.FromFiles() {
		return Plan{}, &ManualError{Why: "the finding is from a manifest, not from a cluster", Steps: "Change the manifest, and apply it."}
	}
	recipe, ok := recipeFor(finding.Check)
	if !ok {
		return Plan{}, manualFor(finding, inv)
	}
	situation := Situation{Finding: finding, Inventory: inv, Now: time.Now()}
	var err error
	if situation.Live, err = f.read(ctx, finding.Object); err != nil {
		return Plan{}, err
	}
	if situation.Evidence, err = f.evidence(finding, inv); err != nil {
		return Plan{}, err
	}
	if situation.Workloads, err = f.workloadEvidence(finding, inv); err != nil {
		return Plan{}, err
	}
	if situation.Others, err = f.readOthers(ctx, recipe, finding, inv); err != nil {
		return Plan{}, err
	}
	plan, err := recipe.plan(situation, answers)
	plan.inventory = known
	return readable(plan, finding), err
}

// read fetches an object that was there when it was scanned.
func (f *Fixer) read(ctx context.Context, ref kube.Ref) (*unstructured.Unstructured, error) {
	live, err := f.Cluster.Read(ctx, ref)
	if apierrors.IsNotFound(err) {
		return nil, fmt.Errorf("%w the scan: %s is gone", ErrChanged, ref)
	}
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", ref, err)
	}
	return live, nil
}

func (f *Fixer) readOthers(ctx context.Context, recipe Recipe, finding scanners.Finding, inv *kube.Inventory) (map[kube.Ref]*unstructured.Unstructured, error) {
	if recipe.Reads == nil {
		return nil, nil
	}
	others := map[kube.Ref]*unstructured.Unstructured{}
	for _, ref := range recipe.Reads(finding, inv) {
		live, err := f.Cluster.Read(ctx, ref)
		if apierrors.IsNotFound(err) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", ref, err)
		}
		others[ref] = live
	}
	return others, nil
}

// readable completes a plan, and makes its words safe for a screen: they may
// hold names from the cluster.
func readable(plan Plan, finding scanners.Finding) Plan {
	plan.Finding = finding
	plan.Title = kube.Clean(plan.Title)
	for i, note := range plan.Notes {
		plan.Notes[i] = kube.Clean(note)
	}
	for i := range plan.Questions {
		plan.Questions[i].clean()
	}
	return plan
}
