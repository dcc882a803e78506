package tui

import (
	"time"

	"k8s.io/apimachinery/pkg/util/duration"

	"kiln/kube"
)

// drawFacts draws names and values in two columns; empty ones are left out.
func drawFacts(s *styles, facts [][2]string, width int) []string {
	names := 12
	for _, fact := range facts {
		if fact[1] != "" {
			names = max(names, min(len(fact[0])+2, width/3))
		}
	}
	var lines []string
	for _, fact := range facts {
		if fact[1] == "" {
			continue
		}
		label := kube.Clean(fact[0])
		for _, part := range wrap(kube.Clean(fact[1]), width-names) {
			lines = append(lines, s.muted.Render(fit(label, names))+s.text.Render(part))
			label = ""
		}
	}
	return lines
}

// since says how long ago something was.
func (a *App) since(at time.Time) string {
	if ago := a.now().Sub(at); ago >= time.Minute {
		return duration.HumanDuration(ago) + " ago"
	}
	return "just now"
}

// factLines are facts in two columns, or in one where there is little room.
func factLines(s *styles, facts []kube.Fact, width int) []string {
	const names = 18
	var lines []string
	for _, fact := range facts {
		name, all := fact.Name, fact.Lines
		if len(all) == 0 {
			all = []string{"none seen"}
		}
		if width < 3*names { // the lines stand below their name
			lines = append(lines, s.muted.Render(name))
			for _, line := range all {
				lines = append(lines, indent(wrapStyled(s.text, line, width-2), 2)...)
			}
			continue
		}
		for _, line := range all {
			for _, part := range wrapStyled(s.text, line, width-names-1) {
				lines = append(lines, s.muted.Render(fit(name, names))+" "+part)
				name = ""
			}
		}
	}
	return lines
}
