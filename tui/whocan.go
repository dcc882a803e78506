package tui

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"kiln/kube"
	"kiln/scanners/rbac"
)

// whoCanView answers who may do something, by which binding and rule.
type whoCanView struct {
	listing[rbac.Grant]
	access rbac.Access
	asked  string
	rights *rights
}

// openWhoCan is the command who-can VERB RESOURCE [NAME].
func openWhoCan(a *App, arg string) tea.Cmd {
	words := strings.Fields(arg)
	switch {
	case len(words) < 2 || len(words) > 3:
		a.flash(warning, "who-can takes VERB RESOURCE [NAME], such as get secrets")
		return nil
	case a.session == nil:
		a.flash(info, "not connected: nobody can be asked about")
		return nil
	}
	v := &whoCanView{asked: strings.Join(words, " ")}
	v.access = rbac.Access{Verb: words[0], Resource: words[1], Namespace: a.namespace, Name: strings.Join(words[2:], "")}
	v.prepare(a, v, "grant", []column{
		{title: "SUBJECT", min: 18, good: 26, want: 40},
		{title: "WHERE", min: 10, good: 16, want: 24, drop: 2},
		{title: "BINDING", min: 16, good: 23, want: 40, drop: 1},
		{title: "RULE", min: 26, want: 40, drop: 3, flex: true},
	})
	a.root(v)
	return v.start()
}

func (v *whoCanView) title() string { return "who-can" }

// grantsMsg brings the answer.
type grantsMsg struct {
	rights *rights
	grants []rbac.Grant
}

func (v *whoCanView) start() tea.Cmd {
	s, session, access := v.app.snapshot, v.app.session, v.access
	if !s.knowsRights() {
		return nil
	}
	return v.app.start(v, "joining roles and bindings", func(context.Context) tea.Msg {
		access.Group, access.Resource = session.resource(access.Resource)
		if group, known := rbac.ImpersonationGroup(access.Verb, access.Resource); known {
			access.Group = group
		}
		r := rightsOf(s)
		return grantsMsg{r, r.whoCan(access)}
	})
}

func (v *whoCanView) concernedBy(d *delta) bool { return d.touches(rbac.Resources()...) }

func (v *whoCanView) onSnapshot() tea.Cmd {
	if !v.app.snapshot.complete {
		return nil
	}
	return v.start()
}

func (v *whoCanView) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case grantsMsg:
		v.rights = msg.rights
		v.setAll(msg.grants)
		return nil
	case tea.MouseClickMsg:
		msg.Y-- // the question stands above the table
		return v.onInput(msg)
	}
	return v.onInput(msg)
}

// open is the subject and all its rights.
func (v *whoCanView) open(g rbac.Grant) tea.Cmd { return v.app.openSubject(g.Subject) }

func (v *whoCanView) onRowKey(g rbac.Grant, msg tea.KeyPressMsg) tea.Cmd {
	if key.Matches(msg, v.app.keys.Copy) {
		return v.app.copy(g.Subject.String())
	}
	cmd, _ := v.app.drill(msg, &target{ref: kube.RefOf(g.Binding)})
	return cmd
}

func (v *whoCanView) id(g rbac.Grant) string {
	return g.Subject.String() + " " + kube.RefOf(g.Binding).String() + " " + g.Rules[0].Line()
}

// whoCan finds the grants, those of Kubernetes itself last. Without a namespace, one that holds in a single
// namespace counts too.
func (r *rights) whoCan(access rbac.Access) []rbac.Grant {
	grants := r.graph.WhoCanSomewhere(access)
	if access.Namespace != "" {
		grants = r.graph.WhoCan(access)
	}
	slices.SortStableFunc(grants, func(a, b rbac.Grant) int {
		builtin := map[bool]int{true: 1}
		return cmp.Or(builtin[a.Builtin]-builtin[b.Builtin], strings.Compare(a.Subject.String(), b.Subject.String()))
	})
	return grants
}

// resource completes a resource as kubectl does; one that the server doesn't
// know stays as it was typed.
func (s *Session) resource(text string) (group, resource string) {
	name, sub, hasSub := strings.Cut(text, "/")
	typed := schema.ParseGroupResource(strings.ToLower(name))
	if name == "*" {
		return "*", text
	}
	if gvr, err := s.cluster.Mapper.ResourceFor(typed.WithVersion("")); err == nil {
		typed = gvr.GroupResource()
	}
	if hasSub {
		return typed.Group, typed.Resource + "/" + sub
	}
	return typed.Group, typed.Resource
}

func (v *whoCanView) cell(g rbac.Grant, col, width int) cell {
	s := v.app.styles
	switch col {
	case 0:
		return cell{kube.Clean(g.Subject.Phrase()), s.text}
	case 1:
		if g.Namespace == "" {
			return cell{"everywhere", s.text}
		}
		return cell{"in " + kube.Clean(g.Namespace), s.muted}
	case 2:
		ref := kube.RefOf(g.Binding)
		return cell{kube.Clean(kindIn(ref.Kind, width) + strings.TrimPrefix(ref.String(), ref.Kind)), s.muted}
	}
	return cell{kube.Clean(g.Rules[0].Line()), s.muted}
}

func (v *whoCanView) render(width, height int) []string {
	head := " " + v.app.styles.bold.Render(clip("Who can "+kube.Clean(v.asked)+"?", width-2))
	return append([]string{head}, v.listing.render(width, height-1)...)
}

func (v *whoCanView) empty() string {
	return cmp.Or(v.app.notYet("the roles and bindings", v.rights != nil), "Nobody, by a binding that could be read.")
}

func (v *whoCanView) status(width int) string {
	switch {
	case v.rights == nil:
		return ""
	case v.rights.missing != "" && v.filter.text == "":
		return v.app.styles.warning.Render(clip(" "+kube.Clean(v.rights.missing), width))
	}
	return v.statusWith(fmt.Sprintf(" %s; the group system:masters may do everything besides", plural(len(v.all), "grant")), width)
}

func (v *whoCanView) hints() []key.Binding {
	k := v.app.keys
	return []key.Binding{helped(k.Open, "the subject's rights"), helped(k.YAML, "YAML of the binding"), k.Copy, k.Filter, k.Back}
}

func (v *whoCanView) help() []keyGroup {
	k := v.app.keys
	return []keyGroup{
		{"Who can", []key.Binding{helped(k.Open, "the subject's rights"), k.Copy, k.Filter}},
		k.drilling(), k.listing(),
	}
}

// whoCanExamples are questions worth asking.
func whoCanExamples(*App) []string {
	return []string{"get secrets", "create pods", "create pods/exec", "bind clusterroles", "escalate clusterroles", "impersonate users", "create serviceaccounts/token", "delete namespaces"}
}
