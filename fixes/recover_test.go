package fixes

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"k8s.io/client-go/tools/clientcmd"

	"kiln/kube"
	"kiln/kube/kubetest"
	"kiln/scanners"
)

// victim is what a process of its own is to do, until it is killed.
type victim struct {
	Kubeconfig, Journal string
	Finding             scanners.Finding
	Key                 string // of the finding, which doesn't write it
	// Undo is an entry to take back; without it, the finding is fixed.
	Undo string
	// KillAt counts writes. An even number kills before
	// write KillAt/2 is sent, an odd one after its answer.
	KillAt int64
}

const victimVariable = "KILN_TEST_VICTIM"

func TestMain(m *testing.M) {
	if task := os.Getenv(victimVariable); task != "" {
		if err := beVictim(task); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(kubetest.Run(m))
}

func beVictim(task string) error {
	var v victim
	if err := json.Unmarshal([]byte(task), &v); err != nil {
		return err
	}
	config, err := clientcmd.BuildConfigFromFlags("", v.Kubeconfig)
	if err != nil {
		return err
	}
	config.Wrap(func(next http.RoundTripper) http.RoundTripper { return &killer{next: next, at: v.KillAt} })
	cluster, err := kube.NewCluster(config, "testbed")
	if err != nil {
		return err
	}
	journal, err := OpenJournal(v.Journal)
	if err != nil {
		return err
	}
	return v.work(context.Background(), &Fixer{Cluster: cluster, Journal: journal})
}

func (v victim) work(ctx context.Context, fixer *Fixer) error {
	if v.Undo != "" {
		_, err := fixer.Undo(ctx, v.Undo)
		return err
	}
	v.Finding.Key = v.Key
	plan, err := fixer.Plan(ctx, v.Finding, nil, nil)
	if err != nil {
		return err
	}
	preview, err := fixer.Preview(ctx, plan)
	if err != nil {
		return err
	}
	_, err = fixer.Apply(ctx, preview, Options{})
	return err
}

// killer is a transport that kills its process, as kill -9 does.
type killer struct {
	next http.RoundTripper
	at   int64
	seen atomic.Int64
}

func (k *killer) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Method == http.MethodGet || req.URL.Query().Has("dryRun") || !strings.Contains(req.URL.Path, "/namespaces/") {
		return k.next.RoundTrip(req)
	}
	n := k.seen.Add(1)
	if k.at == 2*n {
		k.kill()
	}
	response, err := k.next.RoundTrip(req)
	if k.at == 2*n+1 {
		k.kill()
	}
	return response, err
}

func (k *killer) kill() {
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {}
}

// run starts the victim; killed says that it didn't live to the end.
func (b *bench) run(v victim) (killed bool) {
	b.Helper()
	v.Key, v.Finding.Severity = v.Finding.Key, scanners.High
	v.Kubeconfig, v.Journal = b.testbed.Kubeconfig(), b.dir
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), victimVariable+"="+asJSON(b.T, v))
	output, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.Sys().(syscall.WaitStatus).Signal() == syscall.SIGKILL {
		return true
	}
	if err != nil {
		b.Fatalf("the victim failed by itself: %v\n%s", err, output)
	}
	return false
}

// Wherever a kiln is killed, the next one knows what happened, and can take it
// back.
func TestKilledWhileFixing(t *testing.T) {
	b := newBench(t)
	finding := b.deploymentWithPasswords()
	first := b.read(finding.Object)
	found := map[string]int{}
	for at := int64(2); ; at++ {
		killed := b.run(victim{Finding: finding, KillAt: at})
		found[b.recoverAndTakeBack(killed)]++
		b.isAsAtFirst(first)
		b.isGone(b.ref("v1", "Secret", "api-api-env"))
		b.hasNoIfAny(literal)
		if !killed {
			break
		}
	}
	t.Logf("found %v", found)
	for _, outcome := range []string{"nothing was written", "1 of 2 objects are written", "all of it was written"} {
		if found[outcome] == 0 {
			t.Errorf("no kill left %q", outcome)
		}
	}
}

// recoverAndTakeBack returns what was found.
func (b *bench) recoverAndTakeBack(killed bool) string {
	b.Helper()
	recoveries, err := b.newFixer().Recover(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	if len(recoveries) == 0 {
		if _, err := b.newFixer().Undo(b.Context(), ""); err != nil && (!killed || !errors.Is(err, ErrNothingToUndo)) {
			b.Fatal(err)
		}
		return "no interrupted entry"
	}
	recovery := recoveries[0]
	if recovery.CanTakeBack {
		if _, err := b.newFixer().TakeBack(b.Context(), recovery.Entry.ID); err != nil {
			b.Fatal(err)
		}
	}
	outcome, _, _ := strings.Cut(recovery.Found, ":")
	return outcome
}

func TestKilledAndFinished(t *testing.T) {
	b := newBench(t)
	finding := b.deploymentWithPasswords()
	for at := int64(2); b.run(victim{Finding: finding, KillAt: at}); at++ {
		recoveries, err := b.newFixer().Recover(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(recoveries) == 0 || !recoveries[0].CanFinish {
			b.recoverAndTakeBackAll()
			continue
		}
		entry, err := b.newFixer().Finish(t.Context(), recoveries[0].Entry.ID)
		if err != nil || entry.State != Applied {
			t.Fatalf("finishing: %s, %v", entry.State, err)
		}
		if got := fieldAsJSON(t, b.read(finding.Object), inPodSpec("containers", "1", "env", "0")); !strings.Contains(got, "secretKeyRef") {
			t.Errorf("after finishing: %s", got)
		}
		return
	}
	t.Error("no kill left a half-written fix")
}

func (b *bench) recoverAndTakeBackAll() {
	b.Helper()
	if _, err := b.newFixer().Undo(b.Context(), ""); err != nil && !errors.Is(err, ErrNothingToUndo) {
		b.Fatal(err)
	}
}

func TestKilledWhileUndoing(t *testing.T) {
	b := newBench(t)
	finding := b.deploymentWithPasswords()
	first := b.read(finding.Object)
	b.letTimePass()
	interrupted := 0
	for at := int64(2); ; at++ {
		entry := b.apply(finding)
		killed := b.run(victim{Undo: entry.ID, KillAt: at})
		recoveries, err := b.newFixer().Recover(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, recovery := range recoveries {
			if !recovery.CanFinish || recovery.CanTakeBack {
				t.Errorf("recovery is %+v", recovery)
			}
			interrupted++
			if _, err := b.newFixer().Finish(t.Context(), recovery.Entry.ID); err != nil {
				t.Fatal(err)
			}
		}
		b.recoverAndTakeBackAll()
		b.isAsAtFirst(first)
		b.isGone(b.ref("v1", "Secret", "api-api-env"))
		if !killed {
			break
		}
	}
	if interrupted < 4 {
		t.Errorf("only %d kills interrupted the undo", interrupted)
	}
}

// killedBefore leaves the journal as a kiln does that is killed before its
// first write.
func (b *bench) killedBefore(preview Preview) {
	b.Helper()
	runs, err := b.fixer.rehearse(b.Context(), preview)
	if err != nil {
		b.Fatal(err)
	}
	entry := b.fixer.entryOf(preview, runs)
	if err := b.fixer.Journal.add(&entry); err != nil {
		b.Fatal(err)
	}
}

// recovered is what the next kiln makes of the one entry that is left open.
func (b *bench) recovered() Recovery {
	b.Helper()
	recoveries, err := b.newFixer().Recover(b.Context())
	if err != nil || len(recoveries) != 1 {
		b.Fatalf("got %v, %v", recoveries, err)
	}
	return recoveries[0]
}

// A pending entry whose object somebody has changed since is left to people.
func TestInterruptedAndChanged(t *testing.T) {
	b := newBench(t)
	finding := b.privilegedDeployment()
	b.killedBefore(b.preview(finding))
	b.patchAs("somebody", finding.Object, `{"spec":{"template":{"spec":{"containers":[{"name":"api","image":"example.test/api:1"}]}}}}`)
	if r := b.recovered(); !strings.Contains(r.Found, privilegedField) || r.CanFinish || r.CanTakeBack || r.Entry.State != Partial {
		t.Errorf("recovery is %+v", r)
	}
}

// What was written to an object that is gone is gone with it, even if the next
// one of its name looks the same.
func TestInterruptedAndMadeAnew(t *testing.T) {
	b := newBench(t)
	finding := b.privilegedDeployment()
	b.killedBefore(b.preview(finding))
	b.remove(finding.Object)
	b.testbed.Apply(t, workload("Deployment", "", "", "securityContext: {privileged: false}"), b.namespace)
	if r := b.recovered(); r.Found != "nothing was written" || r.CanTakeBack || r.Entry.State != Failed {
		t.Errorf("recovery is %+v", r)
	}
}
