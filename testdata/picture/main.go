// Command picture turns a terminal's screen, as "tmux capture-pane -e" prints
// it on standard input, into an SVG on standard output.
package main

import (
	"bufio"
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

var (
	paper color.Color = color.RGBA{0x16, 0x18, 0x1d, 0xff}
	ink   color.Color = color.RGBA{0xd8, 0xd8, 0xd2, 0xff}
)

func main() {
	text, err := io.ReadAll(os.Stdin)
	if err == nil {
		err = draw(os.Stdout, strings.TrimRight(string(text), "\n"))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "picture:", err)
		os.Exit(1)
	}
}

func draw(to io.Writer, text string) error {
	screen := uv.NewStyledString(text)
	bounds := screen.Bounds()
	buffer := uv.NewScreenBuffer(bounds.Dx(), bounds.Dy())
	screen.Draw(buffer, bounds)

	w := bufio.NewWriter(to)
	width, height := float64(bounds.Dx())*cellWidth+2*margin, float64(bounds.Dy())*cellHeight+2*margin
	fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="%.0f">`+"\n", width, height, fontSize)
	fmt.Fprintf(w, `<rect width="100%%" height="100%%" rx="8" fill="%s"/>`+"\n", hex(paper))
	for y := range bounds.Dy() {
		drawLine(w, buffer, y, bounds.Dx())
	}
	fmt.Fprintln(w, "</svg>")
	return w.Flush()
}

// drawLine draws runs of cells of one style; each run is placed and stretched
// by its cells, so that columns stay aligned in any font.
func drawLine(w io.Writer, buffer uv.ScreenBuffer, y, width int) {
	for x := 0; x < width; {
		style := styleAt(buffer, x, y)
		start, run := x, strings.Builder{}
		for x < width && styleAt(buffer, x, y) == style {
			cell := buffer.CellAt(x, y)
			step := 1
			if cell != nil && cell.Width > 0 {
				run.WriteString(cell.Content)
				step = cell.Width
			} else {
				run.WriteByte(' ')
			}
			x += step
		}
		drawRun(w, style, start, y, x-start, run.String())
	}
}

// look is what a run of cells has in common.
type look struct {
	ink, paper         string
	bold, faint, lined bool
}

func styleAt(buffer uv.ScreenBuffer, x, y int) look {
	cell := buffer.CellAt(x, y)
	if cell == nil {
		return look{ink: hex(ink)}
	}
	fg, bg := cell.Style.Fg, cell.Style.Bg
	if cell.Style.Attrs&uv.AttrReverse != 0 {
		fg, bg = orElse(bg, paper), orElse(fg, ink)
	}
	l := look{ink: hex(orElse(fg, ink)), bold: cell.Style.Attrs&uv.AttrBold != 0, faint: cell.Style.Attrs&uv.AttrFaint != 0, lined: cell.Style.Underline != 0}
	if bg != nil {
		l.paper = hex(bg)
	}
	return l
}

func drawRun(w io.Writer, l look, x, y, cells int, text string) {
	left, top := margin+float64(x)*cellWidth, margin+float64(y)*cellHeight
	if l.paper != "" {
		fmt.Fprintf(w, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s"/>`+"\n", left, top, float64(cells)*cellWidth, cellHeight, l.paper)
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
	fmt.Fprintf(w, `<text x="%.1f" y="%.1f" textLength="%.1f" lengthAdjust="spacingAndGlyphs" xml:space="preserve" fill="%s"%s>%s</text>`+"\n",
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
