package fixes

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// nobodyInParticular is the user that images without root commonly run as.
const nobodyInParticular = int64(65532)

const (
	uidQuestion = "uid"
	// imageUser leaves the user to the image.
	imageUser = "image"
)

func runAsRoot() Recipe {
	return inTemplate("pod/run-as-root", func(template podTemplate, s Situation) (setting, error) {
		context, notes, err := notRoot(s)
		if err != nil {
			return setting{}, err
		}
		if s.Finding.Container == "" {
			return setting{title: "Keep the pod from running as root", pod: securityContext(context), notes: notes}, nil
		}
		return setting{
			title:     fmt.Sprintf("Keep container %s from running as root", s.Finding.Container),
			container: securityContext(context),
			notes:     notes,
		}, nil
	}).asking(whichUser)
}

// notRoot is the security context for the user that was answered.
func notRoot(s Situation) (context map[string]any, notes []string, err error) {
	context = map[string]any{"runAsNonRoot": true}
	answer := s.Answers[uidQuestion]
	if answer == "" { // a bare pod's or a job's, which nobody was asked about
		answer = imageUser
		if strings.HasSuffix(s.Finding.Path, "runAsUser") {
			answer = fmt.Sprint(nobodyInParticular)
		}
	}
	if answer == imageUser {
		return context, []string{
			"If the image's user is root, or a name instead of a number, the container will not start: \"container has runAsNonRoot and image will run as root\".",
			"Check the image first, or set a numeric runAsUser that may read its files and write its volumes (the answer uid).",
		}, nil
	}
	user, err := strconv.ParseInt(answer, 10, 64)
	if err != nil {
		return nil, nil, fmt.Errorf("reading the user %q: %w", answer, err)
	}
	context["runAsUser"] = user
	if seen, ok := onlyUser(s.Evidence); ok {
		return context, userNotes(user, seen, s), nil
	}
	return context, []string{fmt.Sprintf("The program runs as user %d, who must be able to read its files and write its volumes: a volume's fsGroup, or another runAsUser, may be needed.", user)}, nil
}

// whichUser asks for the user: the one that was seen, the image's own, or
// one of the other containers'.
func whichUser(s Situation) []Question {
	template, err := anyTemplate(s.Live)
	if err != nil {
		return nil
	}
	q := Question{Key: uidQuestion, Ask: "Which user does it run as?", Free: mustBeUser}
	seen, ok := onlyUser(s.Evidence)
	if ok && seen != 0 {
		q.add(Choice{Value: fmt.Sprint(seen), Label: "as it does today", Found: s.seenAt(s.Evidence) + " saw it"})
	}
	nobody := Choice{Value: fmt.Sprint(nobodyInParticular), Label: "nobody in particular, as images without root commonly have it"}
	// Who sets the user to root has said more than the image.
	explicit := strings.HasSuffix(s.Finding.Path, "runAsUser")
	if ok || explicit {
		q.add(nobody)
	}
	if !explicit {
		q.add(Choice{Value: imageUser, Label: "the image's own user, who must not be root"})
	}
	q.add(nobody)
	for _, choice := range otherUsers(template, s.Finding.Container) {
		q.add(choice)
	}
	return []Question{q}
}

// add appends a choice that isn't there yet.
func (q *Question) add(c Choice) {
	if !slices.Contains(q.values(), c.Value) {
		q.Choices = append(q.Choices, c)
	}
}

// otherUsers are those that the pod, and its other containers, name.
func otherUsers(template podTemplate, container string) []Choice {
	var choices []Choice
	offer := func(of map[string]any, who string) {
		if user, ok := field(of, "securityContext", "runAsUser").(int64); ok && user != 0 {
			choices = append(choices, Choice{Value: fmt.Sprint(user), Found: who + " runs as this user"})
		}
	}
	offer(template.spec, "the pod")
	for _, list := range []string{"containers", "initContainers"} {
		items, _, _ := unstructured.NestedSlice(template.spec, list)
		for _, item := range items {
			if fields, ok := item.(map[string]any); ok && fields["name"] != container {
				offer(fields, fmt.Sprintf("container %v", fields["name"]))
			}
		}
	}
	return choices
}

// mustBeUser accepts the ids of all users and groups but root.
func mustBeUser(value string) error {
	id, err := strconv.ParseInt(value, 10, 32)
	if err != nil || id < 1 {
		return errors.New("it takes a number from 1 to 2147483647")
	}
	return nil
}

// userNotes say what the user means for a container that was seen running.
func userNotes(user, seen int64, s Situation) []string {
	at := s.seenAt(s.Evidence)
	switch {
	case user == seen:
		return []string{fmt.Sprintf("%s saw it run as user %d already: nothing changes for it.", at, seen)}
	case seen != 0:
		return []string{fmt.Sprintf("%s saw it run as user %d; from now on it is user %d, who must be able to read its files and write its volumes.", at, seen, user)}
	}
	notes := []string{
		fmt.Sprintf("%s saw it run as root, since neither the image nor the pod says otherwise; from now on it is user %d.", at, user),
		"Whether it needs root can't be seen: who may read its files, and write its volumes, is what to look at.",
	}
	if ports := portsThatNeedBind(s.Evidence); ports != nil {
		notes = append(notes, "The pod listens at port "+strings.Join(ports, ", ")+
			": below 1024 that takes root, or a program with the file capability NET_BIND_SERVICE.")
	}
	if folders := writtenFolders(s.Evidence); folders != nil {
		notes = append(notes, "It was seen writing to "+strings.Join(folders, ", ")+", where only root may unless a volume is mounted there.")
	}
	return notes
}

func automountToken() Recipe {
	return inTemplate("pod/automount-token", func(_ podTemplate, s Situation) (setting, error) {
		return setting{
			title: "Keep the API server's token out of the pod",
			pod:   map[string]any{"automountServiceAccountToken": false},
			notes: append(tokenNotes(s), "A program that talks to the API server can't log in any more; look for a client library or kubectl in it first."),
		}, nil
	})
}
