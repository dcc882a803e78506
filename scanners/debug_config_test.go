package scanners

import (
	"strings"
	"testing"
)

func TestImagesOfDebugContainers(t *testing.T) {
	t.Parallel()
	airGapped := DebugConfig{Image: "tools:1", Images: []string{"tools:1", "quay.example/net/shoot:2"}, Registry: "registry.example/mirror/"}
	for _, c := range []struct {
		name           string
		config         DebugConfig
		wanted, image  string
		refusalMention string
	}{
		{"nobody says anything", DebugConfig{}, "", "busybox:1.36", ""},
		{"somebody names one", DebugConfig{}, "alpine:3", "alpine:3", ""},
		{"a default", DebugConfig{Image: "tools:1"}, "", "tools:1", ""},
		{"the first that is allowed", DebugConfig{Images: []string{"a:1", "b:1"}}, "", "a:1", ""},
		{"air-gapped", airGapped, "", "registry.example/mirror/tools:1", ""},
		{"air-gapped, by its whole name", airGapped, "registry.example/mirror/tools:1", "registry.example/mirror/tools:1", ""},
		{"another registry stays", airGapped, "quay.example/net/shoot:2", "quay.example/net/shoot:2", ""},
		{"not allowed", airGapped, "busybox:1.36", "", "only of registry.example/mirror/tools:1, quay.example/net/shoot:2"},
		{"a folder is no registry", DebugConfig{Registry: "r.example"}, "team/tools:1", "r.example/team/tools:1", ""},
		{"a port is", DebugConfig{Registry: "r.example"}, "localhost:5000/tools:1", "localhost:5000/tools:1", ""},
	} {
		image, err := c.config.ImageFor(c.wanted, "busybox:1.36")
		if image != c.image || (err != nil) != (c.refusalMention != "") || err != nil && !strings.Contains(err.Error(), c.refusalMention) {
			t.Errorf("%s: %q, %v", c.name, image, err)
		}
	}
}
