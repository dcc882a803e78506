package kube

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// parseProbe reads what the probe's script has written. It trusts nothing of
// it: file names, in the end, are the container's own choice.
func parseProbe(text string) (Evidence, error) {
	p := probeParser{folders: map[string]int{}}
	for line := range strings.Lines(text) {
		word, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		if p.inFiles {
			p.file(word, rest)
		} else if err := p.fact(word, rest); err != nil {
			return Evidence{}, err
		}
	}
	switch {
	case p.problem != "" && !p.seen:
		return Evidence{}, errors.New(p.problem)
	case !p.seen:
		return Evidence{}, errors.New("the probe says nothing of the process")
	case !p.ended:
		p.evidence.Unknown = append(p.evidence.Unknown, "the probe was cut off before its end")
	}
	return p.finish(), nil
}

// probeParser is what has been read so far.
type probeParser struct {
	evidence Evidence
	problem  string
	started  int64
	sockets  []tcpEntry
	folders  map[string]int
	// seen says that the process was; inFiles that only names of files follow.
	seen, inFiles, ended bool
}

// fact reads one line of the first part.
func (p *probeParser) fact(word, rest string) error {
	e := &p.evidence
	switch word {
	case "status":
		return p.status(rest)
	case "apparmor":
		e.AppArmor = Clean(rest)
	case "clock":
		_, started, _ := strings.Cut(rest, " ")
		seconds, err := strconv.ParseInt(started, 10, 64)
		if err != nil {
			return fmt.Errorf("the probe's clock says %.40q", rest)
		}
		p.started, e.Started = seconds, time.Unix(seconds, 0).UTC()
	case "tcp", "tcp6", "udp", "udp6":
		if entry, ok := parseSocket(word, rest); ok {
			p.sockets = append(p.sockets, entry)
		}
	case "process":
		p.process(rest)
	case "special":
		e.RawSockets++
	case "unprivileged":
		e.OpenPorts, _ = strconv.Atoi(rest) // unknown if it's no number
	case "mount":
		if mount, ok := parseMount(rest); ok {
			e.Mounts = append(e.Mounts, mount)
		}
	case "token":
		e.TokenMounted = true
	case "shell":
		e.Shells = append(e.Shells, Clean(rest))
	case "packages":
		e.PackageManagers = append(e.PackageManagers, Clean(rest))
	case "problem":
		p.problem = Clean(rest)
		e.Unknown = append(e.Unknown, p.problem)
	case "files":
		p.inFiles = true
	case "end":
		p.ended = true
	}
	return nil
}

// process notes the user of one of the container's processes.
func (p *probeParser) process(ids string) {
	user, err := effectiveID(strings.Fields(ids))
	if err == nil && !slices.Contains(p.evidence.Users, user) {
		p.evidence.Users = append(p.evidence.Users, user)
	}
}

// status reads a line of /proc/PID/status.
func (p *probeParser) status(line string) error {
	name, value, _ := strings.Cut(line, ":")
	fields := strings.Fields(value)
	if len(fields) == 0 {
		return nil
	}
	var err error
	e := &p.evidence
	switch name {
	case "Uid":
		p.seen = true
		e.UID, err = effectiveID(fields)
	case "Gid":
		e.GID, err = effectiveID(fields)
	case "CapEff":
		e.Effective, err = capabilityNames(fields[0])
	case "CapBnd":
		e.Bounding, err = capabilityNames(fields[0])
	case "NoNewPrivs":
		e.NoNewPrivs = fields[0] == "1"
	case "Seccomp":
		e.Seccomp = map[string]string{"0": "disabled", "1": "strict", "2": "filter"}[fields[0]]
	}
	if err != nil {
		return fmt.Errorf("the process's %s is %.60q: %w", name, value, err)
	}
	return nil
}

// effectiveID is the second of real, effective, saved and file system id.
func effectiveID(fields []string) (int64, error) {
	if len(fields) < 2 {
		return 0, errors.New("four ids were expected")
	}
	return strconv.ParseInt(fields[1], 10, 64)
}

// parseMount reads a line of /proc/PID/mountinfo.
func parseMount(line string) (Mount, bool) {
	before, after, found := strings.Cut(line, " - ")
	fields, kind := strings.Fields(before), strings.Fields(after)
	if !found || len(fields) < 6 || len(kind) == 0 {
		return Mount{}, false
	}
	return Mount{
		Path: Clean(unescape(fields[4])), Type: Clean(kind[0]),
		ReadOnly: slices.Contains(strings.Split(fields[5], ","), "ro"),
	}, true
}

// unescape undoes the kernel's octal escapes of white space and backslashes.
func unescape(text string) string {
	return strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`).Replace(text)
}

// startRounding is by how many seconds the start may be reckoned too late: it
// is made from three clocks in whole seconds, and applications write first when
// they start.
const startRounding = 2

// file reads one line of the second part.
func (p *probeParser) file(word, rest string) {
	switch word {
	case "setuid":
		p.evidence.Setuid = append(p.evidence.Setuid, Clean(path.Clean("/"+rest)))
	case "unread":
		p.evidence.Unknown = append(p.evidence.Unknown, "whether files were written below "+Clean(rest)+": there was no time left to look")
	case "end":
		p.ended = true
	case "written":
		when, name, _ := strings.Cut(rest, " ")
		seconds, err := strconv.ParseInt(when, 10, 64)
		if err == nil && seconds >= p.started-startRounding && !p.isMountPoint(name) {
			p.folders[Clean(path.Dir(path.Clean("/"+name)))]++
		}
	}
}

// isMountPoint says that a file is one that the kubelet has put there.
func (p *probeParser) isMountPoint(name string) bool {
	return slices.ContainsFunc(p.evidence.Mounts, func(m Mount) bool { return m.Path == path.Clean("/"+name) })
}

// finish puts together what depends on several lines.
func (p *probeParser) finish() Evidence {
	e := p.evidence
	e.Listening, e.Connections = readSockets(p.sockets)
	for folder, files := range p.folders {
		volume := volumeOf(folder, e.Mounts)
		if volume.ReadOnly {
			continue // only the kubelet can have written there
		}
		e.Written = append(e.Written, WrittenFolder{Path: folder, Files: files, Volume: volume.Path})
	}
	slices.SortFunc(e.Written, func(a, b WrittenFolder) int { return cmp.Compare(a.Path, b.Path) })
	return e
}

// volumeOf is the mount that the folder lies under, the innermost one. Of two
// at the same place the later one hides the other.
func volumeOf(folder string, mounts []Mount) Mount {
	volume := Mount{Path: "/"}
	for _, m := range mounts {
		inside := folder == m.Path || strings.HasPrefix(folder, strings.TrimSuffix(m.Path, "/")+"/")
		if inside && len(m.Path) >= len(volume.Path) {
			volume = m
		}
	}
	return volume
}
