package tui

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	mdtext "github.com/yuin/goldmark/text"

	"kiln/kube"
	"kiln/scanners"
)

// answer is what a reader says the object is.
type answer struct{ namespace, kind, name string }

// parseAnswer reads "web", "deploy/web", "shop/deploy/web", "Deployment web -n shop".
func parseAnswer(text string) answer {
	var a answer
	words := strings.Fields(text)
	if i := slices.Index(words, "-n"); i >= 0 && i+1 < len(words) {
		a.namespace = words[i+1]
		words = slices.Delete(words, i, i+2)
	}
	parts := strings.Split(strings.Join(words, "/"), "/")
	a.name = parts[len(parts)-1]
	if len(parts) > 1 {
		a.kind = parts[len(parts)-2]
	}
	if len(parts) > 2 {
		a.namespace = parts[len(parts)-3]
	}
	if kind, known := kindNamed(a.kind, nil); known {
		a.kind = kind
	}
	return a
}

// kindIs says whether the answer's kind, if it has one, is this.
func (a answer) kindIs(kind string) bool {
	return a.kind == "" || strings.EqualFold(a.kind, kind) || strings.EqualFold(a.kind, pluralOf(kind))
}

// is compares; how the name is capitalised is no matter to a learner.
func (a answer) is(ref kube.Ref) bool {
	return strings.EqualFold(a.name, ref.Name) && a.kindIs(ref.Kind) && (a.namespace == "" || a.namespace == ref.Namespace)
}

// begins says that the answer is a good part of a name, and not all of it.
func (a answer) begins(name string) bool {
	return len(a.name) >= 3 && len(a.name) < len(name) && strings.EqualFold(a.name, name[:len(a.name)])
}

// judgement is what kiln says to an answer.
type judgement struct {
	// right is the finding that was named; nil if the answer is wrong.
	right *scanners.Finding
	words string
}

// judge compares an answer with what the check found, and says how near it is.
func judge(a answer, findings, all []*scanners.Finding, inv *kube.Inventory) judgement {
	for _, f := range findings {
		if a.is(f.Object) {
			return judgement{f, fmt.Sprintf("That's one. %s: %s.", f.Object, f.Message)}
		}
	}
	workload, known := workloadNamed(a, inv)
	for _, f := range findings {
		if known && f.Object == workload && a.name != workload.Name {
			return judgement{f, fmt.Sprintf("That's one: the pod is made by %s, and there it is to be mended: %s.", workload, f.Message)}
		}
	}
	for _, f := range findings {
		if strings.EqualFold(a.name, f.Object.Name) {
			return judgement{words: "Hot: the name is right. Look at the kind and the namespace."}
		}
	}
	if begun := slices.ContainsFunc(findings, func(f *scanners.Finding) bool { return a.begins(f.Object.Name) }); begun && !known {
		return judgement{words: "Hot: that is how the name of a right one begins. Which one exactly?"}
	}
	where := cleanOr(a.namespace, workload.Namespace)
	for _, f := range all {
		if a.is(f.Object) {
			return judgement{words: fmt.Sprintf("Warm: something is wrong with %s, but another thing (%s).%s", f.Object, f.Check, nearness(f.Object.Namespace, findings))}
		}
	}
	switch {
	case known:
		return judgement{words: fmt.Sprintf("Lukewarm: %s is there, and this check has nothing against it.%s", workload, nearness(where, findings))}
	case a.name == "":
		return judgement{words: "Name an object: KIND/NAME, with -n NAMESPACE if there are several."}
	}
	return judgement{words: "Cold: kiln finds nothing wrong with an object of that name, if there is one." + nearness(where, findings)}
}

// nearness says whether the namespace is one of the right ones.
func nearness(namespace string, findings []*scanners.Finding) string {
	if namespace == "" {
		return ""
	}
	has := func(namespace string) bool {
		return slices.ContainsFunc(findings, func(f *scanners.Finding) bool { return f.Object.Namespace == namespace })
	}
	switch {
	case has(namespace):
		return " But the namespace is right."
	case has(""):
		return " What you look for is in no namespace."
	}
	return " Look in another namespace."
}

// workloadNamed finds a workload by its own name or one of its pods'.
func workloadNamed(a answer, inv *kube.Inventory) (kube.Ref, bool) {
	if inv == nil {
		return kube.Ref{}, false
	}
	for _, w := range inv.Workloads {
		ref := w.Ref()
		isPod := a.kindIs("Pod") && (a.namespace == "" || a.namespace == ref.Namespace) &&
			slices.ContainsFunc(w.Pods, func(p *kube.Pod) bool { return p.Name == a.name })
		if a.is(ref) || isPod {
			return ref, true
		}
	}
	return kube.Ref{}, false
}

// easiest is the finding that hints lead to: one that kiln can mend, if there
// is one. A pod by itself must be made anew, by hand.
func easiest(findings []*scanners.Finding) *scanners.Finding {
	i := slices.IndexFunc(findings, func(f *scanners.Finding) bool { return f.Fix != scanners.Manual && f.Object.Kind != "Pod" })
	return findings[max(i, 0)]
}

// hintsFor leads to a finding; the last hint is the answer.
func hintsFor(f *scanners.Finding) []string {
	hints := []string{"Its kind is " + f.Object.Kind + "."}
	if f.Object.Namespace != "" {
		hints = append(hints, "It is in namespace "+f.Object.Namespace+".")
	}
	if f.Path != "" {
		hints = append(hints, "The field is "+f.Path+".")
	}
	name := []rune(f.Object.Name)
	return append(hints, "Its name begins with "+string(name[:min(2, len(name))])+".", "It is "+f.Object.String()+".")
}

// placeholder is a name that the reader would have to know already.
var placeholder = regexp.MustCompile(`\b(NAME|NAMESPACE|NODE|POD)( |$)`)

// lookYourself is the command of a lesson that shows what is wrong: the first
// one of its part "See it yourself" that needs no name to be known.
func lookYourself(lesson string) []string {
	_, see, _ := strings.Cut(lesson, "\n## See it yourself\n")
	source := []byte(see)
	for n := goldmark.DefaultParser().Parse(mdtext.NewReader(source)).FirstChild(); n != nil; n = n.NextSibling() {
		switch n.(type) {
		case *ast.FencedCodeBlock, *ast.CodeBlock:
			lines := splitLines(strings.TrimRight(string(n.Lines().Value(source)), "\n"))
			if strings.HasPrefix(lines[0], "kubectl ") && !placeholder.MatchString(lines[0]) {
				return lines
			}
		}
	}
	return nil
}
