package fixes

import (
	"slices"
	"strconv"
	"strings"
)

// pathElements takes a finding's path apart: spec.volumes[0].hostPath, or
// metadata.labels[some.name/key].
func pathElements(path string) []string {
	var elements []string
	for path != "" {
		if rest, ok := strings.CutPrefix(path, "["); ok {
			element, after, _ := strings.Cut(rest, "]")
			elements, path = append(elements, element), strings.TrimPrefix(after, ".")
			continue
		}
		end := strings.IndexAny(path, ".[")
		if end < 0 {
			return append(elements, path)
		}
		elements = append(elements, path[:end])
		path = strings.TrimPrefix(path[end:], ".")
	}
	return elements
}

// pointer is a path as JSON patches write it.
func pointer(elements ...string) string {
	var b strings.Builder
	for _, e := range elements {
		b.WriteString("/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(e))
	}
	return b.String()
}

// upTo is the path up to the first element of that name and the number behind
// it: …volumes[2] of …volumes[2].hostPath.
func upTo(path, list string) (elements []string, index int, ok bool) {
	all := pathElements(path)
	i := slices.Index(all, list)
	if i < 0 || i+1 >= len(all) {
		return nil, 0, false
	}
	index, err := strconv.Atoi(all[i+1])
	return all[:i+2], index, err == nil
}

// jsonPath writes a path as kubectl takes it.
func jsonPath(elements []string) string {
	var b strings.Builder
	for i, e := range elements {
		switch {
		case strings.Trim(e, "0123456789") == "":
			b.WriteString("[" + e + "]")
			continue
		case i > 0:
			b.WriteString(".")
		}
		b.WriteString(escapedKey(e))
	}
	return b.String()
}

// escapedKey keeps the dots of a key together.
func escapedKey(key string) string { return strings.ReplaceAll(key, ".", `\.`) }
