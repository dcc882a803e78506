// Package releases knows which minor releases of Kubernetes are still
// supported by the project, from a table with a date.
package releases

import (
	_ "embed"
	"fmt"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/util/version"
	"sigs.k8s.io/yaml"
)

//go:embed releases.yaml
var file []byte

// supportPeriod is how long a release is supported at the least.
const supportPeriod = 14 * 30 * 24 * time.Hour

// Support says how a version stands on a day.
type Support string

// The states of support. NotKnown is a release that came after the table, at a
// time when its support may have ended.
const (
	Supported Support = "supported"
	Ended     Support = "ended"
	NotKnown  Support = "not known"
)

type table struct {
	AsOf     string
	Releases []struct{ Minor, EndOfSupport string }
}

// Status is what the table says of one version.
type Status struct {
	Support Support
	// Minor is the release, such as "1.33".
	Minor string
	// End is the day on which support ended, or will; zero where the table
	// doesn't know the release.
	End time.Time
}

// Ended completes the sentence "support of 1.33 ended": with the day, where
// the table knows it.
func (s Status) Ended() string {
	if s.End.IsZero() {
		return "ended years ago"
	}
	return "ended on " + s.End.Format(time.DateOnly)
}

// Of looks up a version such as "v1.33.4-gke.100" on a day.
func Of(gitVersion string, on time.Time) (Status, error) {
	v, err := version.ParseGeneric(gitVersion)
	if err != nil {
		return Status{}, fmt.Errorf("reading the version %q: %w", gitVersion, err)
	}
	minor := fmt.Sprintf("%d.%d", v.Major(), v.Minor())
	known := releases()
	for _, r := range known.entries {
		if r.minor == minor {
			return Status{Support: state(on, r.end), Minor: minor, End: r.end}, nil
		}
	}
	if newest := known.entries[0].minor; v.LessThan(version.MustParseGeneric(newest)) {
		return Status{Support: Ended, Minor: minor}, nil
	}
	if on.Before(known.asOf.Add(supportPeriod)) {
		return Status{Support: Supported, Minor: minor}, nil
	}
	return Status{Support: NotKnown, Minor: minor}, nil
}

func state(on, end time.Time) Support {
	if on.Before(end.AddDate(0, 0, 1)) {
		return Supported
	}
	return Ended
}

type entry struct {
	minor string
	end   time.Time
}

type parsed struct {
	asOf    time.Time
	entries []entry
}

// releases reads the embedded table once, the newest release first.
var releases = sync.OnceValue(func() parsed {
	p, err := parse(file)
	if err != nil {
		panic(err)
	}
	return p
})

func parse(file []byte) (parsed, error) {
	var t table
	if err := yaml.UnmarshalStrict(file, &t); err != nil {
		return parsed{}, fmt.Errorf("reading the table of releases: %w", err)
	}
	asOf, err := time.Parse(time.DateOnly, t.AsOf)
	if err != nil {
		return parsed{}, fmt.Errorf("reading the table of releases: %w", err)
	}
	p := parsed{asOf: asOf}
	for _, r := range t.Releases {
		end, err := time.Parse(time.DateOnly, r.EndOfSupport)
		if err != nil {
			return parsed{}, fmt.Errorf("reading release %s: %w", r.Minor, err)
		}
		p.entries = append(p.entries, entry{r.Minor, end})
	}
	return p, nil
}

// Newest is the newest release that the table knows, such as "1.37".
func Newest() string { return releases().entries[0].minor }
