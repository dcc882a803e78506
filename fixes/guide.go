package fixes

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"kiln/kube"
	"kiln/scanners"
)

// guide writes the steps for one finding: sentences, and indented beneath them
// commands that can be copied line by line. The steps name what is there, and
// leave no blanks to fill in.
type guide struct {
	finding scanners.Finding
	inv     *kube.Inventory
	lines   []string
}

func (g *guide) text() string { return strings.Join(g.lines, "\n") }

// say adds a sentence.
func (g *guide) say(format string, args ...any) {
	g.lines = append(g.lines, fmt.Sprintf(format, args...))
}

// raw is a part of a command that is written as it is.
type raw string

// run adds a command. Texts among the arguments are quoted for the shell, for
// they come from the cluster.
func (g *guide) run(format string, args ...any) {
	for i, arg := range args {
		if text, ok := arg.(string); ok {
			args[i] = quote(text)
		}
	}
	g.lines = append(g.lines, "  "+fmt.Sprintf(format, args...))
}

// plain are words that no shell changes.
var plain = regexp.MustCompile(`^[A-Za-z0-9_%+:,./][A-Za-z0-9_@%+=:,./-]*$`)

// quote writes a text as one word of a shell command (bash, zsh), on one line.
func quote(text string) string {
	switch {
	case plain.MatchString(text):
		return text
	case strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return "$'" + escapeControls(text) + "'"
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// escapeControls is for $'…', where a line break doesn't end the command.
func escapeControls(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '\'' || r == '\\':
			b.WriteString(`\` + string(r))
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\x%02x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// target is the finding's object as kubectl takes it: deployment/web -n shop.
func (g *guide) target() raw { return target(g.finding.Object) }

// target writes kind and name as one word, so that no name is taken for an
// option.
func target(ref kube.Ref) raw {
	return raw(quote(kindName(ref)+"/"+ref.Name) + inNamespace(ref))
}

// kindName is what kubectl calls a kind: with its group where that isn't one
// of Kubernetes' own.
func kindName(ref kube.Ref) string {
	group, _, grouped := strings.Cut(ref.APIVersion, "/")
	kind := strings.ToLower(ref.Kind)
	if !grouped || !strings.Contains(group, ".") || strings.HasSuffix(group, ".k8s.io") {
		return kind
	}
	return kind + "." + group
}

// file is where steps keep the finding's object.
func (g *guide) file(suffix string) string { return fileFor(g.finding.Object, suffix) }

func fileFor(ref kube.Ref, suffix string) string {
	name := strings.ToLower(ref.Kind) + "-" + ref.Name
	return unsafeInFile.ReplaceAllString(name, "_") + suffix
}

var unsafeInFile = regexp.MustCompile(`[^A-Za-z0-9_.-]`)

// patch adds a JSON patch of the object. Tests before what it changes keep it
// from hitting something else.
func (g *guide) patch(ref kube.Ref, operations ...PatchOperation) {
	g.run("kubectl patch %s --type=json -p %s", target(ref), inJSON(operations))
}

// merge adds a merge patch of the object.
func (g *guide) merge(ref kube.Ref, fields map[string]any) {
	g.run("kubectl patch %s --type=merge -p %s", target(ref), inJSON(fields))
}

// inJSON is for what kiln itself has put together, which always can be written.
func inJSON(value any) string {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return err.Error()
	}
	return strings.TrimSpace(b.String())
}

// keepCopy adds the command that keeps the object as it is.
func (g *guide) keepCopy() {
	g.say("Keep a copy, to go back to:")
	g.run("kubectl get %s -o yaml > %s", g.target(), g.file(".yaml"))
}
