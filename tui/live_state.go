package tui

import (
	"fmt"
	"slices"
	"time"

	"kiln/kube"
)

// sayState tells when the cluster is lost, why it doesn't come back, and when
// it does.
func (a *App) sayState(now kube.WatchState) {
	before := a.live.state
	a.live.state = now
	switch {
	case !now.Lost.IsZero() && now.Why != before.Why:
		a.flash(warning, fmt.Sprintf("reconnecting; what is shown is stale since %s: %s", clockTime(now.Lost, a.now()), now.Why))
	case !before.Lost.IsZero() && now.Lost.IsZero():
		a.flash(info, "live again: what is shown is as the cluster is")
	}
	var polled []kube.Resource
	why := ""
	for _, p := range now.Polled {
		if !slices.ContainsFunc(before.Polled, func(q kube.Polled) bool { return q.Resource == p.Resource }) {
			polled, why = append(polled, p.Resource), p.Why
		}
	}
	if len(polled) > 0 {
		a.flash(info, fmt.Sprintf("%s can't be watched (%s): listed every minute instead", someOf(polled), why))
	}
}

// sayUnread tells what could be read before, and can't any more: what was
// found in it is gone from the list without being mended.
func (a *App) sayUnread(before *kube.Inventory, d *delta) {
	var unread []kube.Resource
	why := ""
	for _, r := range d.resources {
		_, had := before.Gap(r)
		if gap, has := a.snapshot.inventory.Gap(r); has && !had {
			unread, why = append(unread, r), gap.Reason
		}
	}
	if len(unread) > 0 {
		a.flash(warning, fmt.Sprintf("%s can't be read any more (%s): the checks that need them are unknown now, not passed", someOf(unread), why))
	}
}

// someOf names a few resources and counts the others.
func someOf(all []kube.Resource) string {
	if len(all) == 1 {
		return string(all[0])
	}
	return fmt.Sprintf("%s and %d more", all[0], len(all)-1)
}

// clockTime is the time of day, with the day where that isn't today.
func clockTime(t, now time.Time) string {
	t, now = t.Local(), now.Local()
	if t.YearDay() != now.YearDay() || t.Year() != now.Year() {
		return t.Format("Jan 2 15:04")
	}
	return t.Format("15:04")
}
