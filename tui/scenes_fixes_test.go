package tui

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"kiln/fixes"
	"kiln/kube"
)

// fixScenes are pictures of fixes on their way from the preview to the journal
// and back.
func fixScenes() []scene {
	return []scene{
		{"accept", "staging", func(_ *testing.T, a *App) {
			a.session.fixer = &fixes.Fixer{}
			press(a, "down", "a")
			typeText(a, "reads metrics")
		}},
		{"accept-wrong", "staging", func(_ *testing.T, a *App) {
			a.session.fixer = &fixes.Fixer{}
			press(a, "down", "a")
			typeText(a, "x")
			press(a, "backspace")
		}},
		{"asking", "staging", func(_ *testing.T, a *App) { a.push(newDiffView(a, "fix", nil)) }},
		{"diff", "staging", func(_ *testing.T, a *App) { openDiff(a, fixtureProposal()) }},
		{"diff-split", "staging", func(_ *testing.T, a *App) {
			openDiff(a, fixtureProposal()).look = diffLook{split: true, whole: true}
		}},
		{"diff-wrap", "staging", func(_ *testing.T, a *App) {
			p := fixtureProposal()
			t := &p.preview.Targets[0]
			t.Before += "annotation: " + strings.Repeat("0123456789 ", 20) + "\n"
			t.After += "annotation: " + strings.Repeat("0123456789 ", 19) + "changed at the very end\n"
			v := openDiff(a, p)
			v.opened, v.look = v.opened.Add(-settleTime), diffLook{wrap: true}
			a.View()
			press(a, "end")
		}},
		{"diff-answers", "staging", func(_ *testing.T, a *App) {
			v, _ := openAsking(a, asking())
			v.answerNext()
		}},
		{"diff-answer-wrong", "staging", func(_ *testing.T, a *App) {
			v, _ := openAsking(a, asking())
			v.answerNext()
			press(a, "down", "down", "9", "enter")
		}},
		{"conflict", "prod-eu-1", func(_ *testing.T, a *App) {
			p := fixtureProposal()
			t := &p.preview.Targets[0]
			t.Owner = kube.Owner{Manager: kube.Helm, Name: "shop"}
			t.Takeovers = []fixes.Takeover{{Field: `.spec.template.spec.containers[name="api"].securityContext.privileged`, Manager: "helm", Declared: true}}
			t.Warnings = []string{"would violate PodSecurity \"restricted:latest\""}
			openDiff(a, p)
		}},
		{"typed", "prod-eu-1", func(_ *testing.T, a *App) {
			openDiff(a, fixtureProposal())
			askForName(a)
		}},
		{"typed-wrong", "prod-eu-1", func(_ *testing.T, a *App) {
			openDiff(a, fixtureProposal())
			askForName(a)
			a.dialog.opened = a.dialog.opened.Add(-settleTime)
			typeText(a, "prod-eu-2")
			press(a, "tab", "enter")
		}},
		{"writing", "staging", func(_ *testing.T, a *App) {
			v := openDiff(a, fixtureProposal())
			v.stop = func() {}
			a.start(v, "writing", nil)
		}},
		{"not-applied", "staging", func(_ *testing.T, a *App) {
			v := openDiff(a, fixtureBatch()...)
			v.proposals[0].applied = &fixtureEntries()[2]
			v.proposals[1].failed = errors.New("admission webhook \"policy.example\" denied the request: \x1b[31mno\x1b[0m")
			v.setButtons()
			v.version++
		}},
		{"no-fix", "staging", func(_ *testing.T, a *App) {
			openDiff(a, proposal{subject: "pod/privileged of Pod/naked in shop", err: &fixes.ManualError{
				Why: "a pod's security settings can't be changed while it exists", Steps: "Make the pod anew:\n  kubectl replace --force -f pod.yaml",
			}})
		}},
		{"batch", "staging", func(_ *testing.T, a *App) { openDiff(a, fixtureBatch()...) }},
		{"rollout", "staging", func(_ *testing.T, a *App) {
			openDiff(a, fixtureProposal())
			a.onRollout(rolloutMsg{fixtureRollout(a), kube.Rollout{Progress: "1 of 3 updated replicas are available"}, nil})
		}},
		{"rollout-failed", "staging", func(_ *testing.T, a *App) {
			a.onRolloutFailed(fixtureRollout(a), kube.Rollout{Problems: []string{"no pod can be made: exceeded quota: full, requested: pods=1, used: pods=0, limited: pods=0"}})
		}},
		{"journal", "staging", func(_ *testing.T, a *App) {
			v := newJournalView(a)
			a.root(v)
			v.update(entriesMsg{entries: append(fixtureEntries(), wideEntry())})
		}},
		{"undo", "staging", func(_ *testing.T, a *App) { openUndoing(a, undoing("20260314-0920-c3")) }},
		{"undo-batch", "staging", func(_ *testing.T, a *App) {
			later := undoing("20260314-0915-b2")
			later.later, later.preview = true, fixes.Preview{}
			openUndoing(a, undoing("20260314-0920-c3"), later)
		}},
		{"recovered", "staging", func(_ *testing.T, a *App) {
			a.onRecovered(recoveredMsg{pending: []fixes.Recovery{interruption(), interruption()}})
		}},
		{"batch-left", "staging", func(_ *testing.T, a *App) {
			begun := fixes.Batch{ID: "g1m7zrttq8", Time: time.Date(2026, 3, 14, 9, 2, 0, 0, time.UTC), User: "alice@example.org", Findings: make([]fixes.FindingID, 24)}
			var left []fixes.FindingID
			for _, f := range a.snapshot.findings[:15] {
				left = append(left, fixes.FindingID{ID: f.ID})
			}
			a.onRecovered(recoveredMsg{batches: []fixes.BrokenOff{{Batch: begun, Left: left}}})
		}},
		{"interrupted", "staging", func(_ *testing.T, a *App) { a.push(newRecoveryView(a, interruption())) }},
	}
}

// askForName asks for the context's name, as applying does in production.
func askForName(a *App) {
	a.top().(*diffView).confirmApply()
}

// fixtureBatch are a fix that the list shows, and one that its filter hides.
func fixtureBatch() []proposal {
	shown, hidden := fixtureProposal(), fixtureProposal()
	hidden.hidden = true
	hidden.subject = "pod/privileged of StatefulSet/注文データベース in データ基盤"
	hidden.preview.Targets[0].Change.Target = kube.Ref{APIVersion: "apps/v1", Kind: "StatefulSet", Namespace: "データ基盤", Name: "注文データベース"}
	shown.finding.Object, hidden.finding.Object = shown.preview.Targets[0].Change.Target, hidden.preview.Targets[0].Change.Target
	return []proposal{shown, hidden, {subject: "pod/privileged of Pod/naked in shop", err: fixes.ErrNothingToDo}}
}

// undoing is an undo as its preview comes back.
func undoing(entry string) proposal {
	p := fixtureProposal()
	t := &p.preview.Targets[0]
	t.Before, t.After = t.After, t.Before
	t.Takeovers = nil
	p.subject, p.entry = "journal entry "+entry, entry
	p.preview.Plan = fixes.Plan{Title: "Take back: Take the privileges from container api"}
	return p
}

func openUndoing(a *App, proposals ...proposal) {
	v := newDiffView(a, "undo", func(context.Context) []proposal { return nil })
	a.push(v)
	v.update(proposedMsg{proposals})
}

func interruption() fixes.Recovery {
	return fixes.Recovery{Entry: fixtureEntries()[1], Found: "One of two objects was written before kiln ended.", CanFinish: true, CanTakeBack: true}
}

func fixtureRollout(a *App) rollout {
	entry := fixtureEntries()[2]
	return rollout{entry: entry, ref: entry.Finding.Object, since: a.now()}
}

// wideEntry is a journal entry with text that is hard to draw.
func wideEntry() fixes.Entry {
	e := fixtureEntries()[2]
	e.ID, e.State, e.User, e.Context = "20260314-0925-d4", fixes.Failed, "🧑‍🚀@example.org", "データ基盤"
	e.Finding.Object = kube.Ref{APIVersion: "v1", Kind: "Pod", Namespace: "חנות", Name: hostile}
	e.Title = "Run container " + longName + " as a user that isn't root"
	e.Finding.Check = "pod/run-as-root"
	return e
}
