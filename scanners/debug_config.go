package scanners

import (
	"fmt"
	"slices"
	"strings"
)

// DebugConfig says what debug containers and probes run, for clusters that
// can't pull any image.
type DebugConfig struct {
	// Image is what they run where nobody names another one.
	Image string `json:"image,omitempty"`
	// Images are all that they may run. Empty means any.
	Images []string `json:"images,omitempty"`
	// Registry is put before images that name no registry of their own:
	// "registry.example/mirror".
	Registry string `json:"registry,omitempty"`
}

// ImageFor is the image to run where somebody wants one, or, with an empty
// one, doesn't care. The error says which ones are allowed.
func (d DebugConfig) ImageFor(wanted, otherwise string) (string, error) {
	allowed := d.Choices()
	switch {
	case wanted == "" && d.Image != "":
		wanted = d.Image
	case wanted == "" && len(allowed) > 0:
		wanted = allowed[0]
	case wanted == "":
		wanted = otherwise
	}
	image := d.prefixed(wanted)
	if len(allowed) > 0 && !slices.Contains(allowed, image) {
		return "", fmt.Errorf("the configuration doesn't allow debug containers of %s, only of %s", image, strings.Join(allowed, ", "))
	}
	return image, nil
}

// Choices are the allowed images, as they are pulled; none if all are.
func (d DebugConfig) Choices() []string {
	choices := make([]string, len(d.Images))
	for i, image := range d.Images {
		choices[i] = d.prefixed(image)
	}
	return choices
}

// prefixed puts the registry before an image without one. The first part of a
// name is a registry's if it could be a host.
func (d DebugConfig) prefixed(image string) string {
	first, _, found := strings.Cut(image, "/")
	isHost := found && (strings.ContainsAny(first, ".:") || first == "localhost")
	if d.Registry == "" || isHost {
		return image
	}
	return strings.TrimSuffix(d.Registry, "/") + "/" + image
}
