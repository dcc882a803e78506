package main

import (
	"fmt"
	"os"
	"path/filepath"

	"kiln/scanners"
	"kiln/scanners/catalogue"
)

// configName is the configuration's name, in the working folder, where it can
// live beside the manifests, and in the user's.
const configName = "kiln.yaml"

// configure makes the checks as the configuration wants them.
func (a *app) configure() error {
	path := a.configPath()
	if path == "" {
		return nil
	}
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("reading the configuration: %w", err)
	}
	defer file.Close()
	config, err := scanners.ReadConfig(file)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	a.settings = config
	if a.checks, err = catalogue.Configured(config); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// configPath is the configuration that counts; empty if there is none.
func (a *app) configPath() string {
	if a.config != "" {
		return a.config
	}
	candidates := []string{configName}
	if dir, err := os.UserConfigDir(); err == nil {
		candidates = append(candidates, filepath.Join(dir, "kiln", configName))
	}
	for _, path := range candidates {
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	return ""
}
