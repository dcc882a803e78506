package fixes

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"kiln/kube"
)

// capabilityReasons say, for the capabilities that a container seems to use,
// what probes saw that speaks for it. What isn't there may be used all the
// same: the kernel doesn't tell.
func capabilityReasons(s Situation) map[string]string {
	reasons := map[string]string{}
	if len(s.Evidence) == 0 {
		return reasons
	}
	at := s.seenAt(s.Evidence)
	if ports := portsThatNeedBind(s.Evidence); ports != nil {
		reasons[bindLowPorts] = at + " saw its pod listen at port " + strings.Join(ports, ", ")
	}
	if users := processUsers(s.Evidence); len(users) > 1 && slices.Contains(users, 0) {
		why := fmt.Sprintf("%s saw processes of users %s: it starts as root and becomes others", at, joinIDs(users))
		reasons["SETUID"], reasons["SETGID"] = why, why
	}
	if slices.ContainsFunc(s.Evidence, func(e kube.Evidence) bool { return e.RawSockets > 0 }) {
		reasons["NET_RAW"] = at + " saw raw sockets in its pod"
	}
	return reasons
}

// keepWhatWasSeen suggests the capabilities that the container seems to use,
// but for those that it adds already, which stay anyway.
func keepWhatWasSeen(q *Question, s Situation, added []string) {
	reasons := capabilityReasons(s)
	kept := Answers{q.Key: q.Value}.All(q.Key)
	for _, name := range slices.Sorted(maps.Keys(reasons)) {
		q.add(Choice{Value: name, Label: "to send raw packets"}) // only NET_RAW isn't there yet
		i := slices.Index(q.values(), name)
		q.Choices[i].Found = reasons[name]
		if !slices.Contains(added, name) && !slices.Contains(kept, name) {
			kept = append(kept, name)
		}
	}
	q.Value = strings.Join(kept, ",")
}

// capabilityNotes tell what probes saw of a container's capabilities, and what
// they can't.
func capabilityNotes(s Situation) []string {
	if len(s.Evidence) == 0 {
		return nil
	}
	at := s.seenAt(s.Evidence)
	var effective, bounding, setuid []string
	for _, e := range s.Evidence {
		effective, bounding, setuid = append(effective, e.Effective...), append(bounding, e.Bounding...), append(setuid, e.Setuid...)
	}
	effective, bounding, setuid = unique(effective), unique(bounding), unique(setuid)
	notes := []string{fmt.Sprintf("%s saw it with the capabilities %s; which of them it uses can't be seen, but for what a port, a raw socket or another user shows.", at, strings.Join(effective, ", "))}
	switch {
	case len(effective) == 0 && len(bounding) == 0:
		return []string{at + " saw it without any capability: nothing changes for it."}
	case len(effective) == 0:
		notes = []string{at + " saw its processes without any capability, though a setuid program could have gained " + strings.Join(bounding, ", ") + "."}
	}
	if ports := lowPorts(s.Evidence); ports != nil && portsThatNeedBind(s.Evidence) == nil {
		notes = append(notes, fmt.Sprintf("%s saw its pod listen at port %s, which takes no capability there: its runtime opens the ports from %d on.", at, strings.Join(ports, ", "), openPorts(s.Evidence)))
	}
	if len(setuid) > 0 {
		notes = append(notes, fmt.Sprintf("%s saw the setuid programs %s, which can't do as root what they did; whether it runs them can't be seen.", at, firstOf(setuid)))
	}
	return notes
}

// portsThatNeedBind are the low ports below the first that its runtime opens
// to everybody.
func portsThatNeedBind(evidence []kube.Evidence) []string {
	var ports []string
	for _, e := range evidence {
		first := e.OpenPorts
		if first == 0 {
			first = 1024 // Linux' own, where the probe didn't say
		}
		for _, s := range e.Listening {
			if port := fmt.Sprint(s.Port); s.Port < min(first, 1024) && !slices.Contains(ports, port) {
				ports = append(ports, port)
			}
		}
	}
	return ports
}

func openPorts(evidence []kube.Evidence) int { return evidence[len(evidence)-1].OpenPorts }

// processUsers are all users that the container's processes were seen as.
func processUsers(evidence []kube.Evidence) []int64 {
	var users []int64
	for _, e := range evidence {
		users = append(append(users, e.UID), e.Users...)
	}
	slices.Sort(users)
	return slices.Compact(users)
}

func joinIDs(ids []int64) string {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = fmt.Sprint(id)
	}
	return strings.Join(texts, ", ")
}

func unique(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}

// firstOf names the first few, and counts the others.
func firstOf(names []string) string {
	const few = 4
	switch {
	case len(names) == 0:
		return "none"
	case len(names) > few:
		return fmt.Sprintf("%s and %d more", strings.Join(names[:few], ", "), len(names)-few)
	}
	return strings.Join(names, ", ")
}
