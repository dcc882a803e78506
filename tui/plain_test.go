package tui

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/client-go/rest"

	"kiln/fixes"
	"kiln/kube"
	"kiln/kube/kubetest"
	"kiln/scanners/catalogue"
)

// talk is a conversation with kiln in lines.
type talk struct {
	t     *testing.T
	in    *io.PipeWriter
	heard chan string
	end   chan error
}

func startTalk(t *testing.T, opts Options) *talk {
	t.Helper()
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	in, inWriter := io.Pipe()
	outReader, out := io.Pipe()
	c := &talk{t: t, in: inWriter, heard: make(chan string), end: make(chan error, 1)}
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	go func() {
		c.end <- RunPlain(ctx, opts, in, out)
		_ = out.Close()
	}()
	go func() {
		defer close(c.heard)
		for buffer := make([]byte, 64<<10); ; {
			n, err := outReader.Read(buffer)
			if err != nil {
				return
			}
			c.heard <- string(buffer[:n])
		}
	}()
	return c
}

// answer collects what is said up to a prompt, or the end.
func (c *talk) answer() string {
	c.t.Helper()
	var said strings.Builder
	deadline := time.After(time.Minute)
	for {
		select {
		case text, ok := <-c.heard:
			said.WriteString(text)
			if all := said.String(); !ok || strings.HasSuffix(all, "kiln> ") || strings.HasSuffix(all, "cancel? ") || strings.HasSuffix(all, ": ") {
				return all
			}
		case <-deadline:
			c.t.Fatalf("no prompt came: %s", said.String())
		}
	}
}

func (c *talk) say(line string) string {
	c.t.Helper()
	if _, err := io.WriteString(c.in, line+"\n"); err != nil {
		c.t.Fatal(err)
	}
	return c.answer()
}

// tells says a line and fails unless the answer has all of the texts.
func (c *talk) tells(line string, texts ...string) {
	c.t.Helper()
	answer := c.say(line)
	for _, text := range texts {
		if !strings.Contains(answer, text) {
			c.t.Fatalf("%q isn't answered with %q, but:\n%s", line, text, answer)
		}
	}
	if strings.Contains(answer, "\x1b") {
		c.t.Errorf("a control sequence in plain text: %q", answer)
	}
}

// TestPlainFixesAndUndoes is the whole of a session by lines.
func TestPlainFixesAndUndoes(t *testing.T) {
	cluster := kubetest.Cluster(t)
	namespace := cluster.Namespace(t, "plain")
	cluster.Apply(t, shopManifest, namespace)
	kubeconfig := cluster.Kubeconfig()
	flags := genericclioptions.NewConfigFlags(true)
	flags.KubeConfig = &kubeconfig
	c := startTalk(t, Options{Flags: flags, Namespace: namespace, Live: true, Checks: catalogue.Checks()})
	if hello := c.answer(); !strings.Contains(hello, "Context testbed") || !strings.Contains(hello, "to do: ") {
		t.Fatalf("it begins with:\n%s", hello)
	}
	c.tells("nonsense", "there is no command")
	c.tells("open 1", "type list")
	c.tells("list", "1. critical", "more: press enter")
	c.tells("", "21. ")
	c.tells("list privilege-escalation Deployment/checkout", "1 finding matching", "1. medium, pod/privilege-escalation, Deployment/checkout (api) in "+namespace)
	c.tells("open 1", "Fix: safe", "It changes Deployment/checkout", "Type fix 1")
	if lesson := c.say("lesson 1"); !strings.Contains(lesson, "\nSee it yourself\n") || strings.ContainsAny(lesson, "#`") {
		t.Errorf("a lesson should be text to be read:\n%s", lesson)
	}
	c.tells("accept 1 soon: x", "not accepted", "such as 2027-01-31")
	c.tells("accept 1", "Accept until which day, and why?")
	c.tells("never: it needs setuid", "accept.kiln/pod.privilege-escalation", "the finding stays in the list", "accept or cancel?")
	c.tells("accept", "Done: ")
	c.eventually("list privilege-escalation Deployment/checkout", "(accepted: it needs setuid)")
	c.tells("undo", "Removed: ", "undo or cancel?")
	c.tells("undo", "undone")
	c.eventually("list privilege-escalation Deployment/checkout", "forbid privilege escalation\n")
	c.tells("fix 1", "Added: allowPrivilegeEscalation: false", "apply, export or cancel?")
	c.tells("no", "nothing was changed")
	c.tells("readonly on", "Read-only")
	c.say("fix 1")
	c.tells("apply", "read-only mode")
	c.tells("readonly off", "Changes are possible")
	c.say("fix 1")
	c.tells("apply", "Done: ", "is applied")
	deployment, err := cluster.Client().AppsV1().Deployments(namespace).Get(t.Context(), "checkout", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if s := deployment.Spec.Template.Spec.Containers[0].SecurityContext; s == nil || s.AllowPrivilegeEscalation == nil || *s.AllowPrivilegeEscalation {
		t.Errorf("the fix isn't in the cluster: %+v", s)
	}
	c.eventually("list privilege-escalation Deployment/checkout", "0 findings")
	c.tells("journal", "1. ", "applied", "Deployment/checkout")
	c.tells("undo", "Removed: allowPrivilegeEscalation: false", "undo or cancel?")
	c.tells("undo", "Done: ", "undone")
	c.eventually("list privilege-escalation Deployment/checkout", "1 finding matching")
	c.tells("posture", "pod: ", " of 100")
	c.tells("help", "fix or f N")
	c.say("quit")
	if err := <-c.end; err != nil {
		t.Error(err)
	}
}

// Without a screen, production wants its name typed as well.
func TestPlainWantsTheNameOfProductionTyped(t *testing.T) {
	deployment := kube.Ref{APIVersion: "apps/v1", Kind: "Deployment", Namespace: "shop", Name: "web"}
	inProd := deployment
	inProd.Namespace = "shop-prod"
	for _, c := range []struct {
		name, context string
		target        kube.Ref
		typed         string
		written       bool
	}{
		{"elsewhere", "staging", deployment, "", true},
		{"a context", "prod-eu", deployment, "prod-eu", true},
		{"a context, without its name", "prod-eu", deployment, "yes", false},
		{"a namespace", "staging", inProd, "shop-prod", true},
		{"a namespace, by the context's name", "staging", inProd, "staging", false},
		{"a Namespace itself", "staging", kube.Ref{APIVersion: "v1", Kind: "Namespace", Name: "shop-prod"}, "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			cluster, err := kube.NewCluster(&rest.Config{Host: "http://127.0.0.1:1"}, c.context)
			if err != nil {
				t.Fatal(err)
			}
			lines := make(chan string, 1)
			lines <- c.typed
			p := &plain{out: io.Discard, lines: lines, session: &Session{cluster: cluster}}
			preview := fixes.Preview{Targets: []fixes.TargetPreview{{Change: fixes.Change{Target: c.target}}}}
			carried := false
			p.write(t.Context(), preview, func() (fixes.Entry, error) {
				carried = true
				return fixes.Entry{}, nil
			})
			if carried != c.written {
				t.Errorf("after %q it was written: %v, want %v", c.typed, carried, c.written)
			}
		})
	}
}

// eventually says a line again until the answer has a text.
func (c *talk) eventually(line, text string) {
	c.t.Helper()
	answer := ""
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); {
		if answer = c.say(line); strings.Contains(answer, text) {
			return
		}
	}
	c.t.Fatalf("%q is never answered with %q, but:\n%s", line, text, answer)
}
