package fixes

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/kube"
)

func capabilitiesAdded() Recipe { return withoutCapability("pod/capabilities-added") }

func capabilitySysAdmin() Recipe { return withoutCapability("pod/capability-sys-admin") }

// withoutCapability takes the finding's capability from those that are added,
// or all of them where it names none.
func withoutCapability(check string) Recipe {
	return inContainer(check, func(container map[string]any, s Situation) (setting, error) {
		added := texts(container, "securityContext", "capabilities", "add")
		kept := []any{}
		for _, capability := range added {
			if s.Finding.Key != "" && capability != s.Finding.Key {
				kept = append(kept, capability)
			}
		}
		if len(kept) == len(added) {
			return setting{}, fmt.Errorf("%w: container %s does not add %s", ErrNothingToDo, s.Finding.Container, s.Finding.Key)
		}
		what := "the added capabilities"
		if s.Finding.Key != "" {
			what = "the capability " + s.Finding.Key
		}
		return setting{
			title:     fmt.Sprintf("Take %s from container %s", what, s.Finding.Container),
			container: capabilities("add", kept),
			notes:     []string{"What the program did with it fails with \"operation not permitted\" from now on."},
		}, nil
	})
}

// capabilityNetRaw drops NET_RAW, and no longer adds it by any of its names.
func capabilityNetRaw() Recipe {
	return inContainer("pod/capability-net-raw", func(container map[string]any, s Situation) (setting, error) {
		wanted, kept := []any{}, []any{}
		for _, capability := range texts(container, "securityContext", "capabilities", "drop") {
			wanted = append(wanted, capability)
		}
		added := texts(container, "securityContext", "capabilities", "add")
		for _, capability := range added {
			if name := strings.TrimPrefix(strings.ToUpper(capability), "CAP_"); name != "NET_RAW" && name != "ALL" {
				kept = append(kept, capability)
			}
		}
		changes := map[string]any{"drop": append(wanted, "NET_RAW")}
		if len(kept) < len(added) {
			changes["add"] = kept
		}
		return setting{
			title:     fmt.Sprintf("Keep container %s from sending raw packets", s.Finding.Container),
			container: securityContext(map[string]any{"capabilities": changes}),
			notes:     []string{"ping, traceroute and packet captures in the container fail, unless its nodes let everybody ping."},
		}, nil
	})
}

func capabilitiesNotDropped() Recipe {
	return inContainer("pod/capabilities-not-dropped", func(container map[string]any, s Situation) (setting, error) {
		if strings.HasSuffix(s.Finding.Path, "capabilities.add") {
			return onlyBindLowPorts(s), nil
		}
		wanted := map[string]any{"drop": []any{"ALL"}}
		notes := []string{"A program that changes users, owners of files or its root folder (many entrypoints that start as root) fails without these."}
		added := texts(container, "securityContext", "capabilities", "add")
		if len(added) > 0 {
			notes = append(notes, "Added capabilities stay: "+strings.Join(added, ", ")+".")
		}
		if add, more := withCapabilities(added, s.Answers.All(keepQuestion)); more {
			wanted["add"] = add
		}
		return setting{
			title:     fmt.Sprintf("Drop all capabilities of container %s", s.Finding.Container),
			container: securityContext(map[string]any{"capabilities": wanted}),
			notes:     slices.Concat(capabilityNotes(s), notes, notRestricted(s.Answers.All(keepQuestion))),
		}, nil
	}).asking(whichToKeep)
}

// onlyBindLowPorts leaves of the added capabilities those that were answered:
// the restricted standard allows a single one.
func onlyBindLowPorts(s Situation) setting {
	kept, _ := withCapabilities(nil, s.Answers.All(keepQuestion))
	return setting{
		title:     fmt.Sprintf("Take the added capabilities from container %s", s.Finding.Container),
		container: capabilities("add", kept),
		notes: append([]string{"What the program did with them fails with \"operation not permitted\" from now on."},
			notRestricted(s.Answers.All(keepQuestion))...),
	}
}

func capabilities(list string, names []any) map[string]any {
	return securityContext(map[string]any{"capabilities": map[string]any{list: names}})
}

const (
	keepQuestion = "keep"
	// bindLowPorts is the one capability that the restricted standard permits.
	bindLowPorts = "NET_BIND_SERVICE"
)

// whichToKeep asks which capabilities a container gets back when all are
// dropped.
func whichToKeep(s Situation) []Question {
	container, ok := liveContainer(s)
	if !ok {
		return nil
	}
	bind := Choice{Value: bindLowPorts, Label: "to listen at ports below 1024", Found: listensLow(container, s)}
	q := Question{
		Key: keepQuestion, Ask: "Which capabilities does it keep?", Many: true, Free: mustBeCapability,
		Choices: []Choice{
			bind,
			{Value: "CHOWN", Label: "to change the owners of files"},
			{Value: "SETUID", Label: "to start as root and become another user"},
			{Value: "SETGID", Label: "to start as root and become another group"},
			{Value: "DAC_OVERRIDE", Label: "to read and write files of others"},
		},
	}
	added := texts(container, "securityContext", "capabilities", "add")
	switch {
	case strings.HasSuffix(s.Finding.Path, "capabilities.add"):
		if slices.Contains(added, bindLowPorts) {
			q.Value = bindLowPorts
		}
	case bind.Found != "" && !slices.Contains(added, bindLowPorts):
		q.Value = bindLowPorts
		fallthrough
	default:
		keepWhatWasSeen(&q, s, added)
	}
	return []Question{q}
}

// listensLow says where a container was seen, or says itself, to listen at a
// port that takes a capability; empty if nowhere.
func listensLow(container map[string]any, s Situation) string {
	if len(s.Evidence) > 0 {
		return capabilityReasons(s)[bindLowPorts]
	}
	declared, _, _ := unstructured.NestedSlice(container, "ports")
	for _, item := range declared {
		port, _ := item.(map[string]any)
		if number, ok := port["containerPort"].(int64); ok && number < 1024 {
			return fmt.Sprintf("it declares port %d", number)
		}
	}
	return ""
}

// mustBeCapability accepts Linux' capabilities as pod specs write them.
func mustBeCapability(name string) error {
	if slices.Contains(kube.Capabilities(), name) {
		return nil
	}
	return fmt.Errorf("no capability of Linux; pod specs write them without CAP_, such as %s", bindLowPorts)
}

// withCapabilities is a list with more names, and whether it got any.
func withCapabilities(list, names []string) (all []any, more bool) {
	all = []any{}
	for _, name := range list {
		all = append(all, name)
	}
	for _, name := range names {
		if !slices.Contains(list, name) {
			all, more = append(all, name), true
		}
	}
	return all, more
}

// notRestricted says what keeping more than the standard permits means.
func notRestricted(kept []string) []string {
	kept = slices.DeleteFunc(slices.Clone(kept), func(name string) bool { return name == bindLowPorts })
	if len(kept) == 0 {
		return nil
	}
	return []string{"The restricted standard permits none but " + bindLowPorts + ": the finding stays for " + strings.Join(kept, ", ") + "."}
}
