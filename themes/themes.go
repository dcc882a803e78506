// Package themes holds the skins: colours by what they mean, as data. A user
// adds one as a YAML file of the same form in the folder skins of kiln's
// configuration. Skins of k9s are read too, as far as they have a counterpart.
package themes

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

//go:embed *.yaml
var builtin embed.FS

// Theme gives each meaning its colour: "#rrggbb", a number from 0 to 255 of
// the terminal's palette, or empty for the terminal's own.
type Theme struct {
	Name string `json:"name"`

	Text  string `json:"text"`
	Muted string `json:"muted"`
	// Faint is for rules, line numbers and what is switched off.
	Faint string `json:"faint"`
	// Accent marks the place where the user is; AccentText is readable on it.
	Accent     string `json:"accent"`
	AccentText string `json:"accentText"`
	// Selection is the background of the selected row.
	Selection string `json:"selection"`

	Added             string `json:"added"`
	AddedBackground   string `json:"addedBackground"`
	AddedStrong       string `json:"addedStrong"`
	Removed           string `json:"removed"`
	RemovedBackground string `json:"removedBackground"`
	RemovedStrong     string `json:"removedStrong"`

	Good    string `json:"good"`
	Warning string `json:"warning"`
	Alarm   string `json:"alarm"`
	// AlarmBackground is the production banner's, AlarmText what stands on it.
	AlarmBackground string `json:"alarmBackground"`
	AlarmText       string `json:"alarmText"`
	// Code is for literal text in lessons and keys in YAML.
	Code string `json:"code"`

	Severity Severities `json:"severity"`
}

// Severities are the colours of the severities.
type Severities struct {
	Critical string `json:"critical"`
	High     string `json:"high"`
	Medium   string `json:"medium"`
	Low      string `json:"low"`
	Info     string `json:"info"`
}

// Load finds a theme by name: the user's own first, then kiln's.
func Load(name string) (Theme, error) {
	if strings.ContainsAny(name, `/\`) {
		return Theme{}, fmt.Errorf("theme %q: give its name, not a path", name)
	}
	file := name + ".yaml"
	data, err := os.ReadFile(filepath.Join(Folder(), file))
	if errors.Is(err, fs.ErrNotExist) {
		data, err = builtin.ReadFile(file)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return Theme{}, fmt.Errorf("no theme %q: there are %s", name, strings.Join(Names(), ", "))
	}
	if err != nil {
		return Theme{}, fmt.Errorf("reading theme %q: %w", name, err)
	}
	if isK9s(data) {
		return parseK9s(name, data)
	}
	return parse(name, data)
}

// parseK9s reads a k9s skin over kiln's dark theme.
func parseK9s(name string, data []byte) (Theme, error) {
	dark, err := builtin.ReadFile("dark.yaml")
	if err != nil {
		return Theme{}, fmt.Errorf("theme %q: %w", name, err)
	}
	base, err := parse(name, dark)
	if err != nil {
		return Theme{}, err
	}
	t, err := fromK9s(data, base)
	if err != nil {
		return Theme{}, fmt.Errorf("k9s skin %q: %w", name, err)
	}
	return t, nil
}

// Names lists the themes that Load finds.
func Names() []string {
	var names []string
	for _, folder := range []fs.FS{builtin, os.DirFS(Folder())} {
		files, _ := fs.Glob(folder, "*.yaml") // the pattern is sound, and a missing folder has no files
		for _, file := range files {
			names = append(names, strings.TrimSuffix(file, ".yaml"))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Folder is where users keep themes of their own.
func Folder() string {
	config := os.Getenv("XDG_CONFIG_HOME")
	if config == "" {
		home, _ := os.UserHomeDir()
		config = filepath.Join(home, ".config")
	}
	return filepath.Join(config, "kiln", "skins")
}

func parse(name string, data []byte) (Theme, error) {
	var t Theme
	if err := yaml.UnmarshalStrict(data, &t); err != nil {
		return Theme{}, fmt.Errorf("theme %q: %w", name, err)
	}
	t.Name = name
	if err := checkColours(reflect.ValueOf(t)); err != nil {
		return Theme{}, fmt.Errorf("theme %q: %w", name, err)
	}
	return t, nil
}

var colour = regexp.MustCompile(`^(#[0-9a-fA-F]{6}|[0-9]|[1-9][0-9]|1[0-9][0-9]|2[0-4][0-9]|25[0-5])?$`)

// checkColours walks the fields, so that a new one can't be forgotten.
func checkColours(v reflect.Value) error {
	for i := range v.NumField() {
		field := v.Type().Field(i)
		switch {
		case field.Type.Kind() == reflect.Struct:
			if err := checkColours(v.Field(i)); err != nil {
				return fmt.Errorf("%s: %w", field.Tag.Get("json"), err)
			}
		case field.Name != "Name" && !colour.MatchString(v.Field(i).String()):
			return fmt.Errorf("%s: %q is no colour: use #rrggbb or 0 to 255", field.Tag.Get("json"), v.Field(i).String())
		}
	}
	return nil
}
