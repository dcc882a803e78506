package fixes

import (
	"slices"
	"strings"
	"testing"
	"time"

	"kiln/kube"
)

func TestWrittenFoldersAreTheOutermostOfTheContainersOwn(t *testing.T) {
	t.Parallel()
	evidence := []kube.Evidence{
		{Written: []kube.WrittenFolder{{Path: "/var/cache/app/deep", Volume: "/"}, {Path: "/data", Volume: "/data"}, {Path: "/tmp", Volume: "/"}}},
		{Written: []kube.WrittenFolder{{Path: "/var/cache/app", Volume: "/"}, {Path: "/var/cache/app2", Volume: "/"}, {Path: "/", Volume: "/"}}},
	}
	if got := writtenFolders(evidence); !slices.Equal(got, []string{"/tmp", "/var/cache/app", "/var/cache/app2"}) {
		t.Errorf("folders %v", got)
	}
	if !writesToRoot(evidence) || writesToRoot(evidence[:1]) {
		t.Error("only the second probe saw something written to / itself")
	}
}

func TestEvidenceThatCouldNotSeeFilesIsNone(t *testing.T) {
	t.Parallel()
	seen := kube.Evidence{Time: time.Date(2026, 3, 14, 9, 26, 0, 0, time.UTC)}
	blind := kube.Evidence{Unknown: []string{"the container's files can't be read"}}
	if !sawFiles([]kube.Evidence{seen}) || sawFiles([]kube.Evidence{seen, blind}) || sawFiles(nil) {
		t.Error("a probe that could not look must not count as one that saw nothing")
	}
}

func TestNotesAboutTheUserThatWasSeen(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 14, 9, 26, 0, 0, time.UTC)
	if _, ok := onlyUser([]kube.Evidence{{UID: 1000}, {UID: 0}}); ok {
		t.Error("two users are not one")
	}
	notes := userNotes(1000, 1000, Situation{Now: at.Add(3 * time.Hour), Evidence: []kube.Evidence{{UID: 1000, Time: at}}})
	if !strings.Contains(notes[0], "the probe of 2026-03-14 09:26 UTC (3h ago) saw it run as user 1000 already") {
		t.Errorf("notes %q", notes)
	}
	root := []kube.Evidence{
		{Time: at, Listening: []kube.Socket{{Protocol: "TCP", Port: 80}, {Protocol: "TCP", Port: 8080}}},
		{Time: at.Add(time.Hour), Written: []kube.WrittenFolder{{Path: "/var/run/app", Volume: "/"}}},
	}
	all := strings.Join(userNotes(nobodyInParticular, 0, Situation{Now: at.Add(time.Hour), Evidence: root}), "\n")
	if !strings.Contains(all, "2 probes, from 2026-03-14 09:26 UTC to 2026-03-14 10:26 UTC (just now),") ||
		!strings.Contains(all, "port 80:") || !strings.Contains(all, "/var/run/app") {
		t.Errorf("notes %s", all)
	}
}

// seenOn is a situation with probes that are two minutes old.
func seenOn(evidence ...kube.Evidence) Situation {
	at := time.Date(2026, 3, 14, 9, 26, 0, 0, time.UTC)
	for i := range evidence {
		evidence[i].Time = at
	}
	return Situation{Evidence: evidence, Now: at.Add(2 * time.Minute)}
}

func TestCapabilitiesThatAreKeptForWhatWasSeen(t *testing.T) {
	t.Parallel()
	listening := func(ports ...int) kube.Evidence {
		e := kube.Evidence{Effective: []string{"CHOWN", bindLowPorts}, Bounding: []string{"CHOWN", bindLowPorts}}
		for _, port := range ports {
			e.Listening = append(e.Listening, kube.Socket{Protocol: "TCP", Port: port})
		}
		return e
	}
	opened := listening(80)
	opened.OpenPorts = 80
	master := listening(8080)
	master.Users = []int64{0, 101}
	raw := listening(8080)
	raw.RawSockets = 1
	unprivileged := kube.Evidence{UID: 1000}
	for name, c := range map[string]struct {
		seen kube.Evidence
		kept string
		note string
	}{
		"a high port":                     {listening(8080), "", "which of them it uses can't be seen"},
		"a low port":                      {listening(80), bindLowPorts, "capabilities CHOWN, NET_BIND_SERVICE"},
		"a low port that is open":         {opened, "", "takes no capability there: its runtime opens the ports from 80 on"},
		"a master that starts as root":    {master, "SETGID,SETUID", ""},
		"a raw socket":                    {raw, "NET_RAW", ""},
		"no capability at all, no change": {unprivileged, "", "nothing changes for it"},
	} {
		s := seenOn(c.seen)
		q := Question{Key: keepQuestion, Many: true}
		keepWhatWasSeen(&q, s, nil)
		notes := strings.Join(capabilityNotes(s), "\n")
		if q.Value != c.kept || !strings.Contains(notes, c.note) || !strings.Contains(notes, "the probe of 2026-03-14 09:26 UTC (2m ago) saw") {
			t.Errorf("%s: keeps %q, notes %s", name, q.Value, notes)
		}
		for _, choice := range q.Choices {
			if !strings.Contains(choice.Found, "(2m ago) saw") {
				t.Errorf("%s: %s isn't explained: %q", name, choice.Value, choice.Found)
			}
		}
	}
	q := Question{Key: keepQuestion, Many: true}
	if keepWhatWasSeen(&q, seenOn(listening(80)), []string{bindLowPorts}); q.Value != "" {
		t.Errorf("what is added already is kept twice: %q", q.Value)
	}
}

func TestWhatProbesSayOfTheToken(t *testing.T) {
	t.Parallel()
	notes := func(e kube.Evidence) string {
		s := seenOn(e)
		s.Workloads = map[kube.Ref][]kube.Evidence{{}: s.Evidence}
		return strings.Join(tokenNotes(s), "\n")
	}
	server := kube.Connection{Port: 443, Peers: []kube.Peer{{Kind: "Service", Namespace: "default", Name: "kubernetes"}}}
	for name, c := range map[string]struct {
		seen kube.Evidence
		want string
	}{
		"not mounted":          {kube.Evidence{}, "nothing changes for it"},
		"mounted":              {kube.Evidence{TokenMounted: true}, "Whether it is used can't be seen"},
		"mounted, and in use":  {kube.Evidence{TokenMounted: true, Connections: []kube.Connection{server}}, "most likely logs in with the token"},
		"mounted, and visited": {kube.Evidence{TokenMounted: true, Connections: []kube.Connection{{Inbound: true, Peers: server.Peers}}}, "without a connection to the API server"},
	} {
		if got := notes(c.seen); !strings.Contains(got, c.want) {
			t.Errorf("%s: %s", name, got)
		}
	}
	if got := tokenNotes(Situation{}); got != nil {
		t.Errorf("nobody looked, and it says %q", got)
	}
}
