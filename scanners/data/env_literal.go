package data

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"kiln/kube"
	"kiln/scanners"
)

func secretInEnvLiteral() scanners.Check {
	return scanners.Check{
		ID: "data/secret-in-env-literal", Layer: scanners.Data, Severity: scanners.High,
		Title:      "A credential stands in a workload's manifest",
		References: []string{"NSA", "C-0012"},
		Fix:        scanners.Guided,
		Reads:      kube.WorkloadResources(),
		Find: inContainers(func(d detector, c kube.Container) []scanners.Hit {
			return slices.Concat(d.inEnv(c), d.inArguments(c), d.inCommands(c))
		}),
	}
}

func secretEnvRef() scanners.Check {
	return scanners.Check{
		ID: "data/secret-env-ref", Layer: scanners.Data, Severity: scanners.Low,
		Title:      "A Secret is handed over in environment variables",
		References: []string{"CIS 5.4.1", "C-0207"},
		Fix:        scanners.Guided,
		Reads:      kube.WorkloadResources(),
		Find: inContainers(func(_ detector, c kube.Container) []scanners.Hit {
			var hits []scanners.Hit
			for i, e := range c.Env {
				if e.ValueFrom != nil && e.ValueFrom.SecretKeyRef != nil {
					hits = append(hits, hit(c, fmt.Sprintf("env[%d].valueFrom.secretKeyRef", i), e.Name,
						fmt.Sprintf("gets %s of Secret %q as variable %s", e.ValueFrom.SecretKeyRef.Key, e.ValueFrom.SecretKeyRef.Name, e.Name)))
				}
			}
			for i, from := range c.EnvFrom {
				if from.SecretRef != nil {
					hits = append(hits, hit(c, fmt.Sprintf("envFrom[%d].secretRef", i), from.Prefix+"*"+from.SecretRef.Name,
						fmt.Sprintf("gets all of Secret %q as variables", from.SecretRef.Name)))
				}
			}
			return hits
		}),
	}
}

// inContainers judges the containers of every workload that have variables,
// a command or arguments.
func inContainers(judge func(detector, kube.Container) []scanners.Hit) func(*kube.Inventory) scanners.Result {
	return func(inv *kube.Inventory) scanners.Result {
		d := newDetector()
		var hits []scanners.Hit
		for _, w := range inv.Workloads {
			for _, c := range w.Containers() {
				for _, h := range judge(d, c) {
					h.Object = w.Object
					hits = append(hits, h)
				}
			}
		}
		return scanners.Found(hits)
	}
}

// hit is a finding about a field of a container; its message goes on after
// the container's name.
func hit(c kube.Container, field, key, message string) scanners.Hit {
	return scanners.Hit{
		Container: c.Name, Path: c.Path + "." + field, Key: key,
		Message: fmt.Sprintf("%s %q %s", c.Kind, c.Name, message),
	}
}

func (d detector) inEnv(c kube.Container) []scanners.Hit {
	var hits []scanners.Hit
	for i, e := range c.Env {
		if e.ValueFrom != nil {
			continue
		}
		if what := d.credential(e.Name, e.Value); what != "" {
			hits = append(hits, hit(c, fmt.Sprintf("env[%d].value", i), e.Name,
				fmt.Sprintf("has %s in the clear in variable %s", what, e.Name)))
		}
	}
	return hits
}

// option is --name=value or --name value within a command line.
var option = regexp.MustCompile(`(?:^|\s)--?([A-Za-z][\w.-]*)[= ]\s*["']?([^\s"']+)`)

// inArguments looks at the command and the arguments as one line each, and at
// an option whose value is the next argument.
func (d detector) inArguments(c kube.Container) []scanners.Hit {
	var hits []scanners.Hit
	look := func(field string, words []string) {
		for i, word := range words {
			told := ""
			for _, m := range option.FindAllStringSubmatch(withValue(words, i), -1) {
				if what := d.credential(m[1], m[2]); what != "" {
					told += what
					hits = append(hits, hit(c, fmt.Sprintf("%s[%d]", field, i), "--"+m[1],
						fmt.Sprintf("has %s in the clear in its option %s", what, m[1])))
				}
			}
			if what := byForm(d.patterns, word); what != "" && !strings.Contains(told, what) {
				hits = append(hits, hit(c, fmt.Sprintf("%s[%d]", field, i), field+" "+what,
					fmt.Sprintf("has %s in the clear in its %s", what, strings.TrimSuffix(field, "s"))))
			}
		}
	}
	look("command", c.Command)
	look("args", c.Args)
	return hits
}

// withValue is a word of a command line together with the next one, where
// that may be its value.
func withValue(words []string, i int) string {
	word := words[i]
	isOption := strings.HasPrefix(word, "--") && !strings.ContainsAny(word, "= ")
	if isOption && i+1 < len(words) && !strings.HasPrefix(words[i+1], "-") {
		return word + "=" + words[i+1]
	}
	return word
}
