package tui

import (
	"fmt"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	mdtext "github.com/yuin/goldmark/text"

	"kiln/kube"
)

// renderMarkdown draws a lesson in kiln's own styles. Glamour would bring
// syntax highlighters for hundreds of languages, which every start of kiln
// would pay for.
func renderMarkdown(s *styles, source string, width int) []string {
	data := []byte(kube.CleanBlock(source))
	m := &markdown{styles: s, marks: drawnMarks(), source: data, width: width}
	m.blocks(goldmark.DefaultParser().Parse(mdtext.NewReader(data)), "", "")
	return m.lines
}

// markdown walks a document and collects lines.
type markdown struct {
	styles *styles
	marks  marks
	source []byte
	width  int
	lines  []string
}

// marks are what stands before a list's item, a line of code and a quoted one.
type marks struct {
	bullet, code, quote string
	// whole keeps commands, and words with hyphens, in one piece.
	whole bool
}

func drawnMarks() marks { return marks{bullet: "•", code: "│ ", quote: "┃ "} }

// blocks draws the children of a node: the first line after first, the others
// after rest.
func (m *markdown) blocks(parent ast.Node, first, rest string) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		m.block(n, first, rest)
		first = rest
	}
}

func (m *markdown) block(n ast.Node, first, rest string) {
	switch n := n.(type) {
	case *ast.Heading:
		m.space()
		m.paragraph(n, m.styles.heading, first, rest)
		if n.Level == 1 {
			m.lines = append(m.lines, "")
		}
	case *ast.List:
		m.list(n, rest)
	case *ast.FencedCodeBlock, *ast.CodeBlock:
		m.code(n, rest)
	case *ast.Blockquote:
		bar := m.styles.faint.Render(m.marks.quote)
		m.blocks(n, rest+bar, rest+bar)
	case *ast.ThematicBreak:
		m.lines = append(m.lines, m.styles.faint.Render(strings.Repeat("─", min(m.width, readingWidth))))
	case *ast.Paragraph:
		m.paragraph(n, m.styles.text, first, rest)
		m.space()
	default:
		m.paragraph(n, m.styles.text, first, rest)
	}
}

// space ends a block with an empty line, but never with two.
func (m *markdown) space() {
	if n := len(m.lines); n > 0 && strings.TrimSpace(m.lines[n-1]) != "" {
		m.lines = append(m.lines, "")
	}
}

func (m *markdown) paragraph(n ast.Node, style lipgloss.Style, first, rest string) {
	room := m.width - lipgloss.Width(first)
	for i, line := range splitLines(m.wrap(m.inline(n, style), max(room, 8))) {
		if i > 0 {
			first = rest
		}
		m.lines = append(m.lines, first+strings.TrimRight(line, " "))
	}
}

func (m *markdown) wrap(text string, width int) string {
	if m.marks.whole {
		return wrapAtSpaces(text, width)
	}
	return lipgloss.Wrap(text, width, "")
}

func (m *markdown) list(n *ast.List, prefix string) {
	number := n.Start
	for item := n.FirstChild(); item != nil; item = item.NextSibling() {
		bullet := m.styles.accent.Render(m.marks.bullet) + " "
		if n.IsOrdered() {
			bullet = m.styles.accent.Render(fmt.Sprintf("%d.", number)) + " "
			number++
		}
		hang := strings.Repeat(" ", lipgloss.Width(bullet))
		m.blocks(item, prefix+bullet, prefix+hang)
	}
	m.space()
}

// code keeps its lines: where they are too long for a screen they go on,
// indented.
func (m *markdown) code(n ast.Node, prefix string) {
	m.space()
	bar := m.styles.faint.Render(m.marks.code)
	segments := n.Lines()
	for i := range segments.Len() {
		segment := segments.At(i)
		line := strings.ReplaceAll(strings.TrimRight(string(segment.Value(m.source)), "\n"), "\t", "  ")
		parts := []string{line}
		if !m.marks.whole {
			parts = wrap(line, m.width-lipgloss.Width(prefix+bar))
		}
		for j, part := range parts {
			if j > 0 {
				part = "  " + part
			}
			m.lines = append(m.lines, prefix+bar+m.styles.code.Render(part))
		}
	}
	m.space()
}

// inline draws the text within a block.
func (m *markdown) inline(parent ast.Node, style lipgloss.Style) string {
	var b strings.Builder
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Text:
			b.WriteString(style.Render(string(n.Value(m.source))))
			if n.HardLineBreak() {
				b.WriteString("\n")
			} else if n.SoftLineBreak() {
				b.WriteString(style.Render(" "))
			}
		case *ast.String:
			b.WriteString(style.Render(string(n.Value)))
		case *ast.CodeSpan:
			b.WriteString(m.inline(n, m.styles.code))
		case *ast.Emphasis:
			inner := style.Italic(true)
			if n.Level == 2 {
				inner = style.Bold(true)
			}
			b.WriteString(m.inline(n, inner))
		case *ast.Link:
			b.WriteString(m.inline(n, style.Underline(true)))
			if destination := string(n.Destination); !strings.HasPrefix(destination, "#") {
				b.WriteString(m.styles.muted.Render(" (" + destination + ")"))
			}
		case *ast.AutoLink:
			b.WriteString(m.styles.muted.Render(string(n.URL(m.source))))
		case *ast.RawHTML:
			// "<name>" in a sentence is a placeholder far more often than a tag.
			for i := range n.Segments.Len() {
				segment := n.Segments.At(i)
				b.WriteString(style.Render(string(segment.Value(m.source))))
			}
		default:
			b.WriteString(m.inline(n, style))
		}
	}
	return b.String()
}
