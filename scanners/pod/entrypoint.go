package pod

import (
	"fmt"
	"path"
	"strings"

	"kiln/kube"
	"kiln/scanners"
)

func sudoOrSSHD() scanners.Check {
	return scanners.Check{
		ID: "pod/sudo-or-sshd", Layer: scanners.Pod, Severity: scanners.Medium,
		Title:      "A container uses sudo or serves SSH",
		References: []string{"C-0042", "C-0062"},
		Fix:        scanners.Manual,
		Reads:      kube.WorkloadResources(),
		Find: inContainers(func(c container, add report) {
			for _, line := range []struct {
				field string
				words []string
			}{{"command", c.Command}, {"args", c.Args}} {
				if program := startsAny(line.words, "sudo", "sshd"); program != "" {
					add(c.hit(line.field, program, "starts "+program))
				}
			}
			for i, p := range c.Ports {
				if p.ContainerPort == 22 {
					add(c.hit(fmt.Sprintf("ports[%d].containerPort", i), "22", "serves SSH on port 22"))
				}
			}
		}),
	}
}

// startsAny finds a program at the start of a word or, in a script, of any
// of its commands.
func startsAny(words []string, programs ...string) string {
	for i, word := range words {
		for n, command := range strings.FieldsFunc(word, func(r rune) bool { return strings.ContainsRune(";&|\n(", r) }) {
			fields := strings.Fields(command)
			// A word with blanks is a script; one without is a program only
			// if it comes first.
			if len(fields) == 0 || i > 0 && n == 0 && len(fields) == 1 {
				continue
			}
			for _, program := range programs {
				if path.Base(fields[0]) == program || path.Base(fields[0]) == "exec" && len(fields) > 1 && path.Base(fields[1]) == program {
					return program
				}
			}
		}
	}
	return ""
}
