package fixes

import (
	"fmt"
	"strings"

	"kiln/kube"
)

// nobodyInParticular is the user that images without root commonly run as.
const nobodyInParticular = int64(65532)

func runAsRoot() Recipe {
	return inTemplate("pod/run-as-root", func(template podTemplate, s Situation) (setting, error) {
		context := map[string]any{"runAsNonRoot": true}
		notes := []string{
			"If the image's user is root, or a name instead of a number, the container will not start: \"container has runAsNonRoot and image will run as root\".",
			"Check the image first, or set a numeric runAsUser that may read its files and write its volumes.",
		}
		if strings.HasSuffix(s.Finding.Path, "runAsUser") {
			context["runAsUser"] = nobodyInParticular
			notes = []string{fmt.Sprintf("The program runs as user %d, who must be able to read its files and write its volumes: a volume's fsGroup, or another runAsUser, may be needed.", nobodyInParticular)}
		}
		if user, seen := onlyUser(s.Evidence); seen {
			context["runAsUser"], notes = userFromEvidence(user, s.Evidence)
		}
		if s.Finding.Container == "" {
			return setting{title: "Keep the pod from running as root", pod: securityContext(context), notes: notes}, nil
		}
		return setting{
			title:     fmt.Sprintf("Keep container %s from running as root", s.Finding.Container),
			container: securityContext(context),
			notes:     notes,
		}, nil
	})
}

// userFromEvidence is who the container runs as from now on: the user it was
// seen running as or, if that was root, nobody in particular.
func userFromEvidence(seen int64, evidence []kube.Evidence) (any, []string) {
	at := seenAt(evidence)
	if seen != 0 {
		return seen, []string{fmt.Sprintf("%s saw it run as user %d already: nothing changes for it.", at, seen)}
	}
	notes := []string{
		fmt.Sprintf("%s saw it run as root, since neither the image nor the pod says otherwise; from now on it is user %d.", at, nobodyInParticular),
		"Whether it needs root can't be seen: who may read its files, and write its volumes, is what to look at.",
	}
	if ports := lowPorts(evidence); ports != nil {
		notes = append(notes, "The pod listens at port "+strings.Join(ports, ", ")+
			": below 1024 that takes NET_BIND_SERVICE, or a container runtime that lets everybody.")
	}
	if folders := writtenFolders(evidence); folders != nil {
		notes = append(notes, "It was seen writing to "+strings.Join(folders, ", ")+", where only root may unless a volume is mounted there.")
	}
	return nobodyInParticular, notes
}

func automountToken() Recipe {
	return inTemplate("pod/automount-token", func(podTemplate, Situation) (setting, error) {
		return setting{
			title: "Keep the API server's token out of the pod",
			pod:   map[string]any{"automountServiceAccountToken": false},
			notes: []string{"A program that talks to the API server can't log in any more; look for a client library or kubectl in it first."},
		}, nil
	})
}
