package tui

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	"github.com/sergi/go-diff/diffmatchpatch"
	"sigs.k8s.io/yaml"

	"kiln/themes"
)

// keysFile is where users bind keys anew: a YAML map of names to lists of
// keys, "fix: [h, ctrl-x]". The names are those of the key map's fields.
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
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		if err := k.bind(name, wanted[name]); err != nil {
			return fmt.Errorf("the keys in %s: %w", path, err)
		}
	}
	if err := k.conflict(); err != nil {
		return fmt.Errorf("the keys in %s: %w", path, err)
	}
	return nil
}

// conflict finds two actions that have come to share a key. Those that share
// one from the start belong to different views.
func (k *keyMap) conflict() error {
	from := map[[2]string]bool{}
	for _, pair := range newKeyMap().sharing() {
		from[pair.actions] = true
	}
	for _, pair := range k.sharing() {
		if !from[pair.actions] {
			return fmt.Errorf("%s means both %s and %s: give one of them another key", pair.key, pair.actions[0], pair.actions[1])
		}
	}
	return nil
}

// sharedKey is a key that two actions have.
type sharedKey struct {
	key     string
	actions [2]string
}

// sharing lists all pairs of actions that have a key in common.
func (k *keyMap) sharing() []sharedKey {
	var shared []sharedKey
	holders := map[string][]string{}
	all := reflect.ValueOf(k).Elem()
	for i := range all.NumField() {
		name := all.Type().Field(i).Name
		for _, pressed := range all.Field(i).Addr().Interface().(*key.Binding).Keys() {
			for _, other := range holders[pressed] {
				shared = append(shared, sharedKey{pressed, [2]string{other, name}})
			}
			holders[pressed] = append(holders[pressed], name)
		}
	}
	return shared
}

// bind gives an action other keys. It stays shown in the help as they are.
func (k *keyMap) bind(name string, keys []string) error {
	field := reflect.ValueOf(k).Elem().FieldByNameFunc(func(f string) bool { return strings.EqualFold(f, name) })
	if !field.IsValid() {
		return fmt.Errorf("there is no action %q: the nearest are %s", name, strings.Join(k.nearest(name), ", "))
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

// nearest are the three actions whose names are most like one that there isn't.
func (k *keyMap) nearest(name string) []string {
	var names []string
	distance := map[string]int{}
	differ := diffmatchpatch.New()
	for field := range reflect.TypeOf(k).Elem().Fields() {
		names = append(names, field.Name)
		distance[field.Name] = differ.DiffLevenshtein(differ.DiffMain(strings.ToLower(name), strings.ToLower(field.Name), false))
	}
	slices.SortStableFunc(names, func(a, b string) int { return distance[a] - distance[b] })
	return names[:3]
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
