package fixes

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"kiln/kube"
	"kiln/scanners"
)

// Whatever happens to a write on its way, the journal tells what was written,
// at the latest when the next kiln starts; that can be finished, and taken
// back.
func TestJournalTellsTheTruthOnABadLine(t *testing.T) {
	faults := map[string]fault{
		"a refusal that quotes the password":     answer(http.StatusForbidden, literal, "", ""),
		"a conflict":                             answer(http.StatusConflict, "Conflict", "", ""),
		"an internal error":                      answer(http.StatusInternalServerError, "InternalError", "", ""),
		"an internal error once it was written":  afterwards(answer(http.StatusInternalServerError, "InternalError", "", "")),
		"no answer":                              silence,
		"no answer once it was written":          afterwards(silence),
		"a server that dies":                     death,
		"a server that dies once it has written": afterwards(death),
	}
	for name, f := range faults {
		for write := range 2 {
			t.Run(name, func(t *testing.T) {
				b := newBench(t)
				finding := b.deploymentWithPasswords()
				first := b.read(finding.Object)
				line := b.badLine()
				fixer := b.through(line)
				preview := b.preview(finding)
				entry, err := fixer.Apply(line.arm(write+1, f), preview, Options{})
				if err == nil || strings.Contains(err.Error(), literal) {
					t.Fatalf("%v, %+v", err, entry)
				}
				if entry.any(Pending) && !line.isDown() {
					t.Errorf("what was written could be seen, and is left open: %+v", entry)
				}
				b.settleAndCheck(entry.ID)
				b.finishAndTakeBack(entry.ID, finding)
				b.isAsAtFirst(first)
				b.isGone(b.ref("v1", "Secret", "api-api-env"))
				b.hasNoIfAny(literal)
			})
		}
	}
}

// settleAndCheck is the next kiln's start: after it, the journal says of each
// object what is true of it.
func (b *bench) settleAndCheck(id string) {
	b.Helper()
	if _, err := b.newFixer().Recover(b.Context()); err != nil {
		b.Fatal(err)
	}
	entry, err := b.fixer.Journal.Entry(id)
	if err != nil {
		b.Fatal(err)
	}
	for _, object := range entry.Objects {
		live, err := b.cluster.Read(b.Context(), object.Ref)
		written := err == nil
		if written {
			notAfter, err := kube.FirstChanged(live, object.Fields, false)
			if err != nil {
				b.Fatal(err)
			}
			written = notAfter == nil
		}
		if want := map[bool]State{true: Applied, false: Failed}[written]; object.State != want {
			b.Errorf("the journal says that %s is %s, and it is %s", object.Ref, object.State, want)
		}
	}
	if entry.Error == "" && entry.State == Failed {
		// A kiln that lost its server could not write down why.
		b.Logf("%s is %s without a reason", id, entry.State)
	}
}

// finishAndTakeBack finishes what is half done, if the journal holds all that
// takes, and takes back what is there.
func (b *bench) finishAndTakeBack(id string, finding scanners.Finding) {
	b.Helper()
	entry, err := b.fixer.Journal.Entry(id)
	if err != nil {
		b.Fatal(err)
	}
	if entry.State == Partial && finishable(entry) {
		if entry, err = b.newFixer().Finish(b.Context(), id); err != nil || entry.State != Applied {
			b.Fatalf("finishing: %s, %v", entry.State, err)
		}
		if got := fieldAsJSON(b.T, b.read(finding.Object), inPodSpec("containers", "1", "env", "0")); !strings.Contains(got, "secretKeyRef") {
			b.Errorf("after finishing: %s", got)
		}
	}
	_, err = b.newFixer().Undo(b.Context(), id)
	if entry.State == Failed && errors.Is(err, ErrNothingToUndo) {
		return
	}
	if err != nil {
		b.Errorf("taking back what is %s: %v", entry.State, err)
	}
}

// An undo that goes wrong goes on where it stopped.
func TestUndoGoesOnAfterABadLine(t *testing.T) {
	for name, f := range map[string]fault{
		"an internal error": answer(http.StatusInternalServerError, "InternalError", "", ""), "no answer once it was written": afterwards(silence), "a server that dies": death,
	} {
		for write := range 3 { // the values, their owners, the Secret
			t.Run(name, func(t *testing.T) {
				b := newBench(t)
				finding := b.deploymentWithPasswords()
				first := b.read(finding.Object)
				b.letTimePass()
				entry := b.apply(finding)
				line := b.badLine()
				fixer := b.through(line)
				if _, err := fixer.Undo(line.arm(write+1, f), entry.ID); err == nil {
					t.Fatal("undone in spite of it")
				}
				recoveries, err := b.newFixer().Recover(t.Context())
				if err != nil || len(recoveries) != 1 || !recoveries[0].CanFinish {
					t.Fatalf("recoveries: %+v, %v", recoveries, err)
				}
				done, err := b.newFixer().Finish(t.Context(), entry.ID)
				if err != nil || done.State != Undone || done.UndoneAt == nil {
					t.Fatalf("finishing: %+v, %v", done, err)
				}
				b.isAsAtFirst(first)
				b.isGone(b.ref("v1", "Secret", "api-api-env"))
			})
		}
	}
}

// A server that asks for patience gets it.
func TestTooManyRequestsAreWaitedFor(t *testing.T) {
	b := newBench(t)
	finding := b.privilegedDeployment()
	line := b.badLine()
	fixer := b.through(line)
	preview := b.preview(finding)
	ctx := line.arm(1, answer(http.StatusTooManyRequests, "TooManyRequests", "Retry-After", "1"))
	started := time.Now()
	entry, err := fixer.Apply(ctx, preview, Options{})
	if err != nil || entry.State != Applied {
		t.Fatalf("%s, %v", entry.State, err)
	}
	if took := time.Since(started); took < time.Second {
		t.Errorf("it took only %v", took)
	}
}

// Somebody else's write between kiln's last dry run and its write: to another
// field it is no matter, to the fix's own the fix is off.
func TestChangedInTheMidstOfTheApply(t *testing.T) {
	for name, test := range map[string]struct {
		patch string
		state State
	}{
		"elsewhere":             {`{"spec":{"replicas":3}}`, Applied},
		"in a field of the fix": {`{"spec":{"template":{"spec":{"containers":[{"name":"api","image":"example.test/api:1"}]}}}}`, Failed},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			finding := b.privilegedDeployment()
			line := b.badLine()
			fixer := b.through(line)
			preview := b.preview(finding)
			ctx := line.arm(1, func(l *badLine, w http.ResponseWriter, r *http.Request) bool {
				if err := patchAs(context.WithoutCancel(r.Context()), b.cluster, "somebody", finding.Object, test.patch, false); err != nil {
					t.Error(err)
				}
				l.forward.ServeHTTP(w, r)
				return false
			})
			entry, err := fixer.Apply(ctx, preview, Options{})
			if entry.State != test.state || (err == nil) != (test.state == Applied) {
				t.Errorf("%s, %v", entry.State, err)
			}
			if test.state == Failed && !errors.Is(err, ErrChanged) {
				t.Errorf("refused with %v", err)
			}
			b.settleAndCheck(entry.ID)
		})
	}
}

// Two kilns with one journal fix the same object at once: one after the other,
// each on what it has previewed, and both are taken back.
func TestTwoKilnsAtOnce(t *testing.T) {
	t.Parallel()
	t.Run("with different fixes", func(t *testing.T) {
		b := newBench(t)
		privileged := b.privilegedDeployment()
		seccomp := privileged
		seccomp.Check = "pod/seccomp"
		first := b.read(privileged.Object)
		b.letTimePass()
		entries, errs := b.applyAtOnce(privileged, seccomp)
		for i, err := range errs {
			if err != nil || entries[i].State != Applied {
				t.Fatalf("%d: %s, %v", i, entries[i].State, err)
			}
		}
		for _, entry := range entries {
			if _, err := b.newFixer().Undo(t.Context(), entry.ID); err != nil {
				t.Error(err)
			}
		}
		b.isAsAtFirst(first)
	})
	t.Run("with the same fix", func(t *testing.T) {
		b := newBench(t)
		finding := b.privilegedDeployment()
		entries, errs := b.applyAtOnce(finding, finding, finding)
		applied := 0
		for i, err := range errs {
			switch {
			case err == nil && entries[i].State == Applied:
				applied++
			case !errors.Is(err, ErrChanged) && !errors.Is(err, ErrNothingToDo):
				t.Errorf("%d: %v", i, err)
			}
		}
		journalled, unreadable := b.fixer.Journal.Entries()
		if applied != 1 || len(journalled) != 1 || len(unreadable) > 0 {
			t.Errorf("%d were applied, the journal holds %d", applied, len(journalled))
		}
	})
}

// applyAtOnce has a kiln of its own preview each finding, and then all of them
// apply.
func (b *bench) applyAtOnce(findings ...scanners.Finding) ([]Entry, []error) {
	b.Helper()
	previews := make([]Preview, len(findings))
	for i, finding := range findings {
		previews[i] = b.preview(finding)
	}
	entries, errs := make([]Entry, len(findings)), make([]error, len(findings))
	var kilns sync.WaitGroup
	for i := range findings {
		fixer := b.newFixer()
		kilns.Go(func() { entries[i], errs[i] = fixer.Apply(b.Context(), previews[i], Options{}) })
	}
	kilns.Wait()
	return entries, errs
}
