package fixes

import "fmt"

func seccomp() Recipe { return seccompDefault("pod/seccomp") }

func seccompUnconfined() Recipe { return seccompDefault("pod/seccomp-unconfined") }

// seccompDefault sets the container runtime's own profile where the finding
// is: in the container, or for the whole pod.
func seccompDefault(check string) Recipe {
	profile := securityContext(map[string]any{"seccompProfile": map[string]any{"type": "RuntimeDefault"}})
	return inTemplate(check, func(template podTemplate, s Situation) (setting, error) {
		notes := []string{"The profile forbids some seventy rare system calls; few programs notice (debuggers, some sandboxes)."}
		if s.Finding.Container == "" {
			return setting{title: "Use the runtime's seccomp profile for the pod", pod: profile, notes: notes}, nil
		}
		return setting{
			title:     fmt.Sprintf("Use the runtime's seccomp profile for container %s", s.Finding.Container),
			container: profile,
			notes:     notes,
		}, nil
	})
}
