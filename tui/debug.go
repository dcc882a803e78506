package tui

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"kiln/kube"
)

const (
	// debugLasts is how long a debug container runs if it isn't ended before.
	debugLasts = time.Hour
	// debugPatience is how long its start is waited for.
	debugPatience = 2 * time.Minute
)

// debugView asks what a debug container is to be like, shows it, adds it to a
// pod, and hands the terminal to a shell in it, or has it probe.
type debugView struct {
	app       *App
	namespace string
	// pods are those to choose from, and wanted is the container to look into.
	pods   []string
	wanted string
	// probe says that it looks by itself, instead of opening a shell.
	probe bool

	// The form is nil until it is known what to suggest; why is for the profile.
	formPage
	why string

	preview  *debugPreview
	problem  string
	starting bool
	progress *atomic.Value // of string: the reason for waiting
	opened   time.Time
	pager    pager
}

// debugPreview is a plan that the server accepts.
type debugPreview struct {
	plan          kube.DebugPlan
	yaml          string
	before, after *corev1.Pod
}

// debugPreviewMsg brings the preview, or why there is none.
type debugPreviewMsg struct {
	preview *debugPreview
	err     error
}

// debugStartedMsg says that the container runs, or why it doesn't.
type debugStartedMsg struct{ err error }

// openDebug asks for a debug container for a pod of the target.
func (a *App) openDebug(t target) tea.Cmd { return a.openDebugView(t, false) }

func (a *App) openDebugView(t target, probe bool) tea.Cmd {
	pods := logPods(t.ref, a.inventory())
	if len(pods) == 0 {
		a.flash(info, "no pod of "+t.ref.String()+" is known: there is nothing to look into")
		return nil
	}
	v := &debugView{
		app: a, namespace: t.ref.Namespace, pods: pods, wanted: t.container, probe: probe,
		progress: &atomic.Value{}, pager: newPager(),
	}
	a.push(v)
	return v.find()
}

func (v *debugView) title() string {
	if v.probe {
		return "probe"
	}
	return "debug"
}

// start asks the server, in a dry run, what it would make of the container.
func (v *debugView) start() tea.Cmd {
	v.app.cancelTasks(v)
	v.editing, v.preview, v.problem, v.opened = false, nil, "", v.app.now()
	session := v.app.session
	if session == nil {
		return nil
	}
	pod, options, err := v.chosen()
	if err != nil {
		v.problem = kube.Explain(err)
		return nil
	}
	namespace := v.namespace
	return v.app.start(v, "asking the server", func(ctx context.Context) tea.Msg {
		preview, err := session.previewDebug(ctx, namespace, pod, options)
		return debugPreviewMsg{preview, err}
	})
}

func (s *Session) previewDebug(ctx context.Context, namespace, name string, o kube.DebugOptions) (*debugPreview, error) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	pod, err := s.cluster.Client.CoreV1().Pods(namespace).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return nil, fmt.Errorf("reading the pod: %w", err)
	}
	plan, err := kube.PlanDebug(pod, o, time.Now())
	if err != nil {
		return nil, fmt.Errorf("no debug container for Pod/%s in %s: %w", name, namespace, err)
	}
	after, err := s.cluster.CheckDebug(ctx, pod, plan, o)
	if err != nil {
		return nil, err
	}
	text, err := plan.YAML()
	return &debugPreview{plan, text, pod, after}, err
}

func (v *debugView) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case debugFoundMsg:
		v.onFound(msg)
	case debugPreviewMsg:
		v.preview, v.opened = msg.preview, v.app.now()
		if msg.err != nil {
			v.preview, v.problem = nil, kube.Explain(msg.err)
		}
	case debugStartedMsg:
		return v.onStarted(msg.err)
	case probedMsg:
		return v.onProbed(msg)
	default:
		return v.onInput(msg, &v.pager, v.onKey)
	}
	return nil
}

func (v *debugView) onKey(msg tea.KeyPressMsg) tea.Cmd {
	keys := v.app.keys
	switch {
	case v.starting:
	case v.editing && key.Matches(msg, keys.Back):
		v.app.pop()
	case v.editing:
		return v.onFormKey(msg, v.start)
	case key.Matches(msg, keys.Press):
		return v.add()
	default:
		v.pager.onKey(msg, keys)
	}
	return nil
}

// add carries out what is shown. A key that was in flight when it appeared
// doesn't count.
func (v *debugView) add() tea.Cmd {
	if v.preview == nil || v.app.settling(v.opened) || !v.app.writesNow() {
		return nil
	}
	return v.app.confirmHere("Add it", "A debug container stays in the pod until it is gone", []string{v.namespace}, v.addNow)
}

func (v *debugView) addNow() tea.Cmd {
	v.starting = true
	session, preview, progress := v.app.session, v.preview, v.progress
	progress.Store("waiting for its node")
	return v.app.start(v, "starting the debug container", func(ctx context.Context) tea.Msg {
		if _, err := session.fixer.Debug(ctx, preview.plan, preview.before, preview.after); err != nil {
			return debugStartedMsg{err}
		}
		ctx, cancel := context.WithTimeout(ctx, debugPatience)
		defer cancel()
		return debugStartedMsg{session.cluster.WaitForDebug(ctx, preview.plan, func(why string) { progress.Store(why) })}
	})
}

// close goes back to the form, or gives up waiting. What was added stays in
// the pod.
func (v *debugView) close() (bool, tea.Cmd) {
	switch {
	case v.starting:
		v.app.cancelTasks(v)
		v.app.flash(warning, v.preview.plan.Container.Name+" stays in the pod; if it starts after all, it ends at "+
			v.preview.plan.Until.Local().Format("15:04:05"))
	case v.form != nil && !v.editing:
		v.app.cancelTasks(v)
		v.edit()
		return false, nil
	}
	return true, nil
}

// onStarted hands the terminal over, has it probe, or says why there is
// nothing to see.
func (v *debugView) onStarted(err error) tea.Cmd {
	if err != nil {
		v.starting, v.problem, v.preview = false, kube.Explain(err), nil
		return nil
	}
	if v.probe {
		return v.look()
	}
	v.starting = false
	plan := v.preview.plan
	return v.app.runKiln("debug", plan.Pod.Name, "-n", plan.Pod.Namespace, "--attach", plan.Container.Name, "--end-after")
}
