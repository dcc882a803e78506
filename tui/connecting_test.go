package tui

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"kiln/kube/kubetest"
)

// A server that is down when kiln starts is waited for: the findings come once
// it answers, without a key.
func TestConnectsByItselfOnceTheServerAnswers(t *testing.T) {
	cluster := kubetest.Cluster(t)
	namespace := cluster.Namespace(t, "late")
	cluster.Apply(t, privilegedPod, namespace)
	line := cluster.Line(t)
	line.Cut()
	d := openStory(t, line.Kubeconfig, namespace)
	d.shows("not connected · again at ", "nothing answers at 127.0.0.1", "kiln tries again at ")
	line.Mend(t)
	d.until("the findings are there", func() bool { return d.app.snapshot != nil && finds(d.app, "pod/privileged", "intruder") })
	if screen := screenText(d.app); strings.Contains(screen, "nothing answers") || !strings.Contains(screen, "intruder") {
		t.Errorf("what has failed before is still on the screen:\n%s", screen)
	}
}

// Who logs in again in another terminal has a new kubeconfig.
func TestNewCredentialsAreTaken(t *testing.T) {
	cluster := kubetest.Cluster(t)
	namespace := cluster.Namespace(t, "expired")
	kubeconfig := cluster.IdentityIn(t, namespace, "night", nil)
	for name, expired := range map[string]*clientcmdapi.AuthInfo{
		"a token": {Token: "expired"},
		"a plugin": {Exec: &clientcmdapi.ExecConfig{
			APIVersion: "client.authentication.k8s.io/v1", Command: "sh", Args: []string{"-c", "exit 7"}, InteractiveMode: clientcmdapi.NeverExecInteractiveMode,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			config, err := clientcmd.LoadFromFile(kubeconfig)
			if err != nil {
				t.Fatal(err)
			}
			path := t.TempDir() + "/kubeconfig"
			broken := config.DeepCopy()
			for user := range broken.AuthInfos {
				broken.AuthInfos[user] = expired
			}
			if err := clientcmd.WriteToFile(*broken, path); err != nil {
				t.Fatal(err)
			}
			d := openStory(t, path, namespace)
			d.shows("not connected · again at ")
			if err := clientcmd.WriteToFile(*config, path); err != nil {
				t.Fatal(err)
			}
			d.keys("ctrl+r")
			d.shows("night")
			if d.app.session == nil {
				t.Errorf("it isn't connected:\n%s", screenText(d.app))
			}
		})
	}
}

// In an outage ctrl-r must not take away what is known.
func TestScanningAgainWithoutAnAnswerKeepsTheFindings(t *testing.T) {
	cluster := kubetest.Cluster(t)
	namespace := cluster.Namespace(t, "outage")
	cluster.Apply(t, privilegedPod, namespace)
	line := cluster.Line(t)
	d := openStory(t, line.Kubeconfig, namespace)
	line.Cut()
	d.keys("ctrl+r")
	if m := d.app.messages.current(); m == nil || m.level != failure {
		t.Errorf("it says %v", m)
	}
	if !finds(d.app, "pod/privileged", "intruder") {
		t.Errorf("the findings are gone:\n%s", screenText(d.app))
	}
	line.Mend(t)
	if err := cluster.Client().CoreV1().Pods(namespace).Delete(t.Context(), "intruder", *metav1.NewDeleteOptions(0)); err != nil {
		t.Fatal(err)
	}
	d.keys("ctrl+r")
	d.until("it is seen that the intruder is gone", func() bool { return !finds(d.app, "pod/privileged", "intruder") })
}

// A page that was opened before ctrl-r writes through the connection of then:
// read-only mode must hold there, too.
func TestReadOnlyHoldsForEarlierConnections(t *testing.T) {
	cluster := kubetest.Cluster(t)
	d := openStory(t, cluster.Kubeconfig(), cluster.Namespace(t, "again"))
	before := d.app.session
	d.keys("ctrl+r")
	if d.app.session == before {
		t.Fatal("it hasn't connected anew")
	}
	d.keys("ctrl+o")
	if !before.cluster.Gate.ReadOnly() || !d.app.session.cluster.Gate.ReadOnly() {
		t.Error("one of the gates is open")
	}
}

func TestPausesGrow(t *testing.T) {
	network, plugin := errors.New("connection refused"), errors.New(`Get "https://x": getting credentials: exec: exit status 7`)
	for _, tt := range []struct {
		failed int
		err    error
		want   time.Duration
	}{
		{1, network, 2 * time.Second}, {2, network, 4 * time.Second}, {4, network, 16 * time.Second}, {5, network, 30 * time.Second},
		{1000, network, 30 * time.Second}, {1, plugin, 20 * time.Second}, {1000, plugin, 5 * time.Minute},
	} {
		if got := pause(tt.failed, tt.err); got != tt.want {
			t.Errorf("after %d failures (%v): %s, want %s", tt.failed, tt.err, got, tt.want)
		}
	}
}

// A night without a server doesn't fill the messages, and tells of a new reason.
func TestTheSameFailureIsSaidOnce(t *testing.T) {
	a, _ := newTestApp(t, "staging", 80, 24)
	a.switchContext("staging")
	said := a.messages.said
	for range 5 {
		a.onConnectFailed(errors.New("no route"))
	}
	if got := a.messages.said - said; got != 1 {
		t.Errorf("said %d times", got)
	}
	if a.onConnectFailed(errors.New("no name")); a.messages.said != said+2 || !strings.Contains(screenText(a), "no name") {
		t.Errorf("the new reason isn't said:\n%s", screenText(a))
	}
}

func TestEscStopsTrying(t *testing.T) {
	a, _ := newTestApp(t, "staging", 80, 24)
	a.switchContext("staging")
	a.cancelTasks(nil)
	a.onConnectFailed(errors.New("no route"))
	press(a, "esc") // the message
	if text := screenText(a); !strings.Contains(text, "kiln tries again at 09:26:55") {
		t.Fatalf("it doesn't say when:\n%s", text)
	}
	press(a, "esc")
	text := screenText(a)
	if len(a.tasks) > 0 || strings.Contains(text, "again at") || !strings.Contains(text, "no route") || !strings.Contains(text, "ctrl-r tries again") {
		t.Errorf("%d tasks left:\n%s", len(a.tasks), text)
	}
}

// In the context that kiln was started with, all that the command line says
// counts, however often it is tried.
func TestFlagsForAnotherTry(t *testing.T) {
	flags := genericclioptions.NewConfigFlags(true)
	password := "p"
	flags.Username, flags.Password = &password, &password
	flags.WrapConfigFn = withoutTerminal(nil)
	got, own := reflect.ValueOf(flagsFor(flags, "", false)).Elem(), reflect.ValueOf(flags).Elem()
	for i := range own.NumField() {
		if field := own.Type().Field(i); field.IsExported() && got.Field(i).Pointer() != own.Field(i).Pointer() {
			t.Errorf("%s is lost", field.Name)
		}
	}
	if server := flagsFor(flags, "other", true).APIServer; server == flags.APIServer {
		t.Error("the first cluster's address leaks into another context")
	}
}
