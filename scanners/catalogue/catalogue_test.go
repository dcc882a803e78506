package catalogue_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/catalogue"
	"kiln/scanners/scantest"
)

var wellFormed = regexp.MustCompile(`^[a-z]+/[a-z0-9]+(-[a-z0-9]+)*$`)

func TestEveryCheckIsComplete(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range catalogue.Checks() {
		t.Run(c.ID, func(t *testing.T) {
			if !wellFormed.MatchString(c.ID) || !strings.HasPrefix(c.ID, string(c.Layer)+"/") && !strings.HasPrefix(c.ID, "import/") {
				t.Errorf("the id isn't %s/some-name or import/some-tool", c.Layer)
			}
			if seen[c.ID] {
				t.Error("the id is used twice")
			}
			seen[c.ID] = true
			if !slices.Contains(scanners.Layers(), c.Layer) {
				t.Errorf("layer %q doesn't exist", c.Layer)
			}
			if !slices.Contains(scanners.Severities(), c.Severity) {
				t.Errorf("severity %d doesn't exist", c.Severity)
			}
			if !slices.Contains([]scanners.FixKind{scanners.Safe, scanners.Guided, scanners.Manual}, c.Fix) {
				t.Errorf("fix %q doesn't exist", c.Fix)
			}
			if c.Title == "" || strings.HasSuffix(c.Title, ".") {
				t.Errorf("the title %q is not a sentence without a full stop", c.Title)
			}
			if len(c.References) == 0 {
				t.Error("no references")
			}
			if c.Find == nil {
				t.Error("finds nothing")
			}
			if len(c.Needs)+len(c.Reads) == 0 {
				t.Error("reads nothing, so it would pass a cluster that nobody could read")
			}
		})
	}
}

func TestEverySeverityIsExplained(t *testing.T) {
	for _, c := range catalogue.Checks() {
		why := scanners.WhyOf(c.Lesson)
		if why.Verdict != c.Severity.String() {
			t.Errorf("%s is %s, and its lesson calls it %q", c.ID, c.Severity, why.Verdict)
		}
		for name, text := range map[string]string{"reach": why.Reach, "damage": why.Damage, "ease": why.Ease} {
			if len(text) < 6 || strings.HasSuffix(text, ".") || strings.Contains(text, "|") {
				t.Errorf("%s: its lesson gives %q for its %s", c.ID, text, name)
			}
		}
	}
}

func TestEveryLayerIsIntroduced(t *testing.T) {
	for _, layer := range scanners.Layers() {
		text := catalogue.Introduction(layer)
		for _, section := range []string{"# The ", "\n## What to do first\n1. "} {
			if !strings.Contains(text, section) {
				t.Errorf("%s: the introduction lacks %q", layer, section)
			}
		}
	}
	if catalogue.Introduction("kitchen") != "" {
		t.Error("a layer that doesn't exist was introduced")
	}
}

func TestLayersComeInTheirOrder(t *testing.T) {
	var layers []scanners.Layer
	for _, c := range catalogue.Checks() {
		layers = append(layers, c.Layer)
	}
	if got := slices.Compact(layers); !slices.Equal(got, scanners.Layers()) {
		t.Errorf("the layers come as %v", got)
	}
}

func TestNoCheckFailsOnAnEmptyInventory(t *testing.T) {
	for _, result := range scanners.Evaluate(catalogue.Checks(), &kube.Inventory{}) {
		for _, f := range result.Findings {
			if f.Object.Kind != "Cluster" && f.Object.Kind != "APIServer" {
				t.Errorf("%s found %s in nothing", f.Check, f.Object)
			}
		}
	}
}

func TestOnesOwnToolsAreRecognised(t *testing.T) {
	config, err := scanners.ReadConfig(strings.NewReader("apiVersion: kiln/v1\nkind: Config\ntools:\n  runtime-detection:\n  - {name: Ours, images: [platform/sensor]}\n"))
	if err != nil {
		t.Fatal(err)
	}
	checks, err := catalogue.Configured(config)
	if err != nil {
		t.Fatal(err)
	}
	inv := scantest.Cluster(t, "{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: sensor}, spec: {template: {spec: {containers: [{name: s, image: 'registry.example/platform/sensor:3'}]}}}}")
	for name, tt := range map[string]struct {
		checks []scanners.Check
		want   scanners.Status
	}{"by default": {catalogue.Checks(), scanners.Fail}, "configured": {checks, scanners.Pass}} {
		at := slices.IndexFunc(tt.checks, func(c scanners.Check) bool { return c.ID == "audit/no-runtime-detection" })
		if got := scanners.Evaluate(tt.checks[at:at+1], inv)[0]; got.Status != tt.want {
			t.Errorf("%s: %s, want %s", name, got.Status, tt.want)
		}
	}
}

func TestAMistakeInTheToolsIsAnError(t *testing.T) {
	_, err := scanners.ReadConfig(strings.NewReader("apiVersion: kiln/v1\nkind: Config\ntools: {runtime-detecton: [{name: Ours, images: [x]}]}\n"))
	if err == nil || !strings.Contains(err.Error(), `no category "runtime-detecton"`) {
		t.Errorf("error: %v", err)
	}
}
