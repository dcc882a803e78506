// Command picture turns a terminal's screen, as "tmux capture-pane -e" prints
// it on standard input, into an SVG on standard output: of a dark terminal, or
// with -light of a light one.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"html"
	"image/color"
	"io"
	"os"
	"strings"

	uv "github.com/charmbracelet/ultraviolet"
)

// A cell's size in the picture, and the margin around the screen, in pixels.
const (
	cellWidth  = 8.4
	cellHeight = 18.0
	fontSize   = 14.0
	margin     = 12.0
)

// picture is what is drawn: the cells, and the terminal's own colours.
type picture struct {
	w          *bufio.Writer
	cells      uv.ScreenBuffer
	paper, ink color.Color
}

func main() {
	light := flag.Bool("light", false, "the terminal is a light one")
	flag.Parse()
	p := picture{w: bufio.NewWriter(os.Stdout), paper: color.RGBA{0x16, 0x18, 0x1d, 0xff}, ink: color.RGBA{0xd8, 0xd8, 0xd2, 0xff}}
	if *light {
		p.paper, p.ink = color.RGBA{0xfb, 0xfa, 0xf7, 0xff}, color.RGBA{0x24, 0x29, 0x2f, 0xff}
	}
	text, err := io.ReadAll(os.Stdin)
	if err == nil {
		err = p.draw(strings.TrimRight(string(text), "\n"))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "picture:", err)
		os.Exit(1)
	}
}

func (p picture) draw(text string) error {
	screen := uv.NewStyledString(text)
	bounds := screen.Bounds()
	p.cells = uv.NewScreenBuffer(bounds.Dx(), bounds.Dy())
	screen.Draw(p.cells, bounds)

	width, height := float64(bounds.Dx())*cellWidth+2*margin, float64(bounds.Dy())*cellHeight+2*margin
	fmt.Fprintf(p.w, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="%.0f">`+"\n", width, height, fontSize)
	fmt.Fprintf(p.w, `<rect width="100%%" height="100%%" rx="8" fill="%s"/>`+"\n", hex(p.paper))
	for y := range bounds.Dy() {
		p.drawLine(y, bounds.Dx())
	}
	fmt.Fprintln(p.w, "</svg>")
	return p.w.Flush()
}

// drawLine draws runs of cells of one style; each run is placed and stretched
// by its cells, so that columns stay aligned in any font.
func (p picture) drawLine(y, width int) {
	for x := 0; x < width; {
		style := p.lookAt(x, y)
		start, run := x, strings.Builder{}
		for x < width && p.lookAt(x, y) == style {
			cell := p.cells.CellAt(x, y)
			step := 1
			if cell != nil && cell.Width > 0 {
				run.WriteString(cell.Content)
				step = cell.Width
			} else {
				run.WriteByte(' ')
			}
			x += step
		}
		p.drawRun(style, start, y, x-start, run.String())
	}
}

// look is what a run of cells has in common.
type look struct {
	ink, paper         string
	bold, faint, lined bool
}

func (p picture) lookAt(x, y int) look {
	cell := p.cells.CellAt(x, y)
	if cell == nil {
		return look{ink: hex(p.ink)}
	}
	fg, bg := cell.Style.Fg, cell.Style.Bg
	if cell.Style.Attrs&uv.AttrReverse != 0 {
		fg, bg = orElse(bg, p.paper), orElse(fg, p.ink)
	}
	l := look{ink: hex(orElse(fg, p.ink)), bold: cell.Style.Attrs&uv.AttrBold != 0, faint: cell.Style.Attrs&uv.AttrFaint != 0, lined: cell.Style.Underline != 0}
	if bg != nil {
		l.paper = hex(bg)
	}
	return l
}

func (p picture) drawRun(l look, x, y, cells int, text string) {
	left, top := margin+float64(x)*cellWidth, margin+float64(y)*cellHeight
	if l.paper != "" {
		fmt.Fprintf(p.w, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s"/>`+"\n", left, top, float64(cells)*cellWidth, cellHeight, l.paper)
	}
	if strings.TrimSpace(text) == "" {
		return
	}
	extra := ""
	if l.bold {
		extra += ` font-weight="bold"`
	}
	if l.faint {
		extra += ` opacity="0.6"`
	}
	if l.lined {
		extra += ` text-decoration="underline"`
	}
	fmt.Fprintf(p.w, `<text x="%.1f" y="%.1f" textLength="%.1f" lengthAdjust="spacingAndGlyphs" xml:space="preserve" fill="%s"%s>%s</text>`+"\n",
		left, top+fontSize, float64(cells)*cellWidth, l.ink, extra, html.EscapeString(text))
}

func orElse(c, fallback color.Color) color.Color {
	if c == nil {
		return fallback
	}
	return c
}

func hex(c color.Color) string {
	r, g, b, _ := c.RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
}
