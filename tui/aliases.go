package tui

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"sigs.k8s.io/yaml"

	"kiln/themes"
)

// aliasesFile is where users give commands other names: a YAML map such as
// "sec: who-can get secrets".
func aliasesFile() string { return filepath.Join(filepath.Dir(themes.Folder()), "aliases.yaml") }

// readAliases reads an aliases file. A missing one is fine. An alias must mean
// a command that exists, and can't hide one.
func readAliases(path string) (map[string]string, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var aliases map[string]string
	if err == nil {
		err = yaml.UnmarshalStrict(data, &aliases)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the aliases in %s: %w", path, err)
	}
	for alias, text := range aliases {
		name, _, _ := strings.Cut(text, " ")
		_, isCommand := findCommand(name)
		if _, isKind := kindNamed(name, nil); !isCommand && !isKind {
			return nil, fmt.Errorf("the aliases in %s: %s means %q, which is not a command", path, alias, name)
		}
		if _, taken := findCommand(alias); taken || strings.ContainsAny(alias, " \t") {
			return nil, fmt.Errorf("the aliases in %s: %q is a command already, or no single word", path, alias)
		}
	}
	return aliases, nil
}
