package fixes

import (
	"errors"
	"strings"
	"testing"
)

// volumeRecipe asks how, and which claim only where a claim is wanted.
func volumeRecipe() Recipe {
	return Recipe{
		Check: "pod/some-volume",
		Questions: func(s Situation) []Question {
			asked := []Question{
				{Key: "how", Ask: "What instead?", Choices: []Choice{{Value: "read-only"}, {Value: "claim"}}},
				{Key: "paths", Ask: "Which paths?", Many: true, Value: "/tmp", Free: mustBeAbsolute},
			}
			if s.Answers["how"] == "claim" {
				asked = append(asked, Question{Key: "claim", Ask: "Which?", Choices: []Choice{{Value: "data"}, {Value: "logs"}}, Value: "logs"})
			}
			return asked
		},
		Plan: func(s Situation) (Plan, error) {
			return Plan{Title: s.Answers["how"] + " " + s.Answers["claim"] + " " + strings.Join(s.Answers.All("paths"), "+")}, nil
		},
	}
}

func mustBeAbsolute(path string) error {
	if !strings.HasPrefix(path, "/") {
		return errors.New("a path starts with /")
	}
	return nil
}

// What nobody answers gets the default; later questions depend on earlier answers.
func TestAnswers(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		given       Answers
		title, fail string
	}{
		"nothing said":                  {nil, "read-only  /tmp", ""},
		"a question brings another one": {Answers{"how": "claim"}, "claim logs /tmp", ""},
		"and its answer":                {Answers{"how": "claim", "claim": " data "}, "claim data /tmp", ""},
		"several":                       {Answers{"paths": "/a, /b,/a"}, "read-only  /a+/b", ""},
		"none of several":               {Answers{"paths": ""}, "read-only  ", ""},
		"not a choice":                  {Answers{"how": "socket"}, "", `answer how=socket: "socket" is no answer to "What instead?"; the choices are read-only, claim`},
		"not as the question wants it":  {Answers{"paths": "/a,b"}, "", `"b" is no answer to "Which paths?": a path starts with /`},
		"a question that isn't asked":   {Answers{"claim": "data"}, "", `doesn't ask "claim": it asks how, paths`},
	} {
		t.Run(name, func(t *testing.T) {
			plan, err := volumeRecipe().plan(Situation{}, test.given)
			switch {
			case test.fail != "":
				var wrong *AnswerError
				if !errors.As(err, &wrong) || !strings.Contains(err.Error(), test.fail) {
					t.Errorf("the error is %v, want %q", err, test.fail)
				}
			case err != nil:
				t.Error(err)
			case plan.Title != test.title:
				t.Errorf("plans %q, want %q", plan.Title, test.title)
			}
			for _, q := range plan.Questions {
				if q.Key == "claim" && test.given["how"] != "claim" {
					t.Error("the plan keeps a question that wasn't asked")
				}
			}
		})
	}
}
