package audit

import (
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/util/duration"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/flags"
)

// eventsNeeded is how long events should be there for somebody who comes in
// the morning.
const eventsNeeded = 12 * time.Hour

// defaultEventTTL is kube-apiserver's own.
const defaultEventTTL = time.Hour

func eventsShortLived() scanners.Check {
	return scanners.Check{
		ID: "audit/events-short-lived", Layer: scanners.Audit, Severity: scanners.Info,
		Title:      "Events are gone before anybody has read them",
		References: []string{"NSA"},
		Fix:        scanners.Manual,
		Needs:      []kube.Resource{kube.APIServerFlags},
		Find: func(inv *kube.Inventory) scanners.Result {
			kept := defaultEventTTL
			if d, err := time.ParseDuration(flags.Of(inv, "event-ttl").Text); err == nil {
				kept = d
			}
			if kept >= eventsNeeded {
				return scanners.Result{}
			}
			return scanners.Found([]scanners.Hit{{
				Object: scanners.APIServer(inv), Path: flags.Path,
				Message: fmt.Sprintf("keeps events for %s only (--event-ttl)", duration.HumanDuration(kept)),
			}})
		},
	}
}
