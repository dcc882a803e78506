package tui

import (
	"slices"
	"strings"
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"

	"kiln/kube/kubetest"
	"kiln/scanners"
)

// TestThePathSaysWhatKilnCantDo asks about the finding's fix, not the check's.
func TestThePathSaysWhatKilnCantDo(t *testing.T) {
	tests := []struct {
		name       string
		fix        scanners.FixKind
		plan       planMsg
		says, hint string
		passed     bool
	}{
		{"it can", scanners.Guided, planMsg{finding: "it", title: "Drop it"}, "Enter shows the fix as the API server's own diff", "preview the fix", false},
		{"not known yet", scanners.Guided, planMsg{}, "Enter shows the fix as the API server's own diff", "preview the fix", false},
		{"another's plan", scanners.Guided, planMsg{finding: "other", problem: "no"}, "Enter shows the fix as the API server's own diff", "preview the fix", false},
		{"by hand", scanners.Manual, planMsg{}, "This is done by hand. Enter shows the steps", "show what is to be done", true},
		{"no fix for this one", scanners.Guided, planMsg{finding: "it", problem: "a pod by itself"}, "kiln can't do this one: a pod by itself. Enter shows", "show what is to be done", true},
		{"no right to", scanners.Safe, planMsg{finding: "it", denied: []string{"you may not patch pods"}}, "You may not do this: you may not patch pods. Somebody else", "show what is to be done", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("XDG_STATE_HOME", t.TempDir())
			a, _ := newTestApp(t, "staging", 120, 40)
			v := openPathStop(a, "pod/privileged", fixIt)
			found := *v.stop.findings[0]
			found.Fix = tt.fix
			v.found = &found
			if tt.plan.finding == "it" {
				tt.plan.finding = found.ID
			}
			v.update(tt.plan)
			if text := strings.Join(strings.Fields(screenText(a)), " "); !strings.Contains(text, tt.says) || !strings.Contains(text, tt.hint) {
				t.Errorf("want %q and %q in\n%s", tt.says, tt.hint, screenText(a))
			}
			v.act()
			if got := slices.Contains(a.path.Done["pod/privileged"], string(fixIt)); got != tt.passed {
				t.Errorf("the step is passed: %t, want %t", got, tt.passed)
			}
		})
	}
}

// TestThePathForWhoMayOnlyLook has an end, too.
func TestThePathForWhoMayOnlyLook(t *testing.T) {
	cluster := kubetest.Cluster(t)
	namespace := cluster.Namespace(t, "path-look")
	cluster.Apply(t, shopManifest, namespace)
	looker := cluster.Identity(t, "path-looker", nil, rbacv1.PolicyRule{Verbs: []string{"get", "list", "watch"}, APIGroups: []string{"*"}, Resources: []string{"*"}})
	d := openStory(t, looker, namespace)
	d.command("learn path")
	path := d.app.top().(*pathView)
	stop := slices.IndexFunc(path.stops, func(p pathStop) bool {
		return p.check != nil && p.check.Layer == scanners.Pod && easiest(p.findings).Object.Kind == "Deployment"
	})
	if stop < 0 {
		t.Fatalf("no Deployment is on the path:\n%s", screenText(d.app))
	}
	key := path.stops[stop].key()
	path.table.moveTo(stop)
	d.keys("enter", "enter")
	d.shows("Which object is it?")
	d.write("deploy/checkout")
	d.keys("enter")
	d.shows("You may not do this", "Somebody else has to")
	d.keys("enter", "esc")
	d.shows("You have seen what is to be done")
	d.keys("enter", "enter")
	d.shows("you may not create", "That is about you")
	if kept, err := readPathProgress(); err != nil || len(kept.Done[key]) != 4 {
		t.Errorf("%s: kept %+v (%v)", key, kept, err)
	}
}

// TestThePathGoesOnWhereTheFindingsAreGone has a stop that was begun come to
// its end without them.
func TestThePathGoesOnWhereTheFindingsAreGone(t *testing.T) {
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	a, clock := newTestApp(t, "staging", 120, 40)
	a.runCommand("learn path")
	a.path.Done["pod/privileged"] = []string{string(readIt)}
	path := a.top().(*pathView)
	path.list()
	at := slices.IndexFunc(path.stops, func(p pathStop) bool { return p.key() == "pod/privileged" })
	path.stops[at].findings = nil
	path.table.moveTo(at)
	path.open()
	for _, text := range []string{"There is nothing left to find", "Nothing is left to fix here", "Enter sends the object", "isn't known any more"} {
		if !strings.Contains(screenText(a), text) {
			t.Fatalf("want %q in\n%s", text, screenText(a))
		}
		clock.now = clock.now.Add(settleTime)
		press(a, "enter")
	}
	if a.top() != view(path) || path.table.cursor == at {
		t.Errorf("the path should go on with another stop:\n%s", screenText(a))
	}
	if !slices.Contains(a.path.Done["pod/privileged"], string(keepOut)) {
		t.Errorf("the stop has no end: %v", a.path.Done)
	}
}
