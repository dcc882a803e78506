package kube

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Fact is a line or more for people about one thing.
type Fact struct {
	Name  string
	Lines []string
}

// Facts tells what was seen of a node, for people.
func (f NodeFacts) Facts() []Fact {
	facts := []Fact{
		{"SEEN", []string{f.Time.Local().Format("2006-01-02 15:04")}},
		{"SYSTEM", []string{f.OS + ", kernel " + f.Kernel}},
		{"CONFINEMENT", []string{f.confinement()}},
	}
	if f.Kubelet != nil {
		facts = append(facts, Fact{"KUBELET", []string{strings.Join(f.Kubelet.Arguments, " ")}})
	}
	files := make([]string, len(f.Files))
	for i, file := range f.Files {
		files[i] = fmt.Sprintf("%04o %d:%d %s", file.Mode, file.UID, file.GID, file.Path)
	}
	users := make([]string, len(f.Users))
	for i, user := range f.Users {
		users[i] = fmt.Sprintf("%s (user %d, %s)", user.Name, user.UID, user.Shell)
	}
	var settings []string
	for _, name := range slices.Sorted(maps.Keys(f.Sysctls)) {
		settings = append(settings, name+" = "+f.Sysctls[name])
	}
	facts = append(facts,
		Fact{"FILES", files}, Fact{"LOGINS", users}, Fact{"LISTENS AT", socketLines(f.Listening)},
		Fact{"WRITABLE UNITS", f.WritableUnits}, Fact{"KERNEL SETTINGS", settings})
	var unseen []string
	for _, u := range f.Unseen {
		unseen = append(unseen, u.Why)
	}
	if unseen != nil {
		facts = append(facts, Fact{"UNKNOWN", unseen})
	}
	return facts
}

func (f NodeFacts) confinement() string {
	var modules []string
	if f.AppArmor {
		modules = append(modules, "AppArmor")
	}
	if f.SELinux != "" {
		modules = append(modules, "SELinux "+f.SELinux)
	}
	if modules == nil {
		return "neither SELinux nor AppArmor"
	}
	return strings.Join(modules, ", ")
}

func socketLines(sockets []Socket) []string {
	lines := make([]string, len(sockets))
	for i, s := range sockets {
		lines[i] = fmt.Sprintf("%d/%s (%s)", s.Port, s.Protocol, s.Address)
	}
	return lines
}
