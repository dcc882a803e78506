package kube

import (
	"reflect"
	"strings"
	"testing"
)

// probed is what the script writes for a container that runs as root, writes
// to three folders, and talks to a peer.
const probed = `pid 1
status Name:	hello
status Uid:	0	1000	0	0
status Gid:	0	2000	0	0
status CapEff:	0000000000000401
status CapBnd:	8000000000000400
status NoNewPrivs:	1
status Seccomp:	2
apparmor cri-containerd.apparmor.d (enforce)
clock 2000 1000
tcp 0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 1 1
tcp 1: 0500F40A:9C40 0400F40A:0050 01 00000000:00000000 00:00000000 00000000 0 0 2 1
tcp6 0: 00000000000000000000000000000000:01BB 00000000000000000000000000000000:0000 0A
tcp6 1: 0000000000000000FFFF00000500F40A:01BB 0000000000000000FFFF00000600F40A:C001 01
tcp6 2: 0000000000000000FFFF00000100007F:01BB 0000000000000000FFFF00000100007F:C001 01
udp 0: 00000000:0035 00000000:0000 07
mount 100 99 0:40 / / rw,relatime - overlay overlay rw
mount 101 100 0:41 / /data rw,relatime - ext4 /dev/vda rw
mount 102 100 0:42 / /with\040space ro,relatime - tmpfs tmpfs rw
mount 103 100 0:43 / /etc/hosts rw - ext4 /dev/vda rw
token mounted
shell /bin/sh
packages /sbin/apk
files
setuid /bin/su
written 1000 /tmp/state
written 1001 /data/cache/a
written 1002 /data/cache/b
written 997 /etc/before
written 998 /tmp/at-once
written 1500 /etc/hosts
written 1500 /with space/..2026/token
written soon /etc/odd
status Uid:	0	7	0	0
end
`

func TestParseProbe(t *testing.T) {
	t.Parallel()
	e, err := parseProbe(probed)
	if err != nil {
		t.Fatal(err)
	}
	if e.UID != 1000 || e.GID != 2000 {
		t.Errorf("runs as %d:%d; a file's name must not change that", e.UID, e.GID)
	}
	if !reflect.DeepEqual(e.Effective, []string{"CHOWN", "NET_BIND_SERVICE"}) || !reflect.DeepEqual(e.Bounding, []string{"NET_BIND_SERVICE", "CAP_63"}) {
		t.Errorf("capabilities %v, %v", e.Effective, e.Bounding)
	}
	if !e.NoNewPrivs || e.Seccomp != "filter" || !strings.HasPrefix(e.AppArmor, "cri-containerd") || !e.TokenMounted || e.Started.Unix() != 1000 {
		t.Errorf("%+v", e)
	}
	written := []WrittenFolder{{"/data/cache", 2, "/data"}, {"/tmp", 2, "/"}}
	if !reflect.DeepEqual(e.Written, written) {
		t.Errorf("written %v, want %v", e.Written, written)
	}
	listening := []Socket{{"UDP", "0.0.0.0", 53}, {"TCP", "::", 443}, {"TCP", "127.0.0.1", 8080}}
	if !reflect.DeepEqual(e.Listening, listening) {
		t.Errorf("listening %v, want %v", e.Listening, listening)
	}
	connections := []Connection{{Peer: "10.244.0.4", Port: 80}, {Inbound: true, Peer: "10.244.0.6", Port: 443}}
	if !reflect.DeepEqual(e.Connections, connections) {
		t.Errorf("connections %v, want %v", e.Connections, connections)
	}
	if len(e.Unknown) > 0 || e.Setuid[0] != "/bin/su" || e.Shells[0] != "/bin/sh" || e.PackageManagers[0] != "/sbin/apk" {
		t.Errorf("%+v", e)
	}
}

func TestParseProbeThatSawLittle(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ text, want string }{
		"nothing":       {"", "says nothing"},
		"no process":    {"problem no process is visible\nend\n", "no process is visible"},
		"a wrong id":    {"status Uid:\tx y\n", "Uid"},
		"a wrong clock": {"clock x y\n", "clock"},
	} {
		if _, err := parseProbe(test.text); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	cut, err := parseProbe("status Uid:\t0\t0\t0\t0\nfiles\nunread /big\n")
	if err != nil || len(cut.Unknown) != 2 {
		t.Errorf("cut off: %v, %v", cut.Unknown, err)
	}
}

func FuzzParseProbe(f *testing.F) {
	f.Add(probed)
	f.Add("status Uid:\nstatus CapEff:\tzz\ntcp \nmount  - \nfiles\nwritten\nsetuid \x1b[31m\n")
	f.Fuzz(func(t *testing.T, text string) {
		e, err := parseProbe(text)
		if err != nil {
			return
		}
		for _, w := range e.Written {
			if w.Files < 1 || !strings.HasPrefix(w.Path, "/") || w.Path != Clean(w.Path) {
				t.Errorf("written: %+v", w)
			}
		}
		for _, name := range append(e.Setuid, e.Unknown...) {
			if name != Clean(name) {
				t.Errorf("not clean: %q", name)
			}
		}
		if len(e.Connections) > strings.Count(text, "\n")+1 {
			t.Errorf("%d connections", len(e.Connections))
		}
	})
}

func TestEvidenceStoreKeepsTheNewest(t *testing.T) {
	t.Parallel()
	store, err := OpenEvidence(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	cluster := &Cluster{UID: "here"}
	for i := range keptProbes + 2 {
		if err := store.Add(cluster, Evidence{Template: "ReplicaSet/web-1", Container: "app", UID: int64(i)}); err != nil {
			t.Fatal(err)
		}
	}
	all, err := store.Of(cluster, "", "ReplicaSet/web-1", "app")
	if err != nil || len(all) != keptProbes || all[0].UID != 2 || all[keptProbes-1].UID != keptProbes+1 {
		t.Errorf("%d probes, %v", len(all), err)
	}
	for _, other := range []struct{ cluster, template, container string }{
		{"elsewhere", "ReplicaSet/web-1", "app"}, {"here", "ReplicaSet/web-2", "app"}, {"here", "ReplicaSet/web-1", "sidecar"},
	} {
		if all, err := store.Of(&Cluster{UID: other.cluster}, "", other.template, other.container); err != nil || len(all) > 0 {
			t.Errorf("%v has %d probes, %v", other, len(all), err)
		}
	}
}
