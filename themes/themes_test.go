package themes

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestBuiltinThemesAreComplete(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	for _, name := range []string{"dark", "light"} {
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
		{"dawn", "", `no theme "dawn": there are dark, light, night`},
		{"../night", "", "give its name, not a path"},
	} {
		writeSkin(t, "night", c.yaml)
		if _, err := Load(c.name); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("Load(%q) of %q: got %v, want %q", c.name, c.yaml, err, c.want)
		}
	}
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
