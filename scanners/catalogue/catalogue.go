// Package catalogue is every check that kiln has.
package catalogue

import (
	"slices"

	"kiln/scanners"
	"kiln/scanners/api"
	"kiln/scanners/audit"
	"kiln/scanners/data"
	"kiln/scanners/imported"
	"kiln/scanners/network"
	"kiln/scanners/node"
	"kiln/scanners/pod"
)

// Checks lists the checks of the six layers, in the layers' order.
func Checks() []scanners.Check { return all(scanners.DefaultConfig()) }

// Configured lists the checks as a configuration wants them.
func Configured(config scanners.Config) ([]scanners.Check, error) {
	return config.Apply(all(config))
}

func all(config scanners.Config) []scanners.Check {
	checks := slices.Concat(node.Checks(config), api.Checks(config), network.Checks(config), pod.Checks(config), data.Checks(config), audit.Checks(config), imported.Checks())
	layers := scanners.Layers()
	slices.SortStableFunc(checks, func(a, b scanners.Check) int {
		return slices.Index(layers, a.Layer) - slices.Index(layers, b.Layer)
	})
	return checks
}
