package fixes

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"kiln/kube"
)

// Question is what a recipe can't find out by itself. It has an answer
// already, the default, so that nobody has to be asked.
type Question struct {
	// Key names it on the command line: --answer KEY=VALUE.
	Key string
	// Ask is the question, for people: "Which user does it run as?"
	Ask     string
	Choices []Choice
	// Free checks an answer that isn't among the choices; nil permits none.
	Free func(string) error
	// Many permits several values, joined with commas, or none.
	Many bool
	// Value is the recipe's default, and in a Plan the answer it was made
	// with. An empty default means the first choice, or for Many none.
	Value string
}

// Choice is one answer to a Question.
type Choice struct {
	Value string
	// Label says what the answer does; empty where the value says it.
	Label string
	// Found is what kiln saw that speaks for it; empty for nothing.
	Found string
}

// Answers are values by the keys of questions.
type Answers map[string]string

// All are the values of an answer to a question that permits many.
func (a Answers) All(key string) []string {
	var all []string
	for value := range strings.SplitSeq(a[key], ",") {
		if value = strings.TrimSpace(value); value != "" && !slices.Contains(all, value) {
			all = append(all, value)
		}
	}
	return all
}

// AnswerError says that an answer fits no question, or not its question.
type AnswerError struct {
	Key, Value string
	// Question is the one that the answer doesn't fit; nil where none has the
	// key.
	Question *Question
	// Known are all keys there are.
	Known []string
	// Why is what Question.Free says of the value; nil where only choices count.
	Why error
}

func (e *AnswerError) Error() string {
	switch {
	case e.Question == nil && len(e.Known) == 0:
		return fmt.Sprintf("answer %s=%s: this fix asks nothing", e.Key, e.Value)
	case e.Question == nil:
		return fmt.Sprintf("answer %s=%s: this fix doesn't ask %q: it asks %s", e.Key, e.Value, e.Key, strings.Join(e.Known, ", "))
	}
	text := fmt.Sprintf("answer %s=%s: %q is no answer to %q", e.Key, e.Value, e.Value, e.Question.Ask)
	if e.Why != nil {
		text += ": " + e.Why.Error()
	}
	if choices := e.Question.values(); len(choices) > 0 {
		text += "; the choices are " + strings.Join(choices, ", ")
	}
	return text
}

func (q Question) values() []string {
	values := make([]string, len(q.Choices))
	for i, c := range q.Choices {
		values[i] = c.Value
	}
	return values
}

// Answered is the question with another answer, which has to fit: the error is
// an AnswerError.
func (q Question) Answered(value string) (Question, error) {
	value = strings.TrimSpace(value)
	parts := []string{value}
	if q.Many {
		parts = Answers{q.Key: value}.All(q.Key)
		value = strings.Join(parts, ",")
	}
	for _, part := range parts {
		if slices.Contains(q.values(), part) {
			continue
		}
		var why error
		if q.Free != nil {
			if why = q.Free(part); why == nil {
				continue
			}
		}
		return q, &AnswerError{Key: q.Key, Value: part, Question: &q, Why: why}
	}
	q.Value = value
	return q, nil
}

// questionRounds is how deep questions may depend on the answers of others.
const questionRounds = 5

// questions are what the recipe asks about a situation, with their answers:
// those given, or the defaults. A question may depend on the answers of others,
// so it asks again until nothing new comes up. Answers to questions that aren't
// asked are an AnswerError.
func (r Recipe) questions(s Situation, given Answers) ([]Question, Answers, error) {
	var asked []Question
	s.Answers = Answers{}
	for range questionRounds {
		if asked = nil; r.Questions != nil {
			asked = r.Questions(s)
		}
		answers := Answers{}
		for i := range asked {
			if err := asked[i].settle(given); err != nil {
				return nil, nil, err
			}
			answers[asked[i].Key] = asked[i].Value
		}
		if maps.Equal(answers, s.Answers) {
			break
		}
		s.Answers = answers
	}
	for _, key := range slices.Sorted(maps.Keys(given)) {
		if _, known := s.Answers[key]; !known {
			return nil, nil, &AnswerError{Key: key, Value: given[key], Known: slices.Sorted(maps.Keys(s.Answers))}
		}
	}
	return asked, s.Answers, nil
}

// settle gives the question the answer that was given, or its default.
func (q *Question) settle(given Answers) error {
	value, ok := given[q.Key]
	if !ok {
		if q.Value == "" && !q.Many && len(q.Choices) > 0 {
			q.Value = q.Choices[0].Value
		}
		return nil
	}
	var err error
	*q, err = q.Answered(value)
	return err
}

// clean makes what people see of a question safe for a screen. Values stay:
// they are compared.
func (q *Question) clean() {
	q.Ask = kube.Clean(q.Ask)
	for i := range q.Choices {
		q.Choices[i].Label, q.Choices[i].Found = kube.Clean(q.Choices[i].Label), kube.Clean(q.Choices[i].Found)
	}
}

// plan asks, and plans with the answers.
func (r Recipe) plan(s Situation, given Answers) (Plan, error) {
	asked, answers, err := r.questions(s, given)
	if err != nil {
		return Plan{}, err
	}
	s.Answers = answers
	plan, err := r.Plan(s)
	plan.Questions = asked
	return plan, err
}
