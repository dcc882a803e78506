package manifest

import (
	"fmt"
	"reflect"
)

// pair is an item that stays: its places before and after.
type pair struct{ before, after int }

// longestAlignment bounds the work on two lists that differ a lot.
const longestAlignment = 4_000_000

// align finds the items that stay in a list: the same ones, or those that
// their names tell to be the same though changed.
func align(before, after []any) []pair {
	var pairs []pair
	start := 0
	for start < min(len(before), len(after)) && same(before[start], after[start]) {
		pairs = append(pairs, pair{start, start})
		start++
	}
	tail := 0
	for tail < min(len(before), len(after))-start && same(before[len(before)-1-tail], after[len(after)-1-tail]) {
		tail++
	}
	pairs = append(pairs, common(before[start:len(before)-tail], after[start:len(after)-tail], start)...)
	for i := tail; i > 0; i-- {
		pairs = append(pairs, pair{len(before) - i, len(after) - i})
	}
	return withNameless(pairs, before, after)
}

// withNameless pairs mappings that nothing names, by their order between those
// that are paired already.
func withNameless(pairs []pair, before, after []any) []pair {
	var all []pair
	i, j := 0, 0
	for _, next := range append(pairs, pair{len(before), len(after)}) {
		for i < next.before && j < next.after {
			switch {
			case !nameless(before[i]):
				i++
			case !nameless(after[j]):
				j++
			default:
				all = append(all, pair{i, j})
				i, j = i+1, j+1
			}
		}
		if next.before < len(before) {
			all = append(all, next)
		}
		i, j = next.before+1, next.after+1
	}
	return all
}

func nameless(item any) bool {
	fields, ok := item.(map[string]any)
	return ok && identity(fields) == ""
}

// common is the longest common subsequence.
func common(before, after []any, offset int) []pair {
	if len(before)*len(after) > longestAlignment {
		return nil
	}
	length := make([][]int, len(before)+1)
	for i := range length {
		length[i] = make([]int, len(after)+1)
	}
	for i := len(before) - 1; i >= 0; i-- {
		for j := len(after) - 1; j >= 0; j-- {
			length[i][j] = max(length[i+1][j], length[i][j+1])
			if same(before[i], after[j]) {
				length[i][j] = max(length[i][j], length[i+1][j+1]+1)
			}
		}
	}
	var pairs []pair
	for i, j := 0, 0; i < len(before) && j < len(after); {
		switch {
		case same(before[i], after[j]) && length[i][j] == length[i+1][j+1]+1:
			pairs = append(pairs, pair{offset + i, offset + j})
			i, j = i+1, j+1
		case length[i+1][j] >= length[i][j+1]:
			i++
		default:
			j++
		}
	}
	return pairs
}

// same says that two items are one and the same.
func same(a, b any) bool {
	one, ok := a.(map[string]any)
	other, ok2 := b.(map[string]any)
	if !ok || !ok2 {
		return reflect.DeepEqual(a, b)
	}
	name := identity(one)
	return name != "" && name == identity(other) || reflect.DeepEqual(a, b)
}

// identity is what tells an item of a list from the others, whatever else it
// says: the keys by which Kubernetes merges its lists.
func identity(item map[string]any) string {
	text := ""
	for _, key := range []string{"kind", "namespace", "name", "mountPath", "devicePath", "containerPort", "port", "ip", "topologyKey", "key"} {
		switch value := item[key].(type) {
		case string, int64, float64, bool:
			text += fmt.Sprintf("%s=%v\x00", key, value)
		}
	}
	return text
}
