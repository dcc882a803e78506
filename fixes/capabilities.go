package fixes

import (
	"fmt"
	"slices"
	"strings"
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
			return onlyBindLowPorts(container, s), nil
		}
		notes := []string{"A program that changes users, owners of files or its root folder (many entrypoints that start as root) fails without these."}
		if added := texts(container, "securityContext", "capabilities", "add"); len(added) > 0 {
			notes = append(notes, "Added capabilities stay: "+strings.Join(added, ", ")+".")
		}
		return setting{
			title:     fmt.Sprintf("Drop all capabilities of container %s", s.Finding.Container),
			container: capabilities("drop", []any{"ALL"}),
			notes:     notes,
		}, nil
	})
}

// onlyBindLowPorts leaves of the added capabilities the one that the restricted
// standard allows.
func onlyBindLowPorts(container map[string]any, s Situation) setting {
	kept := []any{}
	if slices.Contains(texts(container, "securityContext", "capabilities", "add"), "NET_BIND_SERVICE") {
		kept = append(kept, "NET_BIND_SERVICE")
	}
	return setting{
		title:     fmt.Sprintf("Take the added capabilities from container %s", s.Finding.Container),
		container: capabilities("add", kept),
		notes:     []string{"What the program did with them fails with \"operation not permitted\" from now on."},
	}
}

func capabilities(list string, names []any) map[string]any {
	return securityContext(map[string]any{"capabilities": map[string]any{list: names}})
}
