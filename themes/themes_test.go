package themes

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
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

// TestTextIsReadable makes sure that text is readable on the theme's
// own backgrounds, as far as the theme says what they are.
func TestTextIsReadable(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	for _, name := range []string{"dark", "light", "high-contrast", "deuteranopia", "tritanopia"} {
		theme, err := Load(name)
		if err != nil {
			t.Fatal(err)
		}
		for what, pair := range map[string][2]string{
			"added": {theme.Added, theme.AddedBackground}, "removed": {theme.Removed, theme.RemovedBackground},
			"accent": {theme.AccentText, theme.Accent}, "alarm": {theme.AlarmText, theme.AlarmBackground}, "selection": {theme.Text, theme.Selection},
		} {
			if c := contrast(t, pair[0], pair[1]); c < 4.5 {
				t.Errorf("%s: %s has a contrast of %.1f, less than 4.5", name, what, c)
			}
		}
	}
}

// contrast is WCAG's ratio of the luminances of two colours.
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	luminance := func(hex string) float64 {
		var rgb [3]int
		if _, err := fmt.Sscanf(hex, "#%02x%02x%02x", &rgb[0], &rgb[1], &rgb[2]); err != nil {
			t.Fatalf("%q: %v", hex, err)
		}
		sum := 0.0
		for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
			c := float64(rgb[i]) / 255
			if c <= 0.04045 {
				c /= 12.92
			} else {
				c = math.Pow((c+0.055)/1.055, 2.4)
			}
			sum += weight * c
		}
		return sum + 0.05
	}
	x, y := luminance(a), luminance(b)
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
