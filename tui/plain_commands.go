package tui

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"kiln/scanners"
)

var errQuit = errors.New("quit")

// plainCommand is something that can be typed at the prompt.
type plainCommand struct {
	names []string
	// takes is what stands behind the name, for the help.
	takes, does string
	run         func(*plain, context.Context, string) error
}

func plainCommands() []plainCommand {
	return []plainCommand{
		{[]string{"list", "l"}, "[FILTER]", "the findings, a page at a time; with words only those that match", (*plain).list},
		{[]string{"more", "m", ""}, "", "the next page; an empty line does the same", (*plain).more},
		{[]string{"layer"}, "NAME|all", "only one layer: node, api, network, pod, data, audit", (*plain).layer},
		{[]string{"open", "o"}, "N", "finding number N: what is wrong, and what a fix would do", (*plain).open},
		{[]string{"lesson"}, "N|CHECK", "the lesson of a finding's check", (*plain).lesson},
		{[]string{"fix", "f"}, "N [KEY=VALUE]", "preview a fix, with your answers to its questions, then apply, export or cancel", (*plain).fix},
		{[]string{"accept", "a"}, "N [DAY|never: REASON]", "preview accepting a finding until a day and for a reason, then do it or cancel", (*plain).accept},
		{[]string{"journal", "j"}, "", "what was applied, the newest first", (*plain).journal},
		{[]string{"undo", "u"}, "[N]", "preview taking a journal entry back, the newest without a number, then do it or cancel", (*plain).undo},
		{[]string{"posture"}, "", "scores by layer", (*plain).posture},
		{[]string{"checks"}, "", "the checks that could not be judged, and why", (*plain).checks},
		{[]string{"path"}, "[N|next|reset]", "a guided way through the six layers, by what is wrong in your cluster", (*plain).path},
		{[]string{"trace"}, "VERB RESOURCE [NAME] [as SUBJECT]", "follow a request through the API server, without making it", (*plain).trace},
		{[]string{"who-can"}, "VERB RESOURCE [NAME]", "who may do something, by which binding", (*plain).whoCan},
		{[]string{"scan"}, "", "read the cluster again", func(p *plain, ctx context.Context, _ string) error { p.rescan(ctx); return nil }},
		{[]string{"readonly"}, "on|off", "refuse every write, or allow them again", (*plain).readOnly},
		{[]string{"help", "?"}, "", "this list", (*plain).help},
		{[]string{"quit", "q", "exit"}, "", "leave", func(*plain, context.Context, string) error { return errQuit }},
	}
}

// do carries out one line.
func (p *plain) do(ctx context.Context, line string) error {
	name, arg, _ := strings.Cut(strings.TrimPrefix(line, ":"), " ")
	if rest, isFilter := strings.CutPrefix(line, "/"); isFilter {
		name, arg = "list", rest
	}
	for _, c := range plainCommands() {
		for _, n := range c.names {
			if strings.EqualFold(n, name) {
				return c.run(p, ctx, strings.TrimSpace(arg))
			}
		}
	}
	return fmt.Errorf("there is no command %q: type help for those there are", name)
}

func (p *plain) help(context.Context, string) error {
	for _, c := range plainCommands() {
		names := make([]string, 0, len(c.names))
		for _, n := range c.names {
			if n != "" {
				names = append(names, n)
			}
		}
		p.say("%s: %s.", strings.TrimSpace(strings.Join(names, " or ")+" "+c.takes), c.does)
	}
	p.say("A filter is a regular expression, with fields as in sev:high layer:pod ns:shop fix:safe. list alone takes it away.")
	p.say("What else kiln does has commands of its own, which talk in lines, too: kiln guard, kiln act, kiln reach, kiln debug.")
	return nil
}

func (p *plain) rescan(ctx context.Context) {
	if !p.opts.Live {
		p.scan(ctx)
		return
	}
	p.say("The findings follow the cluster. %s.", p.summary())
}

func (p *plain) readOnly(_ context.Context, arg string) error {
	switch arg {
	case "on", "off":
		p.session.cluster.Gate.SetReadOnly(arg == "on")
		p.introduce()
		return nil
	}
	return errors.New("readonly takes on or off")
}

// numbered is the finding of a number that was printed.
func (p *plain) numbered(arg string) (*scanners.Finding, error) {
	if len(p.shown) == 0 {
		return nil, errors.New("no findings have been listed yet: type list")
	}
	n, err := strconv.Atoi(arg)
	if err != nil || n < 1 || n > len(p.shown) {
		return nil, fmt.Errorf("%q is no number of a finding: there are 1 to %d", arg, len(p.shown))
	}
	return p.shown[n-1], nil
}
