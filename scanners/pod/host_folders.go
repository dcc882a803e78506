package pod

import (
	"path"
	"strings"

	"kiln/scanners"
)

// power is what a folder of the node gives to those who may write to it, and
// to those who may only read it.
type power struct {
	folder      string
	write, read scanners.Severity
}

// powers lists the folders whose content the node runs, trusts or hides.
func powers() []power {
	const critical, high, medium = scanners.Critical, scanners.High, scanners.Medium
	return []power{
		{"/bin", critical, medium},
		{"/boot", critical, medium},
		{"/dev", critical, high},
		{"/etc", critical, high},
		{"/home", critical, high},
		{"/lib", critical, medium},
		{"/lib64", critical, medium},
		{"/proc", critical, high},
		{"/root", critical, high},
		{"/run", critical, high},
		{"/sbin", critical, medium},
		{"/sys", high, medium},
		{"/usr", critical, medium},
		{"/var/lib/containerd", critical, high},
		{"/var/lib/containers", critical, high},
		{"/var/lib/docker", critical, high},
		{"/var/lib/etcd", critical, critical},
		{"/var/lib/kubelet", critical, high},
		{"/var/lib/rancher", critical, high},
		{"/var/log", high, medium},
		{"/var/run", critical, high},
		{"/var/spool/cron", critical, medium},
	}
}

// harmless are what many agents need from among those folders, and what gives
// no power over the node.
func harmless() []string {
	return []string{
		"/etc/ca-certificates", "/etc/localtime", "/etc/machine-id", "/etc/os-release", "/etc/ssl/certs", "/etc/timezone",
		"/lib/modules", "/run/xtables.lock", "/usr/lib/modules", "/usr/local/share/ca-certificates", "/usr/share/ca-certificates",
		"/usr/share/zoneinfo",
	}
}

// powerOf rates a path of the node by the folder it lies in, and by those
// that it holds.
func powerOf(hostPath string) (write, read scanners.Severity) {
	p := path.Clean("/" + hostPath)
	write, read = scanners.Medium, scanners.Medium
	for _, h := range harmless() {
		if within(p, h) {
			return write, read
		}
	}
	for _, power := range powers() {
		if within(p, power.folder) || within(power.folder, p) {
			write, read = max(write, power.write), max(read, power.read)
		}
	}
	return write, read
}

// within says that p is folder or lies below it.
func within(p, folder string) bool {
	return p == folder || folder == "/" || strings.HasPrefix(p, folder+"/")
}
