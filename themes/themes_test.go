package themes

import (
	"image/color"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"charm.land/lipgloss/v2"
)

func TestBuiltinThemesAreComplete(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	for _, name := range []string{"dark", "light", "high-contrast", "deuteranopia", "tritanopia", "monochrome"} {
		theme, err := Load(name)
		if err != nil {
			t.Fatal(err)
		}
		requireComplete(t, name, reflect.ValueOf(theme))
	}
}

func requireComplete(t *testing.T, where string, v reflect.Value) {
	t.Helper()
	for i := range v.NumField() {
		if v.Field(i).Kind() == reflect.Struct {
			requireComplete(t, where, v.Field(i))
		} else if v.Field(i).String() == "" {
			t.Errorf("%s has no %s", where, v.Type().Field(i).Name)
		}
	}
}

func TestUsersThemeComesFirst(t *testing.T) {
	writeSkin(t, "dark", "text: '#010203'\nseverity: {critical: '9'}\n")
	theme, err := Load("dark")
	if err != nil {
		t.Fatal(err)
	}
	if theme.Text != "#010203" || theme.Severity.Critical != "9" || theme.Accent != "" {
		t.Errorf("the user's file was not taken as it is: %+v", theme)
	}
}

func TestLoadSaysWhatIsWrong(t *testing.T) {
	for _, c := range []struct{ name, yaml, want string }{
		{"night", "text: red\n", `text: "red" is no colour`},
		{"night", "severity: {low: '256'}\n", `severity: low: "256" is no colour`},
		{"night", "txet: '#010203'\n", `unknown field "txet"`},
		{"dawn", "", `no theme "dawn": there are dark, deuteranopia, high-contrast, light, monochrome, night, tritanopia`},
		{"../night", "", "give its name, not a path"},
	} {
		writeSkin(t, "night", c.yaml)
		if _, err := Load(c.name); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("Load(%q) of %q: got %v, want %q", c.name, c.yaml, err, c.want)
		}
	}
}

const k9sSkinFile = `
k9s:
  body: {fgColor: dodgerblue, bgColor: black, logoColor: orange}
  frame:
    crumbs: {fgColor: black, bgColor: steelblue, activeColor: "#ffa657"}
    status: {addColor: palegreen, errorColor: OrangeRed, pendingColor: default}
  views:
    table: {cursorBgColor: "#112233"}
`

func TestK9sSkinsAreReadAsFarAsTheyMap(t *testing.T) {
	writeSkin(t, "night", k9sSkinFile)
	theme, err := Load("night")
	if err != nil {
		t.Fatal(err)
	}
	dark, err := Load("dark")
	if err != nil {
		t.Fatal(err)
	}
	for what, got := range map[string][2]string{
		"text": {theme.Text, "#1e90ff"}, "accent": {theme.Accent, "#ffa657"}, "selection": {theme.Selection, "#112233"},
		"good": {theme.Good, "#98fb98"}, "critical": {theme.Severity.Critical, "#ff4500"}, "name": {theme.Name, "night"},
		"what is default": {theme.Warning, dark.Warning}, "what isn't said": {theme.Added, dark.Added},
	} {
		if got[0] != got[1] {
			t.Errorf("%s is %s, want %s", what, got[0], got[1])
		}
	}
	writeSkin(t, "night", "k9s: {body: {fgColor: nocolour}}")
	if _, err := Load("night"); err == nil || !strings.Contains(err.Error(), "nocolour") {
		t.Errorf("got %v", err)
	}
}

// backgrounds are those of terminals that a theme is for.
func backgrounds(theme string) []string {
	if theme == "light" {
		return []string{"#ffffff", "#fbfaf7"}
	}
	return []string{"#000000", "#16181d", "#1e1e2e"}
}

// The least contrasts that WCAG 2.2 asks of text, and of what is only looked
// at or said elsewhere too.
const (
	forText  = 4.5
	forFaint = 3.0
)

// TestTextIsReadable makes sure that all text can be read: on the terminal's
// background, on the selected row's, and on those of the theme's own.
func TestTextIsReadable(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	for _, name := range []string{"dark", "light", "high-contrast", "deuteranopia", "tritanopia", "monochrome"} {
		theme, err := Load(name)
		if err != nil {
			t.Fatal(err)
		}
		require := func(what, text, background string, least float64) {
			if c := contrast(text, background); c < least {
				t.Errorf("%s: %s, %s on %s, has a contrast of %.1f, less than %.1f", name, what, text, background, c, least)
			}
		}
		for _, background := range append(backgrounds(name), theme.Selection) {
			for what, text := range map[string]string{
				"text": theme.Text, "muted": theme.Muted, "accent": theme.Accent, "good": theme.Good, "warning": theme.Warning, "alarm": theme.Alarm, "code": theme.Code,
				"critical": theme.Severity.Critical, "high": theme.Severity.High, "medium": theme.Severity.Medium, "low": theme.Severity.Low, "info": theme.Severity.Info,
			} {
				require(what, text, background, forText)
			}
			require("faint", theme.Faint, background, forFaint)
		}
		for what, pair := range map[string][2]string{
			"added": {theme.Added, theme.AddedBackground}, "removed": {theme.Removed, theme.RemovedBackground},
			"what is added": {theme.Added, theme.AddedStrong}, "what is removed": {theme.Removed, theme.RemovedStrong},
			"accent text": {theme.AccentText, theme.Accent}, "alarm text": {theme.AlarmText, theme.AlarmBackground},
		} {
			require(what, pair[0], pair[1], forText)
		}
	}
}

// contrast is WCAG's ratio of the luminances of two colours.
func contrast(a, b string) float64 {
	luminance := func(c color.Color) float64 {
		red, green, blue, _ := c.RGBA()
		sum := 0.05
		for _, part := range []struct {
			value  uint32
			weight float64
		}{{red, 0.2126}, {green, 0.7152}, {blue, 0.0722}} {
			v := float64(part.value) / 0xffff
			if v <= 0.04045 {
				v /= 12.92
			} else {
				v = math.Pow((v+0.055)/1.055, 2.4)
			}
			sum += part.weight * v
		}
		return sum
	}
	x, y := luminance(lipgloss.Color(a)), luminance(lipgloss.Color(b))
	return max(x, y) / min(x, y)
}

func writeSkin(t *testing.T, name, text string) {
	t.Helper()
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	if err := os.MkdirAll(Folder(), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(Folder(), name+".yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
