// Command measure runs kiln's checks over the test cases of other projects,
// and prints for each check what it caught, what it missed, and where it was
// alarmed for nothing. The cases aren't part of kiln: their folder is named
// on the command line, and holds a folder per suite.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
)

func main() {
	file := flag.String("suite", "", "a suite file; without one all that come with kiln")
	write := flag.String("differences", "", "write where kiln differs, and why, to this file, and measure nothing")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "usage: measure [-suite FILE] DIR | -differences FILE")
		flag.PrintDefaults()
	}
	flag.Parse()
	if *write != "" {
		if err := writeDifferences(*write); err != nil {
			fmt.Fprintln(os.Stderr, "measure:", err)
			os.Exit(1)
		}
		return
	}
	if flag.NArg() != 1 {
		flag.Usage()
		os.Exit(2)
	}
	wrong, err := run(os.Stdout, *file, flag.Arg(0))
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "measure:", err)
		os.Exit(1)
	case wrong > 0:
		os.Exit(3)
	}
}

func writeDifferences(path string) error {
	doc, err := differences()
	if err != nil {
		return err
	}
	return os.WriteFile(path, []byte(doc), 0o644)
}

// run measures the suites that dir holds and returns how many cases went
// wrong without an explanation.
func run(out io.Writer, file, dir string) (int, error) {
	chosen, err := chosenSuites(file, dir)
	if err != nil {
		return 0, err
	}
	if len(chosen) == 0 {
		return 0, fmt.Errorf("%s holds the folder of no suite", dir)
	}
	wrong := 0
	for _, s := range chosen {
		m, err := measure(s, dir)
		if err != nil {
			return 0, err
		}
		wrong += m.print(out, s.Name)
	}
	return wrong, nil
}

// print shows the numbers, then the cases that went wrong. It returns how many.
func (m measurement) print(out io.Writer, name string) int {
	slices.SortFunc(m.tallies, func(a, b *tally) int { return strings.Compare(a.check, b.check) })
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(t, "%s\tcaught\tmissed\trightly silent\tfalse alarms\texplained\t\n", strings.ToUpper(name))
	sum := tally{check: "in all"}
	wrong := 0
	for _, c := range m.tallies {
		c.row(t)
		sum.caught += c.caught
		sum.silent += c.silent
		sum.missed = append(sum.missed, c.missed...)
		sum.alarms = append(sum.alarms, c.alarms...)
		sum.explained += c.explained
		wrong += len(c.missed) + len(c.alarms)
	}
	sum.row(t)
	t.Flush()
	for _, c := range m.tallies {
		for _, name := range c.missed {
			fmt.Fprintf(out, "missed       %s  %s\n", c.check, name)
		}
		for _, name := range c.alarms {
			fmt.Fprintf(out, "false alarm  %s  %s\n", c.check, name)
		}
	}
	for _, u := range m.unreadable {
		fmt.Fprintf(out, "unreadable   %s\n", u)
	}
	fmt.Fprintln(out)
	return wrong
}

func (t *tally) row(out io.Writer) {
	fmt.Fprintf(out, "%s\t%d\t%d\t%d\t%d\t%d\t\n", t.check, t.caught, len(t.missed), t.silent, len(t.alarms), t.explained)
}
