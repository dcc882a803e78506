package kube

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	kubeletconfig "k8s.io/kubelet/config/v1beta1"
	"sigs.k8s.io/yaml"
)

// parseNodeProbe reads what the node probe's script has written.
func parseNodeProbe(text string) (NodeFacts, error) {
	p := nodeProbeParser{facts: NodeFacts{Sysctls: map[string]string{}}}
	for line := range strings.Lines(text) {
		word, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		if err := p.fact(word, rest); err != nil {
			return NodeFacts{}, err
		}
	}
	if p.facts.Kernel == "" {
		return NodeFacts{}, errors.New("the probe says nothing of the node")
	}
	if !p.ended {
		p.facts.Unseen = append(p.facts.Unseen, Unseen{"end", "the probe was cut off before its end"})
	}
	return p.finish(), nil
}

// nodeProbeParser is what has been read so far.
type nodeProbeParser struct {
	facts   NodeFacts
	config  strings.Builder
	sockets []tcpEntry
	ended   bool
}

func (p *nodeProbeParser) fact(word, rest string) error {
	f := &p.facts
	switch word {
	case "kernel":
		f.Kernel = Clean(rest)
	case "os":
		f.OS = Clean(rest)
	case "kubelet":
		f.Kubelet = &KubeletFacts{}
	case "argument":
		if f.Kubelet != nil {
			f.Kubelet.Arguments = append(f.Kubelet.Arguments, rest)
		}
	case "config":
		p.config.WriteString(rest + "\n")
	case "file":
		return p.file(rest)
	case "sysctl":
		name, value, _ := strings.Cut(rest, " ")
		f.Sysctls[Clean(name)] = Clean(value)
	case "selinux":
		f.SELinux = map[string]string{"1": "enforcing", "0": "permissive"}[rest]
	case "apparmor":
		f.AppArmor = rest == "Y"
	case "user":
		return p.user(rest)
	case "tcp", "tcp6", "udp", "udp6":
		if entry, ok := parseSocket(word, rest); ok {
			p.sockets = append(p.sockets, entry)
		}
	case "unit":
		f.WritableUnits = append(f.WritableUnits, Clean(rest))
	case "unseen":
		what, why, _ := strings.Cut(rest, " ")
		f.Unseen = append(f.Unseen, Unseen{Clean(what), Clean(why)})
	case "end":
		p.ended = true
	}
	return nil
}

// file reads "ROLE MODE UID GID PATH".
func (p *nodeProbeParser) file(rest string) error {
	fields := strings.SplitN(rest, " ", 5)
	if len(fields) < 5 {
		return fmt.Errorf("the probe says of a file only %.80q", rest)
	}
	mode, errMode := strconv.ParseUint(fields[1], 8, 32)
	uid, errUID := strconv.ParseInt(fields[2], 10, 64)
	gid, errGID := strconv.ParseInt(fields[3], 10, 64)
	if err := errors.Join(errMode, errUID, errGID); err != nil {
		return fmt.Errorf("reading what the probe says of a file: %w", err)
	}
	p.facts.Files = append(p.facts.Files, NodeFile{FileRole(Clean(fields[0])), Clean(fields[4]), uint32(mode), uid, gid})
	return nil
}

// user reads "UID SHELL NAME".
func (p *nodeProbeParser) user(rest string) error {
	fields := strings.SplitN(rest, " ", 3)
	if len(fields) < 3 {
		return fmt.Errorf("the probe says of a user only %.80q", rest)
	}
	uid, err := strconv.ParseInt(fields[0], 10, 64)
	if err != nil {
		return fmt.Errorf("reading what the probe says of a user: %w", err)
	}
	p.facts.Users = append(p.facts.Users, NodeUser{Clean(fields[2]), uid, Clean(fields[1])})
	return nil
}

// finish puts together what depends on several lines.
func (p *nodeProbeParser) finish() NodeFacts {
	f := p.facts
	f.Listening, _ = readSockets(p.sockets)
	if f.Kubelet == nil {
		return f
	}
	if config, err := p.kubeletConfig(); err != nil {
		f.Unseen = append(f.Unseen, Unseen{"kubelet-config", Clean(err.Error())})
	} else {
		f.Kubelet.Config = config
	}
	var masker Masker
	for i, argument := range f.Kubelet.Arguments {
		f.Kubelet.Arguments[i] = Clean(masker.Text(argument))
	}
	return f
}

// kubeletConfig is the file's, with the defaults filled in and the flags over
// it; nil where the probe has said that it couldn't be seen.
func (p *nodeProbeParser) kubeletConfig() (*kubeletconfig.KubeletConfiguration, error) {
	flags := kubeletFlags(p.facts.Kubelet.Arguments)
	config := &kubeletconfig.KubeletConfiguration{}
	_, hasFile := flags["config"]
	switch {
	case flags["config-dir"] != "":
		return nil, errors.New("its kubelet takes parts of its configuration from " + flags["config-dir"] + ", which kiln doesn't read")
	case hasFile && p.config.Len() == 0:
		if slices.ContainsFunc(p.facts.Unseen, func(u Unseen) bool { return u.What == "kubelet-config" }) {
			return nil, nil // the probe has said why
		}
		return nil, errors.New("its kubelet's configuration was not there to read")
	}
	if err := yaml.Unmarshal([]byte(p.config.String()), config); err != nil {
		return nil, fmt.Errorf("its kubelet's configuration can't be read: %w", err)
	}
	config.StaticPodURLHeader = nil // may hold a password
	defaultKubelet(config, hasFile)
	return config, overlayFlags(config, flags)
}
