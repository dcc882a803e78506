package tui

import (
	"context"
	"fmt"
	"strings"
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

// debugView shows the debug container that would be added to a pod, adds it,
// and hands the terminal to a shell in it.
type debugView struct {
	app       *App
	namespace string
	// pods are those to choose from; pod is the chosen one.
	pods    []string
	pod     int
	options kube.DebugOptions
	profile int

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

// debugPreviewMsg brings the preview for a pod and profile, or why there is none.
type debugPreviewMsg struct {
	preview *debugPreview
	err     error
}

// debugStartedMsg says that the container runs, or why it doesn't.
type debugStartedMsg struct{ err error }

// openDebug previews a debug container for a pod of the target.
func (a *App) openDebug(t target) tea.Cmd {
	var inv *kube.Inventory
	if a.snapshot != nil {
		inv = a.snapshot.inventory
	}
	pods := logPods(t.ref, inv)
	if len(pods) == 0 {
		a.flash(info, "no pod of "+t.ref.String()+" is known: there is nothing to look into")
		return nil
	}
	v := &debugView{
		app: a, namespace: t.ref.Namespace, pods: pods, progress: &atomic.Value{}, pager: newPager(),
		options: kube.DebugOptions{Target: t.container, Lasts: debugLasts},
	}
	a.push(v)
	return v.start()
}

func (v *debugView) title() string { return "debug" }

// start asks the server, in a dry run, what it would make of the container.
func (v *debugView) start() tea.Cmd {
	v.app.cancelTasks(v)
	v.preview, v.problem, v.opened = nil, "", v.app.now()
	v.options.Profile = kube.DebugProfiles()[v.profile]
	session, namespace, pod, options := v.app.session, v.namespace, v.pods[v.pod], v.options
	if session == nil {
		return nil
	}
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
		return nil, fmt.Errorf("no debug container for %s: %w", plan.Pod, err)
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
	case debugPreviewMsg:
		v.preview, v.opened = msg.preview, v.app.now()
		if msg.err != nil {
			v.preview, v.problem = nil, kube.Explain(msg.err)
		}
	case debugStartedMsg:
		return v.onStarted(msg.err)
	case tea.MouseWheelMsg:
		v.pager.onWheel(msg)
	case tea.KeyPressMsg:
		return v.onKey(msg)
	}
	return nil
}

func (v *debugView) onKey(msg tea.KeyPressMsg) tea.Cmd {
	keys := v.app.keys
	switch {
	case v.starting:
	case key.Matches(msg, keys.NextContainer): // here: the next profile
		v.profile = (v.profile + 1) % len(kube.DebugProfiles())
		return v.start()
	case key.Matches(msg, keys.NextPod):
		v.pod = (v.pod + 1) % len(v.pods)
		return v.start()
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
	switch {
	case v.preview == nil || v.app.now().Sub(v.opened) < settleTime:
		return nil
	case v.app.readOnly:
		v.app.flash(info, "read-only: ctrl-o allows changes")
		return nil
	case v.app.session.fixer == nil:
		v.app.flash(failure, "nothing can be added without the journal: "+kube.Explain(v.app.session.fixerErr))
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

// close gives up waiting. What was added stays in the pod.
func (v *debugView) close() (bool, tea.Cmd) {
	if v.starting {
		v.app.cancelTasks(v)
		v.app.flash(warning, v.preview.plan.Container.Name+" stays in the pod; if it starts after all, it ends at "+
			v.preview.plan.Until.Local().Format("15:04:05"))
	}
	return true, nil
}

// onStarted hands the terminal over, or says why there is nothing to see.
func (v *debugView) onStarted(err error) tea.Cmd {
	v.starting = false
	if err != nil {
		v.problem, v.preview = kube.Explain(err), nil
		return nil
	}
	plan := v.preview.plan
	return v.app.runKiln("debug", plan.Pod.Name, "-n", plan.Pod.Namespace, "--attach", plan.Container.Name, "--end-after")
}

func (v *debugView) render(width, height int) []string {
	s := v.app.styles
	room := min(width-4, 110)
	var lines []string
	add := func(all ...string) {
		for _, line := range all {
			lines = append(lines, "  "+line)
		}
	}
	add("", s.bold.Render(clip("Look into Pod/"+kube.Clean(v.pods[v.pod])+" in "+kube.Clean(v.namespace), room)))
	add(s.muted.Render(fmt.Sprintf("pod %d of %d, profile %s", v.pod+1, len(v.pods), kube.DebugProfiles()[v.profile])), "")
	switch {
	case v.starting:
		add(wrapStyled(s.text, "Starting: "+fmt.Sprint(v.progress.Load()), room)...)
		add("", s.muted.Render("esc gives up"))
	case v.problem != "":
		add(wrapStyled(s.warning, v.problem, room)...)
	case v.preview == nil:
		add(s.muted.Render("asking the server …"))
	default:
		add(wrapStyled(s.text, "The server accepts this patch of the pod's ephemeralcontainers. It can't be undone, only ended: "+
			"the container ends with its shell, at the latest at "+v.preview.plan.Until.Local().Format("15:04")+".", room)...)
		add("")
		for _, line := range splitLines(strings.TrimRight(v.preview.yaml, "\n")) {
			add(s.text.Render(clip(line, room)))
		}
		add("", s.accent.Render("enter")+s.text.Render(" adds it and opens a shell"))
	}
	v.pager.setLines(lines)
	return v.pager.render(s, width, height)
}

// hints name what the shared keys do here.
func (v *debugView) hints() []key.Binding {
	k := v.app.keys
	return []key.Binding{k.Back, helped(k.Press, "add it"), helped(k.NextContainer, "next profile"), k.NextPod}
}

func (v *debugView) help() []keyGroup {
	return []keyGroup{{"Debug", v.hints()}, v.app.keys.moving()}
}

// helped is a key with another description.
func helped(b key.Binding, desc string) key.Binding {
	b.SetHelp(b.Help().Key, desc)
	return b
}
