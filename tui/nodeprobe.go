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

	formPage
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
	if node == "" {
		a.flash(warning, "probe takes the name of a node; on pods, workloads and findings the key "+a.keys.Probe.Help().Key+" does it")
		return nil
	}
	return a.openNodeProbe(node)
}

func nodeNames(a *App) []string {
	var names []string
	if inv := a.inventory(); inv != nil {
		for _, n := range inv.Nodes {
			names = append(names, n.Name)
		}
	}
	return names
}

func (v *nodeProbeView) title() string { return "node" }

// start reads what is kept of the node, once there is a connection.
func (v *nodeProbeView) start() tea.Cmd {
	if v.app.session == nil {
		return nil
	}
	cluster, node := v.app.session.cluster, v.node
	return v.app.start(v, "reading what is known of the node", func(context.Context) tea.Msg {
		all, err := keptNodeFacts(cluster)
		if facts, ok := all[node]; ok {
			return nodeFactsMsg{facts: &facts}
		}
		return nodeFactsMsg{err: err}
	})
}

// onSnapshot comes after connecting, too.
func (v *nodeProbeView) onSnapshot() tea.Cmd {
	if v.loaded {
		return nil
	}
	return v.start()
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
	default:
		return v.onInput(msg, &v.pager, v.onKey)
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
		return v.onFormKey(msg, v.ask)
	case v.plan != nil && key.Matches(msg, keys.Press):
		return v.create()
	case v.loaded && v.plan == nil && key.Matches(msg, keys.Press, keys.Probe):
		v.choose()
	default:
		v.pager.onKey(msg, keys)
	}
	return nil
}

// choose opens the form; what was typed before is still there.
func (v *nodeProbeView) choose() {
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
	v.edit()
	v.plan, v.problem = nil, ""
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
		v.choose()
		return false, nil
	}
	return true, nil
}
