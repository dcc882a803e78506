package kube

import (
	"fmt"
	"strings"
)

// Facts tells what a probe saw of a container, for people.
func (e Evidence) Facts() []Fact {
	privileges, token := "can grow, by setuid programs", "not mounted"
	if e.NoNewPrivs {
		privileges = "can't grow (NoNewPrivs)"
	}
	if e.TokenMounted {
		token = "mounted; whether it is used can't be seen"
	}
	facts := []Fact{
		{"CONTAINER", []string{e.Container + " of " + e.Pod.String() + ", running since " + e.Started.Local().Format("2006-01-02 15:04:05")}},
		{"SEEN", []string{e.Time.Local().Format("2006-01-02 15:04:05")}},
		{"RUNS AS", []string{fmt.Sprintf("user %d, group %d", e.UID, e.GID)}},
		{"CAPABILITIES", []string{listOr(e.Effective, "none")}},
		{"BOUNDING SET", []string{listOr(e.Bounding, "none")}},
		{"PRIVILEGES", []string{privileges}},
		{"SECCOMP", []string{e.Seccomp}},
		{"APPARMOR", []string{listOr([]string{e.AppArmor}, "no label")}},
		{"WRITES TO", e.writtenLines()},
		{"SETUID", e.Setuid},
		{"SHELLS", e.Shells},
		{"PACKAGE MANAGERS", e.PackageManagers},
		{"LISTENS AT", socketLines(e.Listening)},
		{"CONNECTIONS", e.connectionLines()},
		{"TOKEN", []string{token}},
	}
	if len(e.Unknown) > 0 {
		facts = append(facts, Fact{"UNKNOWN", e.Unknown})
	}
	return facts
}

func listOr(names []string, none string) string {
	if text := strings.Join(names, ", "); text != "" {
		return text
	}
	return none
}

func (e Evidence) writtenLines() []string {
	var lines []string
	for _, w := range e.Written {
		where := "in the container's own file system"
		if w.Volume != "/" {
			where = "in the volume at " + w.Volume
		}
		lines = append(lines, fmt.Sprintf("%s (%d files, %s)", w.Path, w.Files, where))
	}
	return lines
}

func (e Evidence) connectionLines() []string {
	var lines []string
	for _, c := range e.Connections {
		line := fmt.Sprintf("to port %d of %s", c.Port, c.Peer)
		if c.Inbound {
			line = fmt.Sprintf("from %s to port %d", c.Peer, c.Port)
		}
		lines = append(lines, line+": "+listOr(c.Who, "not a pod or service that is known"))
	}
	return lines
}
