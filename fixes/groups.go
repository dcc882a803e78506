package fixes

import (
	"fmt"
	"slices"
	"strconv"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// rootGroup replaces group 0 where the finding is: the group that processes
// run as, that volumes get, or that processes are in besides.
func rootGroup() Recipe {
	return inTemplate("pod/root-group", func(template podTemplate, s Situation) (setting, error) {
		if s.Finding.Key == "supplementalGroups" {
			return withoutGroupZero(template), nil
		}
		group, err := strconv.ParseInt(s.Answers[gidQuestion], 10, 64)
		if err != nil {
			return setting{}, fmt.Errorf("reading the group %q: %w", s.Answers[gidQuestion], err)
		}
		context := securityContext(map[string]any{s.Finding.Key: group})
		notes := []string{fmt.Sprintf("Files that only root's group may read or write are closed to the program now, which is in group %d instead.", group)}
		if s.Finding.Key == "fsGroup" {
			notes = []string{fmt.Sprintf("The volumes' files get group %d when the pod starts; for large volumes that takes a while.", group)}
		}
		if s.Finding.Container == "" {
			return setting{title: "Take the pod out of root's group", pod: context, notes: notes}, nil
		}
		return setting{
			title:     fmt.Sprintf("Take container %s out of root's group", s.Finding.Container),
			container: context, notes: notes,
		}, nil
	}).asking(whichGroup)
}

const gidQuestion = "gid"

// whichGroup asks for the group that takes root's place, if one does: nobody's
// or the one that goes with the user.
func whichGroup(s Situation) []Question {
	template, err := anyTemplate(s.Live)
	if err != nil || s.Finding.Key == "supplementalGroups" {
		return nil
	}
	q := Question{Key: gidQuestion, Ask: "Which group instead of root's?", Free: mustBeUser, Choices: []Choice{
		{Value: fmt.Sprint(nobodyInParticular), Label: "nobody in particular's"},
	}}
	for _, choice := range otherUsers(template, "") {
		choice.Label = "the group with the user's number"
		q.add(choice)
	}
	return []Question{q}
}

func withoutGroupZero(template podTemplate) setting {
	groups, _, _ := unstructured.NestedSlice(template.spec, "securityContext", "supplementalGroups")
	return setting{
		title: "Take the pod's processes out of root's group",
		pod: securityContext(map[string]any{
			"supplementalGroups": slices.DeleteFunc(groups, func(group any) bool { return group == int64(0) }),
		}),
		notes: []string{"Files that only root's group may read or write are closed to the program now."},
	}
}
