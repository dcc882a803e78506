package tui

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"kiln/fixes"
)

// asking is a proposal with two questions, one for several values.
func asking() proposal {
	p := fixtureProposal()
	p.preview.Plan.Questions = []fixes.Question{
		{Key: "uid", Ask: "Which user does it run as?", Value: "image", Choices: []fixes.Choice{
			{Value: "image", Label: "the image's own user"}, {Value: "1000", Found: "a probe saw it"},
		}, Free: func(text string) error {
			if text != "7" {
				return errors.New("that is no user")
			}
			return nil
		}},
		{Key: "paths", Ask: "Which folders does it write to?", Many: true, Value: "/tmp", Choices: []fixes.Choice{{Value: "/tmp"}, {Value: "/run"}}},
	}
	return p
}

// openAsking opens a page whose new previews have what was answered, and keeps
// each request for one.
func openAsking(a *App, p proposal) (*diffView, *[]proposal) {
	v := openDiff(a, p)
	requests := &[]proposal{}
	v.again = func(_ context.Context, wanted proposal) proposal {
		*requests = append(*requests, wanted)
		wanted.pending = false
		questions := slices.Clone(wanted.preview.Plan.Questions)
		for i := range questions {
			if answer, ok := wanted.answers[questions[i].Key]; ok {
				questions[i].Value = answer
			}
		}
		wanted.preview.Plan.Questions = questions
		return wanted
	}
	return v, requests
}

func TestAnswersPreviewAtOnce(t *testing.T) {
	for name, test := range map[string]struct {
		keys    string
		answers []fixes.Answers
		shown   string
	}{
		"another choice":       {"e down enter", []fixes.Answers{{"uid": "1000"}}, "1000 · a probe saw it"},
		"typed":                {"e down down 7 enter", []fixes.Answers{{"uid": "7"}}, "Which user does it run as? 7"},
		"typed and wrong":      {"e down down 9 enter", nil, "that is no user"},
		"the second question":  {"e tab down space", []fixes.Answers{{"paths": "/tmp,/run"}}, "[x] /run"},
		"one after the other":  {"e down enter tab down space", []fixes.Answers{{"uid": "1000"}, {"uid": "1000", "paths": "/tmp,/run"}}, "[x] /tmp"},
		"none of several":      {"e e space", []fixes.Answers{{"paths": ""}}, "[ ] /tmp"},
		"opened and left":      {"e esc", nil, "e changes the answer"},
		"the letter is a text": {"e down down e enter", nil, "that is no user"},
	} {
		t.Run(name, func(t *testing.T) {
			a, c := newTestApp(t, "staging", 100, 40)
			v, requests := openAsking(a, asking())
			applyAll(a, c, strings.Fields(test.keys)...)
			var got []fixes.Answers
			for _, r := range *requests {
				got = append(got, r.answers)
			}
			if len(got) != len(test.answers) {
				t.Fatalf("previewed with %v, want %v", got, test.answers)
			}
			for i := range got {
				for key, value := range test.answers[i] {
					if got[i][key] != value || len(got[i]) != len(test.answers[i]) {
						t.Errorf("previewed with %v, want %v", got[i], test.answers[i])
					}
				}
			}
			if text := screenText(a); !strings.Contains(text, test.shown) {
				t.Errorf("no %q on the screen:\n%s", test.shown, text)
			}
			if a.top() != view(v) {
				t.Error("the page is gone")
			}
		})
	}
}

// While the new preview is on its way, the old one can't be applied.
func TestTheOldPreviewIsNotApplied(t *testing.T) {
	a, c := newTestApp(t, "staging", 100, 40)
	v, _ := openAsking(a, asking())
	c.now = c.now.Add(time.Second)
	press(a, "e", "down", "enter")
	if len(v.ready()) != 0 || slices.Contains(v.buttons.labels, "Apply") {
		t.Error("the preview from before the answer can be applied")
	}
	if len(v.app.tasks) != 1 {
		t.Fatalf("%d tasks run", len(v.app.tasks))
	}
	press(a, "up", "enter")
	if len(v.app.tasks) != 1 {
		t.Errorf("%d previews run, the newest alone should", len(v.app.tasks))
	}
}

// A declared field is left to its manager, and taken after all.
func TestFieldsAreTakenOneByOne(t *testing.T) {
	a, c := newTestApp(t, "staging", 100, 40)
	p := conflicting(fixtureProposal())
	p.takeovers = p.preview.Takeovers()
	_, requests := openAsking(a, p)
	applyAll(a, c, "e", "down", "enter", "up", "enter")
	if len(*requests) != 2 || !slices.Equal((*requests)[0].leave, []string{".spec.x"}) || len((*requests)[1].leave) != 0 {
		t.Errorf("previewed %+v", *requests)
	}
	if words := p.words(); words.TakeOver || !slices.Equal(words.Take, []string{".spec.x"}) {
		t.Errorf("the words are %+v", words)
	}
}

// A batch names every object, those too that the filter hides, and shares a
// group.
func TestABatchNamesAll(t *testing.T) {
	a, c := newTestApp(t, "staging", 100, 40)
	one, other := fixtureProposal(), fixtureProposal()
	one.finding.ID, other.finding.ID = "one", "other"
	other.subject = "pod/host-pid of DaemonSet/agent in ops"
	proposals := markHidden([]proposal{one, other}, func(id string) bool { return id == "one" })
	v := openDiff(a, proposals...)
	if text := screenText(a); !strings.Contains(text, "2 fixes, 2 can be applied") || !strings.Contains(text, "DaemonSet/agent in ops, and Deployment/checkout in shop (hidden by the filter)") {
		t.Errorf("the page:\n%s", text)
	}
	var groups []string
	v.carryOut = func(_ context.Context, p proposal) (fixes.Entry, error) {
		groups = append(groups, p.words().Group)
		return fixes.Entry{ID: "x", Group: p.group}, nil
	}
	applyAll(a, c, "tab", "enter")
	if len(groups) != 2 || groups[0] == "" || groups[0] != groups[1] {
		t.Errorf("groups %q", groups)
	}
}
