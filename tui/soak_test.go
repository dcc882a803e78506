package tui

import (
	"fmt"
	"os"
	"runtime"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"

	"kiln/kube/kubetest"
)

// soakTime is how long the soak test runs; KILN_SOAK says otherwise: "2h".
func soakTime(t *testing.T) time.Duration {
	if text := os.Getenv("KILN_SOAK"); text != "" {
		d, err := time.ParseDuration(text)
		if err != nil {
			t.Fatalf("KILN_SOAK: %v", err)
		}
		return d
	}
	return 20 * time.Second
}

// footprint is what a running kiln holds.
type footprint struct {
	heap        int64
	goroutines  int
	connections int
}

func footprintOf(line *kubetest.Line) footprint {
	runtime.GC()
	runtime.GC() // the first one only runs finalizers
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return footprint{int64(m.HeapAlloc), runtime.NumGoroutine(), line.Open()}
}

// TestSoak changes the cluster, presses keys, resizes, and loses the
// connection, over and over: what kiln holds has to stay as it is.
func TestSoak(t *testing.T) {
	cluster := kubetest.Cluster(t)
	namespace := cluster.Namespace(t, "soak")
	cluster.Apply(t, shopManifest, namespace)
	line := cluster.Line(t)
	d := openStory(t, line.Kubeconfig, namespace)
	end := time.Now().Add(soakTime(t))
	rounds, keys := 0, 0
	var warm footprint
	for ; time.Now().Before(end) || rounds < 6; rounds++ {
		churn(t, cluster.Client(), namespace, rounds)
		keys += d.wander(rounds)
		if rounds%10 == 5 {
			line.Cut()
			d.until("the loss is seen", func() bool { return !d.app.live.state.Lost.IsZero() })
			line.Mend(t)
			d.until("it is live again", func() bool { return d.app.live.state.Lost.IsZero() })
		}
		d.until("the changes are seen", func() bool { return d.app.snapshot.inventory != nil && seenRound(d.app, rounds) })
		if rounds == 5 {
			warm = footprintOf(line)
		}
	}
	now := footprintOf(line)
	t.Logf("%d changes, %d keys; at first %+v, at last %+v", rounds*changesPerRound, keys, warm, now)
	if now.heap > warm.heap+24<<20 {
		t.Errorf("the heap grew from %d to %d MB", warm.heap>>20, now.heap>>20)
	}
	if now.goroutines > warm.goroutines+40 {
		t.Errorf("the goroutines grew from %d to %d", warm.goroutines, now.goroutines)
	}
	if now.connections > 4 {
		t.Errorf("%d connections are open", now.connections)
	}
}

const changesPerRound = 60

// churn makes, changes and deletes ConfigMaps. The one named round tells how
// far it has come.
func churn(t *testing.T, client kubernetes.Interface, namespace string, round int) {
	t.Helper()
	api := client.CoreV1().ConfigMaps(namespace)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for i := range (changesPerRound - 1) / 3 {
		name := fmt.Sprintf("settings-%d-%d", round, i)
		_, err := api.Create(t.Context(), &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: name}, Data: map[string]string{"password": "correct-horse"}}, metav1.CreateOptions{})
		must(err)
		_, err = api.Patch(t.Context(), name, types.MergePatchType, []byte(`{"data":{"password":"battery-staple"}}`), metav1.PatchOptions{})
		must(err)
		must(api.Delete(t.Context(), name, metav1.DeleteOptions{}))
	}
	if round > 0 {
		must(api.Delete(t.Context(), fmt.Sprintf("round-%d", round-1), metav1.DeleteOptions{}))
	}
	_, err := api.Create(t.Context(), &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("round-%d", round)}}, metav1.CreateOptions{})
	must(err)
}

func seenRound(a *App, round int) bool {
	for _, c := range a.snapshot.inventory.ConfigMaps {
		if c.Name == fmt.Sprintf("round-%d", round) {
			return true
		}
	}
	return false
}

// wander presses the keys of a look around, and resizes, and says how many
// keys those were.
func (d *driver) wander(round int) int {
	d.t.Helper()
	sizes := []tea.WindowSizeMsg{{Width: 120, Height: 40}, {Width: 80, Height: 24}, {Width: 40, Height: 12}, {Width: 300, Height: 100}, {Width: 20, Height: 5}}
	d.app.Update(sizes[round%len(sizes)])
	keys := []string{"down", "pgdown", "tab", "enter", "n", "esc", "space", "ctrl+\\", "S", "b", "down", "enter", "esc", "esc", "?", "esc", "ctrl+z", "ctrl+z", "y", "esc", "["}
	d.keys(keys...)
	views := []string{"posture", "workloads", "rbac", "ns", "checks", "journal", "findings"}
	d.command(views[round%len(views)])
	d.command("findings")
	return len(keys)
}
