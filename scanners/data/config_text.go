package data

import (
	"encoding/json"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
)

// leak is a credential found in a text, by the name it has there.
type leak struct {
	name, what string
}

// assignment is a line that gives a name a value, in properties, shell, YAML,
// INI, TOML or indented JSON.
var assignment = regexp.MustCompile(`^\s*(?:-\s+)?(?:export\s+)?["']?([A-Za-z_][\w.-]*)["']?\s*[:=]\s*(.+?)\s*,?\s*$`)

// inText finds credentials in one entry of a ConfigMap: in the value itself
// where it is a single one, and in the settings that its text holds.
func (d detector) inText(key, value string) []leak {
	value = strings.TrimSpace(value)
	if !strings.Contains(value, "\n") {
		if what := d.credential(key, value); what != "" {
			return []leak{{"", what}}
		}
	}
	var leaks []leak
	told := func(what string) bool {
		return slices.ContainsFunc(leaks, func(l leak) bool { return l.what == what })
	}
	eachSetting(key, value, func(name, value string) {
		if what := d.credential(name, value); what != "" && !slices.Contains(leaks, leak{name, what}) {
			leaks = append(leaks, leak{name, what})
		}
	})
	// What has a form of its own may stand anywhere in a text.
	if what := byForm(d.patterns, value); what != "" && !told(what) {
		leaks = append(leaks, leak{"", what})
	}
	return leaks
}

// eachSetting calls add for the names and values in a text: of a JSON
// document, else line by line.
func eachSetting(key, text string, add func(name, value string)) {
	var document any
	switch {
	case strings.HasPrefix(text, "{") && json.Unmarshal([]byte(text), &document) == nil:
		walkJSON("", document, add)
	case !isCode(key):
		for line := range strings.Lines(text) {
			if name, value, ok := setting(line); ok {
				add(name, value)
			}
		}
	}
}

// isCode says that a file's lines are not settings: names there are variables
// and columns.
func isCode(key string) bool {
	return slices.Contains([]string{".go", ".html", ".js", ".lua", ".md", ".php", ".pl", ".py", ".rb", ".sql", ".tmpl", ".tpl", ".ts", ".xml"}, path.Ext(key))
}

// setting takes a line apart. Comments, blocks and calls of functions have no
// value to judge.
func setting(line string) (name, value string, ok bool) {
	trimmed := strings.TrimSpace(line)
	if trimmed == "" || strings.HasPrefix(trimmed, "#") || strings.HasPrefix(trimmed, "//") || trimmed[0] == ';' {
		return "", "", false
	}
	// The expression is dear, and most lines are dull.
	end := strings.IndexAny(trimmed, ":=")
	if end < 0 || !mayTell(trimmed[:end]) && !strings.Contains(trimmed, "@") {
		return "", "", false
	}
	m := assignment.FindStringSubmatch(line)
	if m == nil {
		return "", "", false
	}
	value = m[2]
	if quoted := value[0] == '"' || value[0] == '\''; quoted {
		end := strings.IndexByte(value[1:], value[0])
		if end < 0 {
			return "", "", false
		}
		return m[1], value[1 : 1+end], true
	}
	if i := strings.Index(value, " #"); i >= 0 {
		value = strings.TrimSpace(value[:i])
	}
	if value == "" || strings.ContainsAny(value[:1], "|>&*[{`") || strings.HasSuffix(value, "(") || call.MatchString(value) {
		return "", "", false
	}
	return m[1], value, true
}

var call = regexp.MustCompile(`^[A-Za-z_][\w.]*\(.*\)`)

func walkJSON(name string, node any, add func(name, value string)) {
	switch n := node.(type) {
	case map[string]any:
		for _, key := range sortedKeys(n) {
			walkJSON(key, n[key], add)
		}
	case []any:
		for _, item := range n {
			walkJSON(name, item, add)
		}
	case string:
		add(name, n)
	case float64:
		add(name, fmt.Sprint(n))
	}
}
