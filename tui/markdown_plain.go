package tui

import (
	"io"
	"math"
	"os"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/yuin/goldmark"
	mdtext "github.com/yuin/goldmark/text"
	"golang.org/x/term"

	"kiln/kube"
)

// PlainLesson is a lesson's Markdown as text to be read, or to be read out:
// without marks, colours and drawn lines, wrapped for the screen that out is.
// Elsewhere its paragraphs are a line each. Commands are never broken.
func PlainLesson(out io.Writer, source string) string {
	width := min(screenWidth(out), readingWidth)
	if width == 0 {
		width = math.MaxInt16
	}
	data := []byte(kube.CleanBlock(source))
	m := &markdown{styles: &styles{}, marks: marks{bullet: "-", code: "    ", quote: "  ", whole: true}, source: data, width: width}
	m.blocks(goldmark.DefaultParser().Parse(mdtext.NewReader(data)), "", "")
	return strings.TrimSpace(ansi.Strip(strings.Join(m.lines, "\n")))
}

// wrapAtSpaces breaks no word at its hyphens, as ansi.Wordwrap does: a flag or
// a name that is read out, or copied, should be whole.
func wrapAtSpaces(text string, width int) string {
	const unbreakable = "\u2011"
	wrapped := ansi.Wordwrap(strings.ReplaceAll(text, "-", unbreakable), width, "")
	return strings.ReplaceAll(wrapped, unbreakable, "-")
}

// screenWidth is how many cells a line of a terminal has; 0 where out is none,
// or doesn't say.
func screenWidth(out io.Writer) int {
	file, ok := out.(*os.File)
	if !ok {
		return 0
	}
	width, _, err := term.GetSize(int(file.Fd()))
	if err != nil {
		return 0
	}
	return width
}
