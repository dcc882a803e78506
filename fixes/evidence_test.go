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
	notes := userNotes(1000, 1000, []kube.Evidence{{UID: 1000, Time: at}})
	if !strings.Contains(notes[0], "the probe of 2026-03-14 09:26 UTC saw it run as user 1000 already") {
		t.Errorf("notes %q", notes)
	}
	root := []kube.Evidence{
		{Time: at, Listening: []kube.Socket{{Protocol: "TCP", Port: 80}, {Protocol: "TCP", Port: 8080}}},
		{Time: at.Add(time.Hour), Written: []kube.WrittenFolder{{Path: "/var/run/app", Volume: "/"}}},
	}
	all := strings.Join(userNotes(nobodyInParticular, 0, root), "\n")
	if !strings.Contains(all, "2 probes, from 2026-03-14 09:26 UTC to 2026-03-14 10:26 UTC") ||
		!strings.Contains(all, "port 80:") || !strings.Contains(all, "/var/run/app") {
		t.Errorf("notes %s", all)
	}
}
