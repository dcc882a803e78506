package tui

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"charm.land/bubbles/v2/key"
	"sigs.k8s.io/yaml"

	"kiln/themes"
)

// keysFile is where users bind keys anew: a YAML map of names to lists of
// keys, "fix: [x, ctrl-x]". The names are those of the key map's fields.
func keysFile() string { return filepath.Join(filepath.Dir(themes.Folder()), "keys.yaml") }

// rebind reads a keys file. A missing one is fine.
func (k *keyMap) rebind(path string) error {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var wanted map[string][]string
	if err == nil {
		err = yaml.UnmarshalStrict(data, &wanted)
	}
	if err != nil {
		return fmt.Errorf("reading the keys in %s: %w", path, err)
	}
	for name, keys := range wanted {
		if err := k.bind(name, keys); err != nil {
			return fmt.Errorf("the keys in %s: %w", path, err)
		}
	}
	return nil
}

// bind gives an action other keys. It stays shown in the help as they are.
func (k *keyMap) bind(name string, keys []string) error {
	field := reflect.ValueOf(k).Elem().FieldByNameFunc(func(f string) bool { return strings.EqualFold(f, name) })
	if !field.IsValid() {
		return fmt.Errorf("there is no action %q", name)
	}
	if len(keys) == 0 {
		return fmt.Errorf("%s has no key: give at least one", name)
	}
	binding := field.Addr().Interface().(*key.Binding)
	binding.SetHelp(strings.Join(keys, " "), binding.Help().Desc)
	for i := range keys {
		keys[i] = terminalKey(keys[i])
	}
	binding.SetKeys(keys...)
	return nil
}

// terminalKey turns "ctrl-x" and "shift-s" into what a terminal sends.
func terminalKey(name string) string {
	if letter, ok := strings.CutPrefix(name, "shift-"); ok && len(letter) == 1 {
		return strings.ToUpper(letter)
	}
	for _, modifier := range []string{"ctrl", "alt", "shift"} {
		name = strings.ReplaceAll(name, modifier+"-", modifier+"+")
	}
	return name
}
