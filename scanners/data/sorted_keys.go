package data

import (
	"maps"
	"slices"
)

// sortedKeys walks a map in the same order in every run.
func sortedKeys[V any](m map[string]V) []string {
	return slices.Sorted(maps.Keys(m))
}
