package scanners

import "strings"

// Why is how a check's severity was chosen: reach × damage × ease. It stands in
// the check's lesson, below "How bad it is".
type Why struct {
	// Reach says who can use it, Damage what it opens, Ease how much it takes.
	Reach, Damage, Ease string
	// Verdict is the severity that they come to, as the lesson says it.
	Verdict string
}

const whyHeading = "\n## How bad it is\n"

// WhyOf reads the reasons out of a lesson. What the lesson lacks is empty.
func WhyOf(lesson string) Why {
	_, section, _ := strings.Cut(lesson, whyHeading)
	section, _, _ = strings.Cut(section, "\n## ")
	var why Why
	for line := range strings.Lines(section) {
		line = strings.TrimSpace(line)
		switch point, text, _ := strings.Cut(strings.TrimPrefix(line, "- "), ": "); point {
		case "Reach":
			why.Reach = text
		case "Damage":
			why.Damage = text
		case "Ease":
			why.Ease = text
		default:
			if why.Verdict == "" {
				why.Verdict = strings.ToLower(strings.TrimSuffix(line, "."))
			}
		}
	}
	return why
}
