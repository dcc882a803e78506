package main

import (
	"errors"
	"strings"

	"github.com/sergi/go-diff/diffmatchpatch"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// farthest is how many letters what was typed may be away from what was meant.
const farthest = 2

// didYouMean asks for the nearest of the names, or for one that begins as it
// was typed; it is empty where none is near.
func didYouMean(typed string, names []string) string {
	nearest, least := "", farthest+1
	differ := diffmatchpatch.New()
	for _, name := range names {
		away := differ.DiffLevenshtein(differ.DiffMain(typed, name, false))
		if strings.HasPrefix(name, typed) {
			away = min(away, farthest)
		}
		if away < least {
			nearest, least = name, away
		}
	}
	if nearest == "" {
		return ""
	}
	return " Did you mean " + nearest + "?"
}

// nearCommand asks for the command that was probably meant.
func nearCommand(parent *cobra.Command, typed string) string {
	var names []string
	for _, cmd := range parent.Commands() {
		names = append(names, cmd.Name())
	}
	return didYouMean(typed, names)
}

// nearFlag asks for the flag that was probably meant where err is about one
// that there isn't.
func nearFlag(cmd *cobra.Command, err error) string {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) || unknown.GetSpecifiedShortnames() != "" {
		return ""
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
	return didYouMean("--"+unknown.GetSpecifiedName(), names)
}
