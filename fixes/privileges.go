package fixes

import (
	"fmt"
	"slices"
)

func privileged() Recipe {
	return inContainer("pod/privileged", func(_ map[string]any, s Situation) (setting, error) {
		return setting{
			title:     fmt.Sprintf("Run container %s unprivileged", s.Finding.Container),
			container: securityContext(map[string]any{"privileged": false}),
			notes: []string{
				"A program that needs one privilege of the node fails now: add that one capability, device or volume instead of all.",
			},
		}, nil
	})
}

func privilegeEscalation() Recipe {
	return inContainer("pod/privilege-escalation", func(container map[string]any, s Situation) (setting, error) {
		if err := escalatesAnyway(container, s); err != nil {
			return setting{}, err
		}
		return setting{
			title:     fmt.Sprintf("Keep the processes of container %s from gaining privileges", s.Finding.Container),
			container: securityContext(map[string]any{"allowPrivilegeEscalation": false}),
			notes:     []string{"sudo, su and other setuid programs in the container stop working."},
		}, nil
	})
}

// escalatesAnyway refuses what the API server would: a privileged container
// can always gain privileges, and so can one with CAP_SYS_ADMIN.
func escalatesAnyway(container map[string]any, s Situation) error {
	first := ""
	switch {
	case field(container, "securityContext", "privileged") == true:
		first = "pod/privileged"
	case slices.Contains(texts(container, "securityContext", "capabilities", "add"), "CAP_SYS_ADMIN"):
		first = "pod/capabilities-added"
	default:
		return nil
	}
	return &ManualError{
		Why:   fmt.Sprintf("container %s can gain privileges as long as %s is not fixed", s.Finding.Container, first),
		Steps: fixFirst(first, s),
	}
}

// fixFirst is the step for a finding that another one's fix has to precede.
func fixFirst(check string, s Situation) string {
	g := &guide{}
	g.say("Fix %s first, then this:", check)
	for _, id := range []string{check, s.Finding.Check} {
		g.run("kiln fix %s -n %s --object %s", id, s.Finding.Object.Namespace, s.Finding.Object.Kind+"/"+s.Finding.Object.Name)
	}
	return g.text()
}
