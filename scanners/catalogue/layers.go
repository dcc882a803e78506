package catalogue

import (
	"kiln/scanners"
	"kiln/scanners/api"
	"kiln/scanners/audit"
	"kiln/scanners/data"
	"kiln/scanners/network"
	"kiln/scanners/node"
	"kiln/scanners/pod"
)

// Introduction is the Markdown that tells what a layer is, how it is attacked
// and what to do first; empty for what is no layer.
func Introduction(layer scanners.Layer) string {
	introductions := map[scanners.Layer]func() string{
		scanners.Node: node.Introduction, scanners.API: api.Introduction, scanners.Network: network.Introduction,
		scanners.Pod: pod.Introduction, scanners.Data: data.Introduction, scanners.Audit: audit.Introduction,
	}
	if introduce, ok := introductions[layer]; ok {
		return introduce()
	}
	return ""
}
