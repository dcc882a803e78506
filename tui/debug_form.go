package tui

import (
	"context"
	"fmt"
	"os"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	tea "charm.land/bubbletea/v2"

	"kiln/kube"
)

// The fields of the form, in their order.
const (
	debugPod = iota
	debugContainer
	debugImage
	debugProfile
	debugCustom
)

// debugFoundMsg brings what the form suggests for a pod.
type debugFoundMsg struct {
	container    string
	containers   []string
	profile, why string
	err          error
}

// find looks at the pod, for what to suggest.
func (v *debugView) find() tea.Cmd {
	session, namespace, pod, wanted := v.app.session, v.namespace, v.pods[0], v.wanted
	if session == nil {
		return nil
	}
	return v.app.start(v, "reading the pod", func(ctx context.Context) tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, requestTimeout)
		defer cancel()
		live, err := session.cluster.Client.CoreV1().Pods(namespace).Get(ctx, pod, metav1.GetOptions{})
		if err != nil {
			return debugFoundMsg{err: fmt.Errorf("reading Pod/%s in %s: %w", pod, namespace, err)}
		}
		found := debugFoundMsg{container: wanted, containers: kube.DebugTargets(live)}
		if found.container == "" {
			found.container = kube.DefaultTarget(live)
		}
		found.profile, found.why = session.cluster.SuggestProfile(ctx, live)
		return found
	})
}

// onFound opens the form.
func (v *debugView) onFound(msg debugFoundMsg) {
	if msg.err != nil {
		v.problem = kube.Explain(msg.err)
		return
	}
	settings := v.app.opts.Settings.Debug
	image, err := settings.ImageFor("", kube.DebugImage)
	if err != nil {
		v.problem = kube.Explain(err)
		return
	}
	v.why = msg.why
	v.form = newForm(v.app,
		[3]string{"Pod", "", kube.Clean(v.pods[0])},
		[3]string{"Container", "the pod's default one", kube.Clean(msg.container)},
		[3]string{"Image", image, image},
		[3]string{"Profile", "general, baseline, restricted, netadmin, sysadmin", msg.profile},
		[3]string{"Custom", "a file with a partial container, merged over the profile", ""},
	)
	v.form.suggest(debugPod, v.pods)
	v.form.suggest(debugContainer, msg.containers)
	v.form.suggest(debugImage, append(settings.Choices(), image))
	v.form.suggest(debugProfile, kube.DebugProfiles())
	v.form.focus = debugProfile
	v.editing = true
}

// chosen are the form's values as options for the cluster.
func (v *debugView) chosen() (pod string, options kube.DebugOptions, err error) {
	f := v.form
	options = kube.DebugOptions{Target: f.value(debugContainer), Profile: f.value(debugProfile), Lasts: debugLasts}
	if options.Image, err = v.app.opts.Settings.Debug.ImageFor(f.value(debugImage), kube.DebugImage); err != nil {
		return "", options, err
	}
	if path := f.value(debugCustom); path != "" {
		if options.Custom, err = os.ReadFile(path); err != nil {
			return "", options, fmt.Errorf("reading the custom profile: %w", err)
		}
	}
	return f.value(debugPod), options, nil
}

// renderChoice draws the form.
func (v *debugView) renderChoice(width, height int) []string {
	note := fmt.Sprintf("The profile is suggested because %s. ↑↓ go to a field, → takes what is suggested, enter asks the server in a dry run; nothing is added by that.", v.why)
	return v.renderForm(v.heading(), note, width, height)
}
