package tui

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"kiln/fixes"
	"kiln/kube"
)

// nodeProbeView shows what a probe saw of a node, and looks anew: it asks with
// what, shows the pod, creates it, and deletes it again.
type nodeProbeView struct {
	app  *App
	node string

	facts  *kube.NodeFacts
	loaded bool

	form     *form
	editing  bool
	plan     *nodeProbePreview
	asking   bool
	running  bool
	problem  string
	progress *atomic.Value // of string: what the pod is at
	opened   time.Time
	pager    pager
}

// nodeProbePreview is a pod that the server accepts.
type nodeProbePreview struct {
	plan kube.NodeProbePlan
	yaml string
}

// What comes back: what is kept, the pod that would be created, what it saw.
type nodeFactsMsg struct {
	facts *kube.NodeFacts
	err   error
}
type nodePreviewMsg struct {
	preview *nodeProbePreview
	err     error
}
type nodeProbedMsg struct {
	facts kube.NodeFacts
	err   error
}

// openNodeProbe shows a node.
func (a *App) openNodeProbe(node string) tea.Cmd {
	v := &nodeProbeView{app: a, node: node, progress: &atomic.Value{}, pager: newPager()}
	a.push(v)
	return v.start()
}

// openNodeNamed is the command probe NODE.
func openNodeNamed(a *App, node string) tea.Cmd {
	switch {
	case node == "":
		a.flash(warning, "probe takes the name of a node; on pods, workloads and findings the key "+a.keys.Probe.Help().Key+" does it")
		return nil
	case a.session == nil:
		a.flash(info, "not connected: there is no node to look at")
		return nil
	}
	return a.openNodeProbe(node)
}

func nodeNames(a *App) []string {
	var names []string
	if s := a.snapshot; s != nil && s.inventory != nil {
		for _, n := range s.inventory.Nodes {
			names = append(names, n.Name)
		}
	}
	return names
}

func (v *nodeProbeView) title() string { return "node" }

// start reads what is kept of the node.
func (v *nodeProbeView) start() tea.Cmd {
	cluster, node := v.app.session.cluster, v.node
	return v.app.start(v, "reading what is known of the node", func(context.Context) tea.Msg {
		all, err := keptNodeFacts(cluster)
		if facts, ok := all[node]; ok {
			return nodeFactsMsg{facts: &facts}
		}
		return nodeFactsMsg{err: err}
	})
}

// keptNodeFacts is what node probes saw of the cluster before.
func keptNodeFacts(cluster *kube.Cluster) (map[string]kube.NodeFacts, error) {
	store, err := fixes.NodeStore()
	if err != nil {
		return nil, err
	}
	return store.All(cluster)
}

func (v *nodeProbeView) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case nodeFactsMsg:
		v.facts, v.loaded, v.problem = msg.facts, true, kube.Explain(msg.err)
	case nodePreviewMsg:
		v.asking, v.plan, v.opened = false, msg.preview, v.app.now()
		if msg.err != nil {
			v.plan, v.problem = nil, kube.Explain(msg.err)
		}
	case nodeProbedMsg:
		return v.onProbed(msg)
	case tea.PasteMsg:
		return v.form.onPaste(msg)
	case tea.MouseWheelMsg:
		v.pager.onWheel(msg)
	case tea.KeyPressMsg:
		return v.onKey(msg)
	}
	return nil
}

func (v *nodeProbeView) onKey(msg tea.KeyPressMsg) tea.Cmd {
	keys := v.app.keys
	switch {
	case v.running || v.asking:
	case v.editing && key.Matches(msg, keys.Back):
		v.editing = false
	case v.editing:
		handedIn, cmd := v.form.onKey(msg)
		if handedIn {
			return v.ask()
		}
		return cmd
	case v.plan != nil && key.Matches(msg, keys.Press):
		return v.create()
	case v.plan == nil && key.Matches(msg, keys.Press, keys.Probe):
		v.edit()
	default:
		v.pager.onKey(msg, keys)
	}
	return nil
}

// edit opens the form; what was typed before is still there.
func (v *nodeProbeView) edit() {
	image, err := v.app.opts.Settings.Debug.ImageFor("", kube.DebugImage)
	if err != nil {
		v.problem = kube.Explain(err)
		return
	}
	if v.form == nil {
		v.form = newForm(v.app,
			[3]string{"Namespace", "one that admits hostPath volumes", metav1.NamespaceSystem},
			[3]string{"Image", image, image},
			[3]string{"Folders", "more of the node's to mount, with blanks between", ""},
		)
		v.form.suggest(0, namespaceNames(v.app)[1:])
		v.form.suggest(1, v.app.opts.Settings.Debug.Choices())
	}
	v.form.opened, v.editing, v.plan, v.problem = v.app.now(), true, nil, ""
	v.pager.toTop()
}

// ask has the server say, in a dry run, whether it would take the pod.
func (v *nodeProbeView) ask() tea.Cmd {
	v.editing, v.asking, v.problem = false, true, ""
	session, node, settings := v.app.session, v.node, v.app.opts.Settings.Debug
	namespace, image, folders := v.form.value(0), v.form.value(1), strings.Fields(v.form.value(2))
	return v.app.start(v, "asking the server", func(ctx context.Context) tea.Msg {
		image, err := settings.ImageFor(image, kube.DebugImage)
		if err != nil {
			return nodePreviewMsg{err: err}
		}
		preview, err := session.previewNodeProbe(ctx, node, kube.NodeProbeOptions{Namespace: namespace, Image: image, Folders: folders})
		return nodePreviewMsg{preview, err}
	})
}

func (s *Session) previewNodeProbe(ctx context.Context, name string, o kube.NodeProbeOptions) (*nodeProbePreview, error) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	node, err := s.cluster.Client.CoreV1().Nodes().Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return nil, fmt.Errorf("reading Node/%s: %w", name, err)
	}
	plan, err := kube.PlanNodeProbe(node, o)
	if err != nil {
		return nil, err
	}
	if err := s.cluster.CheckNodeProbe(ctx, plan); err != nil {
		return nil, err
	}
	text, err := plan.YAML()
	return &nodeProbePreview{plan, text}, err
}

// create carries out what is shown. A key that was in flight when it appeared
// doesn't count.
func (v *nodeProbeView) create() tea.Cmd {
	switch {
	case v.app.now().Sub(v.opened) < settleTime:
		return nil
	case v.app.readOnly:
		v.app.flash(info, "read-only: ctrl-o allows changes")
		return nil
	case v.app.session.fixer == nil:
		v.app.flash(failure, "nothing can be created without the journal: "+kube.Explain(v.app.session.fixerErr))
		return nil
	}
	return v.app.confirmHere("Create it", "A pod will read the node's files for some seconds", []string{v.plan.plan.Pod.Namespace}, v.createNow)
}

func (v *nodeProbeView) createNow() tea.Cmd {
	v.running = true
	session, plan, progress := v.app.session, v.plan.plan, v.progress
	progress.Store("creating the pod")
	return v.app.start(v, "probing the node", func(ctx context.Context) tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, debugPatience)
		defer cancel()
		facts, err := session.fixer.ProbeNode(ctx, plan, func(why string) { progress.Store(why) })
		if err == nil {
			err = session.keepNode(facts)
		}
		return nodeProbedMsg{facts, err}
	})
}

func (s *Session) keepNode(facts kube.NodeFacts) error {
	store, err := fixes.NodeStore()
	if err != nil {
		return err
	}
	return store.Put(s.cluster, facts)
}

// onProbed shows what was seen, and has the checks judge it.
func (v *nodeProbeView) onProbed(msg nodeProbedMsg) tea.Cmd {
	v.running, v.plan = false, nil
	if msg.err != nil {
		v.problem = kube.Explain(msg.err)
		return nil
	}
	v.facts, v.problem = &msg.facts, ""
	v.pager.toTop()
	v.app.flash(info, "the pod is deleted; the checks of the node layer judge what it saw")
	return v.app.rescan()
}

// close goes back a step, and stops a probe: its pod is deleted.
func (v *nodeProbeView) close() (bool, tea.Cmd) {
	switch {
	case v.running || v.asking:
		if v.running {
			v.app.flash(info, "the probe was stopped; its pod is being deleted")
		}
		v.running, v.asking, v.plan = false, false, nil
		v.app.cancelTasks(v)
		return false, nil
	case v.plan != nil:
		v.edit()
		return false, nil
	}
	return true, nil
}

// typing says that the form takes the keys.
func (v *nodeProbeView) typing() bool { return v.editing }

func (v *nodeProbeView) cursor() *tea.Cursor {
	c := v.form.cursor()
	if c != nil {
		c.Y += nodeFormLine
	}
	return c
}

// reapNodeProbes deletes what a killed kiln has left behind.
func (a *App) reapNodeProbes() tea.Cmd {
	if a.session.fixer == nil || a.readOnly {
		return nil
	}
	fixer := a.session.fixer
	return a.start(nil, "", func(ctx context.Context) tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, requestTimeout)
		defer cancel()
		reaped, err := fixer.ReapNodeProbes(ctx)
		return reapedMsg{reaped, err}
	})
}

// reapedMsg names pods of node probes that were deleted.
type reapedMsg struct {
	pods []string
	err  error
}

func (a *App) onReaped(msg reapedMsg) {
	if len(msg.pods) > 0 {
		a.flash(info, "deleted what an earlier node probe has left behind: "+kube.Clean(strings.Join(msg.pods, ", ")))
	}
	if msg.err != nil {
		a.flash(warning, kube.Explain(msg.err))
	}
}
