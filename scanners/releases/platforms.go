package releases

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/util/version"
	"sigs.k8s.io/yaml"
)

//go:embed platforms.yaml
var platformFile []byte

// line is a release line of something that nodes run. A zero end means that
// the table has no date for it.
type line struct {
	name string
	end  time.Time
}

type platforms struct {
	containerd, kernel, distributions []line
	containerSystems                  []string
}

// Containerd looks up a version of containerd, such as "1.7.24", on a day. A
// line newer than the table's is NotKnown.
func Containerd(runs string, on time.Time) (Status, error) {
	return lineStatus(knownPlatforms().containerd, runs, on)
}

// Kernel looks up a version of Linux, such as "5.4.0-42-generic", among the
// lines that kernel.org maintains for long. A distribution may maintain
// others.
func Kernel(runs string, on time.Time) (Status, error) {
	return lineStatus(knownPlatforms().kernel, runs, on)
}

func lineStatus(lines []line, runs string, on time.Time) (Status, error) {
	v, err := version.ParseGeneric(runs)
	if err != nil {
		return Status{}, fmt.Errorf("reading the version %q: %w", runs, err)
	}
	name := fmt.Sprintf("%d.%d", v.Major(), v.Minor())
	for _, l := range lines {
		if l.name == name {
			return Status{Support: state(on, l.end), Minor: name, End: l.end}, nil
		}
	}
	if v.LessThan(version.MustParseGeneric(lines[0].name)) {
		return Status{Support: Ended, Minor: name}, nil
	}
	return Status{Support: NotKnown, Minor: name}, nil
}

// ContainerSystem says that a node's osImage is made to run containers, and is
// replaced as a whole rather than changed.
func ContainerSystem(osImage string) bool {
	for _, name := range knownPlatforms().containerSystems {
		if strings.HasPrefix(osImage, name) {
			return true
		}
	}
	return false
}

// Distribution looks up a node's osImage, such as "Ubuntu 22.04.5 LTS", on a
// day. Status.Minor is the line; ok is false for a system that isn't in the
// table, and Support is NotKnown where the table has no date.
func Distribution(osImage string, on time.Time) (s Status, ok bool) {
	for _, l := range knownPlatforms().distributions {
		rest, found := strings.CutPrefix(osImage, l.name)
		if !found || rest != "" && rest[0] >= '0' && rest[0] <= '9' {
			continue
		}
		if l.end.IsZero() {
			return Status{Support: NotKnown, Minor: l.name}, true
		}
		return Status{Support: state(on, l.end), Minor: l.name, End: l.end}, true
	}
	return Status{}, false
}

// knownPlatforms reads the embedded table once, each list with the newest line
// first.
var knownPlatforms = sync.OnceValue(func() platforms {
	p, err := parsePlatforms(platformFile)
	if err != nil {
		panic(err)
	}
	return p
})

func parsePlatforms(file []byte) (platforms, error) {
	type row struct{ Line, EndOfSupport string }
	var t struct {
		AsOf                              string
		Containerd, Kernel, Distributions []row
		ContainerSystems                  []string
	}
	if err := yaml.UnmarshalStrict(file, &t); err != nil {
		return platforms{}, fmt.Errorf("reading the table of platforms: %w", err)
	}
	p := platforms{containerSystems: t.ContainerSystems}
	for _, list := range []struct {
		rows []row
		into *[]line
	}{{t.Containerd, &p.containerd}, {t.Kernel, &p.kernel}, {t.Distributions, &p.distributions}} {
		for _, r := range list.rows {
			l := line{name: r.Line}
			if r.EndOfSupport != "" {
				end, err := time.Parse(time.DateOnly, r.EndOfSupport)
				if err != nil {
					return platforms{}, fmt.Errorf("reading %s: %w", r.Line, err)
				}
				l.end = end
			}
			*list.into = append(*list.into, l)
		}
	}
	return p, nil
}
