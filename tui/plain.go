package tui

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"kiln/kube"
	"kiln/kube/crash"
	"kiln/scanners"
)

// plain is kiln in lines, for screen readers and the plainest terminals: it
// never redraws, needs no colour, and numbers what can be chosen.
type plain struct {
	opts    Options
	out     io.Writer
	lines   <-chan string
	session *Session

	// query is what is listed, shown are its findings, and next the first of
	// them that hasn't been printed.
	query query
	shown []*scanners.Finding
	next  int

	mu       sync.Mutex
	snapshot *snapshot
	// news is what has happened to findings since the last prompt, and state
	// how the watching goes.
	news         changes
	state, known kube.WatchState
}

// RunPlain talks in lines until the user quits, in ends, or ctx does.
func RunPlain(ctx context.Context, opts Options, in io.Reader, out io.Writer) error {
	noticeSilence()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	p := &plain{opts: opts, out: out, lines: linesOf(ctx, in)}
	p.say("Connecting.")
	session, err := connect(ctx, opts, opts.Flags, kube.NewGate(opts.ReadOnly))
	if err != nil {
		return err
	}
	p.session = session
	p.introduce()
	if !p.scan(ctx) {
		return nil
	}
	for {
		p.tellNews()
		line, ok := p.ask(ctx, "kiln> ")
		if !ok {
			p.say("")
			return nil
		}
		if err := p.do(ctx, line); errors.Is(err, errQuit) {
			return nil
		} else if err != nil {
			p.say("Error: %s", kube.Explain(err))
		}
	}
}

// linesOf reads in beside everything else, so that ctx can end a prompt.
func linesOf(ctx context.Context, in io.Reader) <-chan string {
	lines := make(chan string)
	go func() {
		defer close(lines)
		defer crash.Catch(ctx)
		for scanner := bufio.NewScanner(in); scanner.Scan(); {
			select {
			case lines <- scanner.Text():
			case <-ctx.Done():
				return
			}
		}
	}()
	return lines
}

// say prints a line, on a terminal broken between its words.
func (p *plain) say(format string, args ...any) {
	fmt.Fprintln(p.out, p.wrapped(fmt.Sprintf(format, args...)))
}

func (p *plain) wrapped(text string) string {
	if width := screenWidth(p.out); width > 0 {
		return wrapAtSpaces(text, width)
	}
	return text
}

// ask prompts for a line; false means that there is nobody to answer.
func (p *plain) ask(ctx context.Context, prompt string) (string, bool) {
	fmt.Fprint(p.out, p.wrapped(strings.TrimSpace(prompt))+" ")
	select {
	case line, ok := <-p.lines:
		return strings.TrimSpace(line), ok
	case <-ctx.Done():
		return "", false
	}
}

func (p *plain) introduce() {
	c := p.session.cluster
	mode := "Changes are possible, each after its preview."
	if c.Gate.ReadOnly() {
		mode = "Read-only: nothing will be changed."
	}
	if p.opts.Settings.LooksProduction(c.Context) {
		mode = "This looks like production. " + mode
	}
	p.say("Context %s, server %s, user %s. %s", kube.Clean(c.Context), kube.Clean(c.Server), kube.Clean(c.User), mode)
}

// scan reads the cluster and follows it from then on. It returns false when
// ctx has ended.
func (p *plain) scan(ctx context.Context) bool {
	p.say("Reading the cluster.")
	r := p.session.read(ctx, kube.CollectOptions{Namespace: p.opts.Namespace}, nil)
	for {
		s := r.next(ctx)
		if s == nil {
			return false
		}
		if s.complete {
			p.take(s, nil)
			break
		}
	}
	p.say("%s read. %s.", plural(p.current().objects, "object"), p.summary())
	p.say("Type list for the findings, help for all commands.")
	if p.opts.Live {
		go p.follow(ctx)
	}
	return true
}

// follow takes what comes live. It is told at the next prompt, never between.
func (p *plain) follow(ctx context.Context) {
	defer crash.Catch(ctx)
	from := p.session.follow(ctx, p.opts.Namespace, p.current())
	for news := from.next(ctx); news != nil; news = from.next(ctx) {
		p.take(news.snapshot, &news.state)
	}
}

func (p *plain) take(s *snapshot, state *kube.WatchState) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if state != nil {
		p.state = *state
	}
	if s == nil {
		return
	}
	p.snapshot = s
	if s.delta != nil {
		p.news = p.news.add(s.delta)
	}
}

func (p *plain) current() *snapshot {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.snapshot
}

// tellNews says in a line what has changed since the last prompt.
func (p *plain) tellNews() {
	p.mu.Lock()
	news, before, now := p.news, p.known, p.state
	p.news, p.known = changes{}, now
	p.mu.Unlock()
	switch {
	case before.Lost.IsZero() && !now.Lost.IsZero():
		p.say("The cluster can't be reached, what is known is stale since %s: %s", clockTime(now.Lost, time.Now()), now.Why)
	case !before.Lost.IsZero() && now.Lost.IsZero():
		p.say("The cluster is back.")
	}
	if len(news.appeared)+len(news.gone) > 0 {
		p.say("Meanwhile: %d new, %d gone. Type list to see the findings as they are.", len(news.appeared), len(news.gone))
	}
}

// summary counts the findings by severity.
func (p *plain) summary() string {
	st := standingOf(p.current())
	text := plural(st.todo, "finding") + " to do"
	var parts []string
	for _, severity := range scanners.Severities() {
		if n := st.bySeverity[severity]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, severity))
		}
	}
	if len(parts) > 0 {
		text += ": " + strings.Join(parts, ", ")
	}
	return text
}
