package node

import (
	"fmt"
	"slices"
	"strings"

	"kiln/kube"
	"kiln/scanners"
)

func loginUsers() scanners.Check {
	return probed{
		id: "node/login-users", title: "A node has accounts that people can log in to", severity: scanners.Low,
		references: []string{"NSA"}, looksAt: []string{"users"},
		faults: func(facts kube.NodeFacts) []scanners.Hit {
			var hits []scanners.Hit
			for _, user := range facts.Users {
				switch {
				case user.UID == 0 && user.Name != "root":
					hits = append(hits, scanners.Hit{Key: user.Name, Severity: scanners.High,
						Message: fmt.Sprintf("the account %s is root by another name (user 0)", user.Name)})
				case user.UID != 0:
					hits = append(hits, scanners.Hit{Key: user.Name,
						Message: fmt.Sprintf("the account %s (user %d) has the shell %s", user.Name, user.UID, user.Shell)})
				}
			}
			return hits
		},
	}.check()
}

func noMandatoryAccessControl() scanners.Check {
	return probed{
		id: "node/no-mandatory-access-control", title: "Neither SELinux nor AppArmor confines a node's containers", severity: scanners.Medium,
		references: []string{"CIS 5.6.3", "NSA"}, looksAt: []string{"security-modules"},
		faults: func(facts kube.NodeFacts) []scanners.Hit {
			unseen := facts.WhyUnseen("security-modules") != ""
			switch {
			case facts.AppArmor || facts.SELinux == "enforcing" || unseen:
				return nil
			case facts.SELinux == "permissive":
				return []scanners.Hit{{Key: "permissive", Message: "SELinux only writes down what it would refuse (permissive), and AppArmor is off"}}
			}
			return []scanners.Hit{{Key: "none", Message: "its kernel runs neither SELinux nor AppArmor"}}
		},
	}.check()
}

func writableUnits() scanners.Check {
	return probed{
		id: "node/writable-unit", title: "Anybody on a node can change what runs there as root", severity: scanners.Critical,
		references: []string{"NSA"}, looksAt: []string{"units"},
		faults: func(facts kube.NodeFacts) []scanners.Hit {
			var hits []scanners.Hit
			for _, path := range facts.WritableUnits {
				hits = append(hits, scanners.Hit{Path: path, Key: path, Message: path + " can be changed by every account and by every process that gets out of a container"})
			}
			return hits
		},
	}.check()
}

// kernelRule is a setting of the kernel, and the values that let an attacker
// do more than a node needs.
type kernelRule struct{ name, weak, what string }

// kernelRules are the Linux kernel's own recommendations
// (https://docs.kernel.org/admin-guide/sysctl/kernel.html).
func kernelRules() []kernelRule {
	return []kernelRule{
		{"kernel.randomize_va_space", "0 1", "programs and their data lie where an attacker expects them"},
		{"kernel.kptr_restrict", "0", "the kernel tells every process its own addresses"},
		{"kernel.dmesg_restrict", "0", "every process may read the kernel's log, addresses included"},
		{"kernel.unprivileged_bpf_disabled", "0", "every process may load BPF programs into the kernel"},
		{"kernel.yama.ptrace_scope", "0", "every process may read the memory of its user's other processes"},
		{"fs.protected_symlinks", "0", "links in shared folders can trick privileged programs"},
		{"fs.protected_hardlinks", "0", "links in shared folders can trick privileged programs"},
		{"fs.suid_dumpable", "1", "privileged programs leave their memory behind when they crash"},
	}
}

func kernelSettings() scanners.Check {
	return probed{
		id: "node/kernel-settings", title: "A node's kernel gives away what helps to break out", severity: scanners.Low,
		references: []string{"NSA"}, looksAt: []string{"sysctls"},
		faults: func(facts kube.NodeFacts) []scanners.Hit {
			var hits []scanners.Hit
			for _, rule := range kernelRules() {
				value, seen := facts.Sysctls[rule.name]
				if seen && slices.Contains(strings.Fields(rule.weak), value) {
					hits = append(hits, scanners.Hit{Path: rule.name, Key: rule.name, Message: fmt.Sprintf("%s is %s: %s", rule.name, value, rule.what)})
				}
			}
			return hits
		},
	}.check()
}
