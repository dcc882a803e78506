package releases

import (
	"testing"
	"time"
)

func day(text string) time.Time {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return t
}

func TestOfComparesWithTheGivenDayOnly(t *testing.T) {
	for _, tt := range []struct {
		version, on string
		want        Support
	}{
		{"v1.36.3", "2026-11-21", Supported},
		{"v1.36.3", "2027-06-28", Supported}, // the last day counts
		{"v1.36.3", "2027-06-29", Ended},
		{"v1.33.4-gke.100", "2026-11-21", Ended},
		{"v1.19.0", "2020-01-01", Ended}, // older than the table
		{"v1.38.0", "2027-01-01", Supported},
		{"v1.38.0", "2029-01-01", NotKnown}, // newer than the table, and the table is old
	} {
		got, err := Of(tt.version, day(tt.on))
		if err != nil || got.Support != tt.want {
			t.Errorf("%s on %s: %s, %v; want %s", tt.version, tt.on, got.Support, err, tt.want)
		}
	}
}

func TestOfRefusesWhatIsNoVersion(t *testing.T) {
	for _, text := range []string{"", "unknown", "v"} {
		if got, err := Of(text, day("2026-11-21")); err == nil {
			t.Errorf("%q was read as %v", text, got)
		}
	}
}

func TestTableRunsFromNewestToOldest(t *testing.T) {
	table := releases()
	for i := 1; i < len(table.entries); i++ {
		newer, older := table.entries[i-1], table.entries[i]
		if !older.end.Before(newer.end) {
			t.Errorf("%s ends on %s, not before %s", older.minor, older.end, newer.minor)
		}
	}
	if table.asOf.IsZero() {
		t.Error("the table has no date")
	}
}

func TestParseNamesTheReleaseAtFault(t *testing.T) {
	for name, file := range map[string]string{
		"no date":      "releases: []\n",
		"bad end":      "asOf: 2026-01-01\nreleases: [{minor: \"1.30\", endOfSupport: soon}]\n",
		"unknown key":  "asOf: 2026-01-01\nrelease: []\n",
		"not yaml map": "- 1\n",
	} {
		if _, err := parse([]byte(file)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
