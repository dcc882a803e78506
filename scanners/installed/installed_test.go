package installed

import (
	"strings"
	"testing"
)

func TestPathDropsTagAndDigest(t *testing.T) {
	for image, want := range map[string]string{
		"falco":                               "falco",
		"falco:0.42":                          "falco",
		"localhost:5000/falco":                "localhost:5000/falco",
		"localhost:5000/sec/falco:1@sha256:a": "localhost:5000/sec/falco",
		"":                                    "",
	} {
		if got := path(image); got != want {
			t.Errorf("%q: %q, want %q", image, got, want)
		}
	}
}

func TestEveryCategoryHasTools(t *testing.T) {
	categories := []Category{
		RuntimeDetection, LogShipping, Metrics, FlowLogs, Mesh, PolicyEngine, ImageScanning,
		FileIntegrity, Backup, ExternalSecrets, NetworkPlugin, PlainNetworkPlugin,
	}
	if len(Embedded()) != len(categories) {
		t.Errorf("the table has %d categories, the code %d", len(Embedded()), len(categories))
	}
	for _, c := range categories {
		if len(Embedded()[c]) == 0 {
			t.Errorf("%s is empty", c)
		}
	}
}

func TestEveryToolCanBeRecognised(t *testing.T) {
	for category, tools := range Embedded() {
		for _, tool := range tools {
			if tool.Name == "" || len(tool.Images)+len(tool.Groups)+len(tool.CRDs) == 0 {
				t.Errorf("%s: %+v", category, tool)
			}
			for _, image := range tool.Images {
				if strings.ContainsAny(image, ":@") || strings.Count(image, "/") > 1 {
					t.Errorf("%s: the image %q should be the end of a path", tool.Name, image)
				}
			}
		}
	}
}

func TestParseRefusesUnknownKeys(t *testing.T) {
	if _, err := parse([]byte("mesh:\n- {name: x, picture: y}\n")); err == nil {
		t.Error("no error")
	}
}

func TestATableWithOnesOwnTools(t *testing.T) {
	own := Table{Mesh: {{Name: "Ours", Images: []string{"platform/mesh"}}}}
	if err := own.Complain(); err != nil {
		t.Error(err)
	}
	both := Embedded().With(own)
	if both[Mesh][0].Name != "Ours" || len(both[Mesh]) != len(Embedded()[Mesh])+1 || len(both[Backup]) != len(Embedded()[Backup]) {
		t.Errorf("meshes: %+v", both[Mesh])
	}
	for want, wrong := range map[string]Table{
		"no category \"mash\"": {"mash": {{Name: "Ours", Images: []string{"x"}}}},
		"mesh: a tool needs":   {Mesh: {{Name: "Ours"}}},
	} {
		if err := wrong.Complain(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
