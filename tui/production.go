package tui

import (
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"kiln/kube"
	"kiln/themes"
)

// inProduction says whether the context's name looks like production.
func (a *App) inProduction() bool { return a.opts.Settings.LooksProduction(a.contextName) }

// productionIn is the name that stands for production in what is about to
// happen: the context's, else that of a namespace that is touched; empty where
// nothing looks like it.
func (a *App) productionIn(namespaces []string) string {
	if a.inProduction() {
		return a.contextName
	}
	if i := slices.IndexFunc(namespaces, a.opts.Settings.LooksProduction); i >= 0 {
		return namespaces[i]
	}
	return ""
}

// confirmHere does what can hurt: at once, or in production after its name has
// been typed. Action is what the button says, what the sentence begins with.
func (a *App) confirmHere(action, what string, namespaces []string, confirm func() tea.Cmd) tea.Cmd {
	name := a.productionIn(namespaces)
	if name == "" {
		return confirm()
	}
	kind := "context's"
	if name != a.contextName {
		kind = "namespace's"
	}
	a.ask(question{
		title:   "This is production",
		text:    fmt.Sprintf("%s in %s. To go on, type the %s name.", what, kube.Clean(name), kind),
		accept:  action,
		typed:   name,
		confirm: confirm,
	})
	return nil
}

// shellHere opens a shell at once, or in production after a question. What is
// done in a shell has no preview.
func (a *App) shellHere(namespace, pod, container string, open func() tea.Cmd) tea.Cmd {
	if a.productionIn([]string{namespace}) == "" {
		return open()
	}
	inside := "the default container"
	if container != "" {
		inside = "container " + kube.Clean(container)
	}
	a.ask(question{
		title: "A shell in production?",
		text: fmt.Sprintf("It opens in %s of pod %s in %s, context %s. What you do there has no preview and no undo.",
			inside, kube.Clean(pod), kube.Clean(namespace), cleanOr(a.contextName, "unknown")),
		accept:  "Open the shell",
		confirm: open,
	})
	return nil
}

// adopt takes over what the configuration says of a context, once: what the
// user changes there afterwards stays until another context is opened.
func (a *App) adopt(contextName string) {
	if a.adopted && contextName == a.contextName {
		return
	}
	a.contextName, a.adopted = contextName, true
	own := a.opts.Settings.Context(contextName)
	a.readOnly = a.wantsReadOnly || own.ReadOnly
	if a.opts.Theme != "" || own.Skin == "" && !a.skinned {
		return
	}
	a.skinned = own.Skin != ""
	skin := cleanOr(own.Skin, a.background, "dark")
	theme, err := themes.Load(skin)
	if err != nil {
		a.flash(failure, fmt.Sprintf("the skin of context %s: %s", kube.Clean(contextName), err))
		return
	}
	a.setTheme(theme)
}
