package tui

import (
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
)

// appScenes are pictures of what is around the views: the header, prompts,
// questions, messages.
func appScenes() []scene {
	return []scene{
		{"contexts", "staging", func(_ *testing.T, a *App) {
			a.runCommand("ctx")
			a.top().update(contextsMsg{all: []kubeContext{
				{name: "prod-eu-1", server: "https://10.9.0.1:6443", user: "alice@example.org"},
				{name: "staging", server: "https://10.0.0.1:6443", user: "alice@example.org", namespace: "shop", current: true},
				{name: "🚀-データ基盤", server: "https://" + longName + ".example.org:6443", user: "arn:aws:iam::123456789012:role/" + longName, namespace: longName},
				{name: "חנות", server: hostile, user: hostile},
			}})
		}},
		{"messages", "staging", func(_ *testing.T, a *App) {
			sayThings(a)
			a.runCommand("messages")
		}},
		{"message", "staging", func(_ *testing.T, a *App) {
			sayThings(a)
			a.runCommand("messages")
			press(a, "down", "enter")
		}},
		{"stale", "staging", func(_ *testing.T, a *App) {
			a.opts.Live, a.live.running = true, true
			state := a.live.state
			state.Lost, state.Why = a.now().Add(-12*time.Minute), "dial tcp 10.0.0.1:6443: connect: connection refused"
			a.sayState(state)
		}},
		{"stale-production", "prod-eu-1", func(_ *testing.T, a *App) {
			a.opts.Live, a.live.running, a.live.state.Lost = true, true, a.now().Add(-12*time.Minute)
		}},
		{"not-live", "staging", func(_ *testing.T, a *App) {
			a.opts.Live = true
			a.setReadOnly(true)
			a.messages.dismiss()
		}},
		{"command", "staging", func(_ *testing.T, a *App) {
			press(a, ":")
			typeText(a, "mes")
		}},
		{"command-argument", "staging", func(_ *testing.T, a *App) {
			press(a, ":")
			typeText(a, "learn pod/priv")
		}},
		{"command-unknown", "staging", func(_ *testing.T, a *App) {
			press(a, ":")
			typeText(a, "delete everything")
			press(a, "enter")
		}},
		{"saved-view", "staging", func(_ *testing.T, a *App) {
			a.runCommand("pod shop")
			press(a, "/")
			typeText(a, "sev:medium+")
			press(a, "enter")
			settle(a, a.runCommand("save-view night-shift"))
		}},
		{"saved-views", "staging", func(_ *testing.T, a *App) {
			settle(a, a.runCommand("save-view night-shift"))
			a.messages.dismiss()
			press(a, ":")
			typeText(a, "view n")
		}},
		{"help", "staging", func(_ *testing.T, a *App) { press(a, "?") }},
		{"help-preview", "staging", func(_ *testing.T, a *App) {
			openDiff(a, fixtureProposal())
			press(a, "?")
		}},
		{"question", "prod-eu-1", func(_ *testing.T, a *App) {
			a.setReadOnly(true)
			press(a, "ctrl+o")
		}},
		{"kubelets", "staging", func(_ *testing.T, a *App) { a.runCommand("kubelets") }},
		{"too-small", "staging", func(_ *testing.T, a *App) {
			a.Update(tea.WindowSizeMsg{Width: leastWidth - 1, Height: a.height})
		}},
	}
}

// sayThings fills the message log.
func sayThings(a *App) {
	a.flash(info, "copied checkout")
	a.flash(warning, "🚀 データ基盤 חנות: "+longName+longName+longName)
	a.flash(failure, "the admission webhook \"policy.example\" denied the request: \x1b[31mno\x1b[0m")
	a.messages.dismiss()
}
