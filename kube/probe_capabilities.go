package kube

import (
	"fmt"
	"slices"
	"strconv"
)

// capabilities are Linux' own, by their bits, as pod specs name them.
var capabilities = [...]string{
	"CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP",
	"LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER",
	"SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE",
	"SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP",
	"MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF",
	"CHECKPOINT_RESTORE",
}

// Capabilities lists Linux' capabilities, as pod specs name them.
func Capabilities() []string { return slices.Clone(capabilities[:]) }

// capabilityNames reads the kernel's hexadecimal mask. A bit without a name,
// of a newer kernel, is named by its number.
func capabilityNames(mask string) ([]string, error) {
	bits, err := strconv.ParseUint(mask, 16, 64)
	if err != nil {
		return nil, err
	}
	names := []string{}
	for bit := range 64 {
		switch {
		case bits&(1<<bit) == 0:
		case bit < len(capabilities):
			names = append(names, capabilities[bit])
		default:
			names = append(names, fmt.Sprintf("CAP_%d", bit))
		}
	}
	return names, nil
}
